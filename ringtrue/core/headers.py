"""Security headers on every answer: no third party is ever loaded (P-CLX-9-3), nothing is framed, no feature is on unasked."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        setattr(request, "csp_nonce", nonce)  # noqa: B010 - HttpRequest has no such field; templates read it
        response = self.get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            f"media-src 'self' blob:; connect-src 'self' {settings.MEDIA_SOCKET_URL}; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; "
            "form-action 'self'",  # type: ignore[attr-defined]
        )
        response.headers.setdefault("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if _was_signed_out(request, response):
            # What the browser remembered for its person goes too.
            response.headers["Clear-Site-Data"] = '"storage"'
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _was_signed_out(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this answer takes a session away from the browser, by the person's wish or because it was over."""
    before, after = request.COOKIES.get(settings.SESSION_COOKIE_NAME), response.cookies.get(settings.SESSION_COOKIE_NAME)
    user = getattr(request, "user", None)
    return bool(before and after is not None and after.value != before and user is not None and not user.is_authenticated)
