from django.urls import include, path

from ringtrue.api.urls import api

urlpatterns = [
    path("accounts/", include("ringtrue.accounts.urls")),
    path("api/v1/", api.urls),
    path("hooks/", include("ringtrue.reception.urls")),
    path("", include("ringtrue.console.urls")),
]

handler429 = "ringtrue.accounts.sign_in_limits.too_many"  # asked for by allauth
