"""Each quarter the owner looks at who may do what, and says that it is right. The answer is kept as a report in the audit chain."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from ringtrue.accounts.models import ApiKey, Membership, Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.core.models import AuditEntry

EVERY = timedelta(days=91)
ASKED_AGAIN = timedelta(days=14)


def last(workspace_id: UUID) -> AuditEntry | None:
    """The newest report: its detail says how many there were of each role, and how many keys. Needs the workspace's scope."""
    return AuditEntry.objects.filter(action="access.reviewed", workspace_id=workspace_id).order_by("-seq").first()


def is_due(workspace: Workspace, now: datetime) -> bool:
    """Needs the workspace's scope."""
    before = last(workspace.id)
    return now - (before.at if before else workspace.created_at) >= EVERY


def confirm(workspace: Workspace, by: str) -> AuditEntry:
    """Somebody has looked at it. Needs the workspace's scope."""
    with system_scope("members and keys of one workspace"):
        roles = list(Membership.objects.filter(workspace=workspace).values_list("role", flat=True))
        keys = ApiKey.objects.filter(workspace=workspace, revoked_at=None).count()
    counted = {role: roles.count(role) for role in sorted(set(roles))}
    return audit.record("access.reviewed", actor=by, workspace_id=workspace.id, target="members", roles=counted, keys=keys)


def ask_owners(now: datetime) -> int:
    """Mail the owners of every workspace where it is due, again after two weeks. Returns how many workspaces were asked."""
    with system_scope("every workspace is asked for its review"):
        workspaces = list(Workspace.objects.all())
    return sum(_ask(workspace, now) for workspace in workspaces)


def _ask(workspace: Workspace, now: datetime) -> int:
    with workspace_scope(workspace.id):
        asked = AuditEntry.objects.filter(action="access.review_asked", workspace_id=workspace.id, at__gt=now - ASKED_AGAIN)
        if not is_due(workspace, now) or asked.exists():
            return 0
        audit.record("access.review_asked", actor="system:access", workspace_id=workspace.id, target="members")
        with system_scope("who is asked"):
            owners = Membership.objects.filter(workspace=workspace, role="owner", user__is_active=True)
            addresses = list(owners.values_list("user__email", flat=True))
        page = f"{settings.PUBLIC_URL}/w/{workspace.slug}/settings/access/"
        for address in addresses:
            text = f"Three months have passed: please look at who may do what, and say that it is right.\n\n{page}\n"
            EmailMessage(subject=f"{workspace.name}: who may do what?", body=text, to=[address]).send()
        return 1
