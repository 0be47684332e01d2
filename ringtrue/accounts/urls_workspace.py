"""Pages of a workspace about its people and keys; the console includes them at its root."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
