"""Tickets for members of the business who join a running call: single use, for a minute, in Redis under a hash. Nothing of them is
stored; that somebody was in a call stands in the call's events and in the audit chain."""

from __future__ import annotations

import secrets
from uuid import UUID

import msgspec
from django.core.cache import cache

from ringtrue.accounts.access import entry_of
from ringtrue.accounts.models import User, Workspace
from ringtrue.accounts.roles import may
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.accounts.session_store import session_hash, session_lives
from ringtrue.calls.keeping_by_policy import policy_of
from ringtrue.calls.models import Call
from ringtrue.privacy.listening import may_be_listened_to
from ringtrue.reception.tickets import LIFETIME, TicketRefused, hash_of

KEY = "joining:{}"


class Joining(msgspec.Struct, frozen=True):
    """Who joins which call. `session`: the hash of the session in which they asked."""

    call: str
    workspace: str
    slug: str
    user: str
    session: str


def issue(call: Call, workspace: Workspace, user: User, session_key: str) -> str:
    """Raises TicketRefused("not_live", "switched_off", "nothing_recorded"). Needs the workspace's scope."""
    refuse_unless_allowed(call)
    token = secrets.token_urlsafe(32)
    joining = Joining(str(call.id), str(workspace.id), workspace.slug, str(user.id), session_hash(session_key))
    cache.set(KEY.format(hash_of(token)), msgspec.to_builtins(joining), LIFETIME.total_seconds())
    return token


def redeem(token: str) -> Joining:
    """Once. Raises TicketRefused("unknown")."""
    key = KEY.format(hash_of(token))
    held = cache.get(key)
    if held is None or not cache.delete(key):  # of two that come at once one deletes it
        raise TicketRefused("unknown")
    return msgspec.convert(held, Joining)


def may_stay(joining: Joining) -> bool:
    """Whether they may also whisper and take over. Raises TicketRefused: not a member any more, or without the role ("not_allowed"),
    signed out ("signed_out"), or as `issue` does."""
    if not session_lives(joining.session):
        raise TicketRefused("signed_out")
    with system_scope("asking again whether somebody in a call is still a member"):
        user = User.objects.filter(id=joining.user, is_active=True).first()
        entry = entry_of(user, joining.slug) if user is not None else None
    if entry is None or not may(entry.role, "calls.listen"):
        raise TicketRefused("not_allowed")
    with workspace_scope(UUID(joining.workspace)):
        refuse_unless_allowed(Call.objects.get(id=joining.call))
    return may(entry.role, "calls.speak")


def refuse_unless_allowed(call: Call) -> None:
    """Raises TicketRefused. Needs the workspace's scope."""
    if call.state == "ended":
        raise TicketRefused("not_live")
    policy = policy_of(call)
    if not may_be_listened_to(policy):
        raise TicketRefused("switched_off" if policy["recording.listening"] == "off" else "nothing_recorded")
