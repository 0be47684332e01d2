from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from ringtrue.console.views import doors

app_name = "console"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", doors.root, name="root"),
    path("health", doors.health, name="health"),
    path("w/<slug:slug>/", include("ringtrue.accounts.urls_workspace")),
]
