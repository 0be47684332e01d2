"""Who is signed in where: a row per open session, ended by time, by its person, or by signing out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account import signals as account_signals
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa import signals as mfa_signals
from django.conf import settings
from django.contrib.auth import get_user, logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ringtrue.accounts.models import SignIn, User
from ringtrue.accounts.session_store import end_session, session_hash, session_lives
from ringtrue.core import audit

ROW = "sign_in"
STARTED = "started_at"
SEEN = "seen_at"
SEEN_EVERY = timedelta(minutes=1)


def now() -> datetime:
    return timezone.now()


def client_ip(request: HttpRequest) -> str:
    """The caller's address as the trusted proxies tell it; an IPv6 address as its /64, which one person has whole."""
    from allauth.account.adapter import get_adapter

    return str(truncate_ip(get_adapter().get_client_ip(request)))


class SessionRecord:
    """Ends sessions that are too old or unused for too long, and keeps one SignIn row per open session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.session.get(STARTED) and request.user.is_authenticated:
            started, seen = (datetime.fromisoformat(request.session[name]) for name in (STARTED, SEEN))
            if now() - started >= timedelta(seconds=settings.SESSION_LIFETIME_SECONDS) or now() - seen >= timedelta(
                seconds=settings.SESSION_COOKIE_AGE
            ):
                logout(request)
            elif now() - seen >= SEEN_EVERY:
                request.session[SEEN] = now().isoformat()
                SignIn.objects.filter(session_hash=session_hash(request.session.session_key)).update(seen_at=now())
        response = self.get_response(request)
        key = request.session.session_key
        if key and request.session.get("_auth_user_id") and request.session.get(ROW) != session_hash(key)[:16]:
            _keep_row(request, key)
        return response


def _keep_row(request: Any, key: str) -> None:
    """A new session gets a row; a session whose token was changed (after a change of password) moves its row along."""
    before = request.session.get(ROW)
    user = get_user(request)
    if not user.is_authenticated:
        return
    hashed = session_hash(key)
    moved = before and SignIn.objects.filter(user=user, session_hash__startswith=before).update(
        session_hash=hashed, seen_at=now()
    )
    if not moved:
        drop_dead_rows(user)
        SignIn.objects.create(
            user=user,
            session_hash=hashed,
            ip=client_ip(request),
            browser=browser_family(request.headers.get("User-Agent", "")),
            created_at=now(),
            seen_at=now(),
        )
    request.session.setdefault(STARTED, now().isoformat())
    request.session.setdefault(SEEN, now().isoformat())
    request.session[ROW] = hashed[:16]


def open_sign_ins(user: User) -> list[SignIn]:
    """Newest use first; rows whose session is gone are taken away."""
    drop_dead_rows(user)
    return list(user.sign_ins.order_by("-seen_at", "-created_at"))


def drop_dead_rows(user: User) -> None:
    for row in user.sign_ins.all():
        if not session_lives(row.session_hash):
            row.delete()


def revoke(sign_in: SignIn, *, by: User) -> None:
    end_session(sign_in.session_hash)
    sign_in.delete()
    audit.record("session.revoked", actor=f"user:{by.id}", target=f"user:{sign_in.user_id}")


def revoke_others(user: User, current_key: str | None) -> int:
    """Ends every session of this person but the one with this key. How many there were."""
    kept = session_hash(current_key) if current_key else ""
    others = [row for row in user.sign_ins.all() if row.session_hash != kept]
    for row in others:
        revoke(row, by=user)
    return len(others)


def browser_family(agent: str) -> str:
    """ "Firefox on Linux" and the like: enough to recognise one's own, too little to recognise a person."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for mark, name in browsers if mark in agent), "A program")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def _signed_in(sender: Any, request: Any, user: User, **_: Any) -> None:
    if request is None:
        return
    # A new sign-in in an old browser session is a new session with its own clock.
    for name in (ROW, STARTED, SEEN):
        request.session.pop(name, None)
    audit.record("sign_in", actor=f"user:{user.id}", target=f"user:{user.id}", ways=sorted(_ways(request)))


def _ways(request: Any) -> set[str]:
    records = request.session.get("account_authentication_methods") or []
    return {str(record.get("type") or record.get("method")) for record in records}


def _signed_out(sender: Any, request: Any, user: User | None, **_: Any) -> None:
    if user is None or request is None or not request.session.session_key:
        return
    SignIn.objects.filter(session_hash=session_hash(request.session.session_key)).delete()
    audit.record("sign_out", actor=f"user:{user.id}", target=f"user:{user.id}")


def _password_changed(sender: Any, request: Any, user: User, **_: Any) -> None:
    revoke_others(user, request.session.session_key if request.user.is_authenticated else None)
    audit.record("password.changed", actor=f"user:{user.id}", target=f"user:{user.id}")


def _authenticator(action: str) -> Callable[..., None]:
    def record(sender: Any, request: Any, user: User, authenticator: Any, **_: Any) -> None:
        audit.record(action, actor=f"user:{user.id}", target=f"user:{user.id}", kind=str(authenticator.type))

    return record


_RECORDERS = [
    (mfa_signals.authenticator_added, _authenticator("mfa.added")),
    (mfa_signals.authenticator_removed, _authenticator("mfa.removed")),
    (mfa_signals.authenticator_reset, _authenticator("mfa.reset")),
    (mfa_signals.authentication_failed, _authenticator("mfa.failed")),
]


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="sign_in_record")
    user_logged_out.connect(_signed_out, dispatch_uid="sign_out_record")
    for signal in (account_signals.password_changed, account_signals.password_reset):
        signal.connect(_password_changed, dispatch_uid="password_change_record")
    for number, (signal, receiver) in enumerate(_RECORDERS):
        signal.connect(receiver, dispatch_uid=f"mfa_record_{number}", weak=False)
