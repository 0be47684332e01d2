"""Files about people leave the house for a purpose that is chosen each time, and that stands in the audit chain with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ringtrue.core import audit
from ringtrue.rights import incidents

PURPOSES = {
    "follow_up": "To do what was agreed with the person",
    "quality": "To look at how calls are handled",
    "records": "For the records that the business has to keep",
    "own_system": "To take it into another system of the business",
    "their_request": "To give it to the person it is about",
    "legal": "For a legal claim or duty",
}
"""What a file may be wanted for; there is no other purpose, and none that is written freely."""


class NoPurpose(ValueError):
    """Nothing is given out before a purpose is chosen."""


def give_out(action: str, purpose: str, *, actor: str, workspace_id: UUID, target: str, **detail: Any) -> None:
    """Asked before a file with data about people is handed over; written down under `action`. Needs the workspace's scope.

    Raises incidents.Frozen, NoPurpose."""
    incidents.refuse_while_frozen(workspace_id)
    if purpose not in PURPOSES:
        raise NoPurpose
    audit.record(action, actor=actor, workspace_id=workspace_id, target=target, purpose=purpose, **detail)
