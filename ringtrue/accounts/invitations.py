"""Inviting someone into a workspace: a mailed link with a single-use token, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import DAY, HOUR, Window
from ringtrue.accounts.members import NotAllowed, may_give
from ringtrue.accounts.models import Invitation, Membership, User, Workspace
from ringtrue.accounts.roles import ROLE_WORDS
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit

LIFETIME = timedelta(days=7)
PER_WORKSPACE = (Window(30, HOUR), Window(100, DAY))
STASH = "invitation"


class NotForYou(Exception):
    """The invitation is for another e-mail address."""


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(workspace: Workspace, email: str, role: str, by: User, by_role: str) -> Invitation:
    """Mails a link. An older open invitation of the same address ends. Raises NotAllowed, limiting.TooMany, ValueError when
    the person is already a member."""
    if not may_give(by_role, role):
        raise NotAllowed
    limiting.take("invite", str(workspace.id), PER_WORKSPACE)
    email = email.strip().lower()
    token = secrets.token_urlsafe(32)
    with workspace_scope(workspace.id):
        if Membership.objects.filter(user__email=email).exists():
            raise ValueError("already a member")
        Invitation.objects.filter(email=email, accepted_at=None).delete()
        invitation = Invitation.objects.create(
            workspace=workspace,
            email=email,
            role=role,
            token_hash=token_hash(token),
            invited_by=by,
            expires_at=timezone.now() + LIFETIME,
        )
        audit.record(
            "member.invited", actor=f"user:{by.id}", workspace_id=workspace.id, target=f"invitation:{invitation.id}", role=role
        )
    _mail(invitation, workspace, by, token)
    return invitation


def find(token: str) -> Invitation | None:
    """The open invitation of this token, with its workspace and who sent it."""
    return _open(token_hash=token_hash(token))


def _open(**which: Any) -> Invitation | None:
    with system_scope("an invitation is found before its workspace is known"):
        return (
            Invitation.objects.select_related("workspace", "invited_by")
            .filter(accepted_at=None, expires_at__gt=timezone.now(), **which)
            .first()
        )


def accept(invitation: Invitation, user: User) -> Membership:
    """Once. Raises NotForYou, and Invitation.DoesNotExist when it was used, taken back or has run out in the meantime."""
    if user.email.lower() != invitation.email:
        raise NotForYou
    with workspace_scope(invitation.workspace_id):
        held = Invitation.objects.select_for_update().get(id=invitation.id, accepted_at=None, expires_at__gt=timezone.now())
        held.accepted_at = timezone.now()
        held.save(update_fields=["accepted_at"])
        membership, _ = Membership.objects.get_or_create(workspace_id=held.workspace_id, user=user, defaults={"role": held.role})
        audit.record(
            "member.joined",
            actor=f"user:{user.id}",
            workspace_id=held.workspace_id,
            target=f"user:{user.id}",
            role=membership.role,
        )
    return membership


def revoke(invitation: Invitation, by: User) -> None:
    """The link ends at once."""
    with workspace_scope(invitation.workspace_id):
        Invitation.objects.filter(id=invitation.id, accepted_at=None).delete()
        audit.record(
            "invitation.revoked",
            actor=f"user:{by.id}",
            workspace_id=invitation.workspace_id,
            target=f"invitation:{invitation.id}",
        )


def stash(request: Any, invitation: Invitation) -> None:
    """Keeps it for the sign-up form. Whoever holds the link reads that address's mail, so it counts as confirmed."""
    from allauth.account.adapter import get_adapter

    request.session[STASH] = invitation.token_hash
    get_adapter().stash_verified_email(request, invitation.email)


def stashed(request: Any) -> Invitation | None:
    held = request.session.get(STASH) if request is not None else None
    return _open(token_hash=held) if held else None


def unstash(request: Any) -> None:
    request.session.pop(STASH, None)


def _mail(invitation: Invitation, workspace: Workspace, by: User, token: str) -> None:
    words = {
        "url": settings.PUBLIC_URL + reverse("accounts_invitation", kwargs={"token": token}),
        "workspace": workspace.name,
        "inviter": by.name or by.email,
        "role": ROLE_WORDS[invitation.role].partition(":")[0],
        "days": LIFETIME.days,
    }
    subject = f"{words['inviter']} invites you to {workspace.name} on Ringtrue"
    send_mail(subject.replace("\n", " "), render_to_string("account/email/invitation.txt", words), None, [invitation.email])
