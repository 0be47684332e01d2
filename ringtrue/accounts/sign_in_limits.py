"""The limits of every sign-in path, as data, and the middleware that holds them: 429 with Retry-After (P-CLX-7-5).

Each path is limited per address and, where the request names one, per account, so that an attack from many addresses on one
account is stopped as well. The account's limit also holds for accounts that do not exist: it tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import DAY, HOUR, MINUTE, TooMany, Window
from ringtrue.accounts.signing_in import client_ip

PER_ADDRESS = (Window(30, MINUTE), Window(200, HOUR))
PER_ACCOUNT = (Window(10, 5 * MINUTE), Window(30, HOUR), Window(60, DAY))
MAILS = (Window(5, HOUR), Window(15, DAY))  # each of these tries sends a mail to someone


def _field(name: str) -> Callable[[Any, dict[str, Any]], str]:
    return lambda request, kwargs: str(request.POST.get(name, ""))[:320]


def _url(name: str) -> Callable[[Any, dict[str, Any]], str]:
    return lambda request, kwargs: str(kwargs.get(name, ""))


def _person(request: Any, kwargs: dict[str, Any]) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def _half_signed_in(request: Any, kwargs: dict[str, Any]) -> str:
    """Whoever has given a password and is now asked for the second factor."""
    from allauth.account.internal.stagekit import get_pending_stage

    stage = get_pending_stage(request)
    return str(stage.login.user.pk) if stage and stage.login.user else ""


class Limit(NamedTuple):
    account: Callable[[Any, dict[str, Any]], str] | None
    per_account: tuple[Window, ...] = PER_ACCOUNT
    per_address: tuple[Window, ...] = PER_ADDRESS
    reading_too: bool = False  # GET counts as well: the address itself holds a token


LIMITS: dict[str, Limit] = {
    "account_login": Limit(_field("login")),
    "account_reset_password": Limit(_field("email"), MAILS),
    "account_reset_password_from_key": Limit(_url("uidb36"), reading_too=True),
    "account_signup": Limit(_field("email"), MAILS),
    "account_confirm_email": Limit(None, reading_too=True),
    "account_reauthenticate": Limit(_person),
    "account_change_password": Limit(_person),
    "account_set_password": Limit(_person),
    "account_email": Limit(_person, (Window(10, 5 * MINUTE), Window(30, HOUR))),
    "account_confirm_login_code": Limit(_half_signed_in),
    "mfa_authenticate": Limit(_half_signed_in),
    "mfa_reauthenticate": Limit(_person),
    "mfa_reauthenticate_webauthn": Limit(_person),
    "mfa_login_webauthn": Limit(None),
    "mfa_activate_totp": Limit(_person),
    "accounts_data": Limit(_person),  # ending one's account asks for the password
    "accounts_link": Limit(None, reading_too=True),
    "accounts_invitation": Limit(_url("token"), reading_too=True),
}
"""By URL name."""


class SignInLimits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        name = request.resolver_match.url_name or ""
        limit = LIMITS.get(name)
        if limit is None or (request.method in {"GET", "HEAD"} and not limit.reading_too):
            return None
        try:
            limiting.take(f"{name}.address", client_ip(request), limit.per_address)
            account = limit.account(request, kwargs) if limit.account else ""
            if account:
                limiting.take(f"{name}.account", account, limit.per_account)
        except TooMany as refused:
            return too_many(request, refused)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return too_many(request, exception) if isinstance(exception, TooMany) else None


def too_many(request: HttpRequest, refused: Exception | None = None) -> HttpResponse:
    """Also Django's and allauth's `handler429`, where the wait is not known."""
    wait = refused.retry_after if isinstance(refused, TooMany) else MINUTE
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Too many requests", "status": 429, "detail": f"Try again in {wait} seconds."}
        response: HttpResponse = JsonResponse(body, status=429, content_type="application/problem+json")
    else:
        response = render(request, "429.html", {"minutes": -(-wait // MINUTE)}, status=429)
    response["Retry-After"] = str(wait)
    return response


def forget_account(email: str) -> None:
    """After a whole sign-in (second factor included) the account's own tries start from nothing."""
    limiting.forget("account_login.account", email, PER_ACCOUNT)
