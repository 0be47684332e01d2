"""The way in: `/`, `/health`, and the pages for what went wrong."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from ringtrue.accounts.workspaces import home_of
from ringtrue.privacy.cookies import STOPS_WITHOUT

log = structlog.get_logger(__name__)


def root(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(home_of(request.user))
    return redirect("/accounts/login/")


def health(request: HttpRequest) -> JsonResponse:
    """Public; says only whether the database answers. 503 when it does not, so that a load balancer takes us out."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.warning("health: the database does not answer")
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def _trouble(request: HttpRequest, status: int, title: str, words: str, way_on: str = "") -> HttpResponse:
    shown = {"trouble_title": title, "trouble_words": words, "way_on": way_on, "status": status}
    return render(request, "console/trouble.html", shown, status=status)


def refused(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _trouble(
        request, 403, "Your role does not include this",
        "You are signed in, but this page needs rights that your role does not have. The owner of the workspace can change your role.",
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _trouble(
        request, 404, "There is nothing here",
        "The address may be mistyped, or what was here has been deleted. If someone sent you the link, ask whether you have been invited to their workspace.",
    )  # fmt: skip


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _trouble(
        request,
        400,
        "That did not come through",
        "The page sent something that we could not read. Go back, load the page again and try once more.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    # The database may be what is broken: this page asks nothing of it.
    from django.template.loader import get_template

    page = get_template("console/broken.html").render({"csp_nonce": getattr(request, "csp_nonce", "")})
    return HttpResponse(page, status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _trouble(
        request, 403, "Please try that again",
        "The page was open for too long, or cookies are turned off. Nothing was changed. Load the page again and repeat the last step. "
        f"Without cookies these do not work: {'; '.join(STOPS_WITHOUT)}.",
    )  # fmt: skip
