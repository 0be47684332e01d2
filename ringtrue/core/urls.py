from django.urls import include, path

from ringtrue.api.urls import api

urlpatterns = [
    path("", include("ringtrue.console.urls_outside")),
    path("accounts/", include("ringtrue.accounts.urls")),
    path("api/v1/", api.urls),
    path("hooks/", include("ringtrue.reception.urls")),
    path("engines/", include("ringtrue.hosted.urls")),
    path("", include("ringtrue.console.urls")),
]

handler429 = "ringtrue.accounts.sign_in_limits.too_many"  # asked for by allauth
handler400 = "ringtrue.console.views.doors.bad_request"
handler403 = "ringtrue.console.views.doors.refused"
handler404 = "ringtrue.console.views.doors.not_found"
handler500 = "ringtrue.console.views.doors.broken"
