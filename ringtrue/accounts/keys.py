"""API keys: shown once, kept as a hash, found by it, ended at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import HOUR, MINUTE, Window
from ringtrue.accounts.models import ApiKey, User, Workspace
from ringtrue.accounts.roles import SCOPES
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit

PREFIX = "rt_"
WRONG_KEYS = (Window(30, MINUTE), Window(200, HOUR))  # per address: 256 random bits are not guessed, but logs are flooded
SEEN_EVERY = timedelta(minutes=1)


def key_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make(workspace: Workspace, name: str, scopes: list[str], by: User) -> tuple[ApiKey, str]:
    """The row and the token; the token exists nowhere else. Raises KeyError for a scope that is not in accounts.roles.SCOPES."""
    for scope in scopes:
        SCOPES[scope]
    token = PREFIX + secrets.token_urlsafe(32)
    with workspace_scope(workspace.id):
        key = ApiKey.objects.create(
            workspace=workspace, name=name, prefix=token[:9], key_hash=key_hash(token), scopes=sorted(set(scopes)), created_by=by
        )
        audit.record("key.made", actor=f"user:{by.id}", workspace_id=workspace.id, target=f"key:{key.id}", scopes=key.scopes)
    return key, token


def find(token: str, *, ip: str = "") -> ApiKey | None:
    """The living key of this token, with its workspace, or None. Raises limiting.TooMany when `ip` tried too many wrong ones."""
    if not token.startswith(PREFIX) or len(token) > 80:
        _count_wrong(ip)
        return None
    with system_scope("a key is found before its workspace is known"):
        key = ApiKey.objects.select_related("workspace").filter(key_hash=key_hash(token), revoked_at=None).first()
        if key is None:
            _count_wrong(ip)
            return None
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at > SEEN_EVERY:
            ApiKey.objects.filter(id=key.id).update(last_used_at=now)
            key.last_used_at = now
    return key


def revoke(key: ApiKey, by: User) -> None:
    """Ends the key at once: every request looks it up."""
    with workspace_scope(key.workspace_id):
        changed = ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=timezone.now())
        if changed:
            audit.record("key.revoked", actor=f"user:{by.id}", workspace_id=key.workspace_id, target=f"key:{key.id}")


def capabilities(key: ApiKey) -> frozenset[str]:
    """What a key may do, as capabilities. A scope that was taken out of the list since gives nothing."""
    return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in key.scopes))


def _count_wrong(ip: str) -> None:
    if ip:
        limiting.take("api_key", ip, WRONG_KEYS)
