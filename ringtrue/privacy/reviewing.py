"""What is kept without end is looked at once a year: is the reason still good? (GDPR Art. 5(1)(e))"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMessage

from ringtrue.accounts.models import Membership, Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.core.models import AuditEntry
from ringtrue.privacy.models import PolicySetting
from ringtrue.privacy.periods import PERPETUAL, add
from ringtrue.privacy.policy import RETENTION_KEYS, effective
from ringtrue.privacy.policy_words import TITLES

REASON = "retention.reason"
EVERY = "P12M"


def due(workspace_id: UUID, now: datetime) -> str | None:
    """The question to the owner, or None. Needs the workspace's scope."""
    held = PolicySetting.objects.filter(workspace_id=workspace_id, key=REASON).first()
    endless = [TITLES[key] for key in RETENTION_KEYS if effective(workspace_id, key).value == PERPETUAL]
    if held is None or not endless or now < add(held.set_at, EVERY):
        return None
    return f"Kept without end: {'; '.join(endless)}. The reason given: “{held.value}” Is it still good?"


def confirm(workspace_id: UUID, by: str, now: datetime) -> None:
    """The reason is still good: the question comes again in a year. Needs the workspace's scope."""
    PolicySetting.objects.filter(workspace_id=workspace_id, key=REASON).update(set_at=now)
    audit.record("retention.reviewed", actor=by, workspace_id=workspace_id, target=REASON)


def ask_owners(now: datetime) -> int:
    """Mail the question to the owners of every workspace where it is due; once per question. Returns how many workspaces."""
    with system_scope("reasons of every workspace"):
        places = list(PolicySetting.objects.filter(key=REASON).values_list("workspace_id", "set_at"))
    return sum(_ask(workspace_id, set_at, now) for workspace_id, set_at in places)


def _ask(workspace_id: UUID, since: datetime, now: datetime) -> int:
    with workspace_scope(workspace_id):
        question = due(workspace_id, now)
        asked = AuditEntry.objects.filter(action="retention.review_asked", workspace_id=workspace_id, at__gt=since).exists()
        if question is None or asked:
            return 0
        audit.record("retention.review_asked", actor="system:retention", workspace_id=workspace_id, target=REASON)
        with system_scope("who is asked"):
            owners = Membership.objects.filter(workspace_id=workspace_id, role="owner", user__is_active=True)
            addresses = list(owners.values_list("user__email", flat=True))
            name = Workspace.objects.get(id=workspace_id).name
        for address in addresses:
            EmailMessage(subject=f"{name}: still needed without end?", body=question, to=[address]).send()
        return 1
