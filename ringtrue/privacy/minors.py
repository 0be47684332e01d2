"""Children who call: noticing that a caller says an age below the least one, keeping nothing more of them.

`calls/forgetting_children.py` deletes what there is."""

from __future__ import annotations

from uuid import UUID

from ringtrue.core import audit
from ringtrue.privacy import restricting
from ringtrue.privacy.ages import LOCAL_AGES
from ringtrue.privacy.models import Restriction, Subject
from ringtrue.privacy.policy import effective


def least_age(workspace_id: UUID, country: str) -> int:
    """The higher of what the policy says and what the law of the caller's country sets. Needs the workspace's scope."""
    return max(int(effective(workspace_id, "min_age").value), LOCAL_AGES.get(country, 0))


def notice(subject: Subject, call_id: UUID) -> None:
    """A child was heard: nothing but keeping is allowed from now on, until it is deleted. Needs the subject's scope."""
    if Restriction.objects.filter(subject=subject, purpose="minor", lifted_at=None).exists():
        return
    restricting.restrict(subject, "minor", "system:minors")
    restricting.restrict(subject, "all", "system:minors")
    audit.record("minor.noticed", actor="system:minors", workspace_id=subject.workspace_id, target=f"call:{call_id}")
