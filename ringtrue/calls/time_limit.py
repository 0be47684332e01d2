"""The time limit of a call: until then it can be opened; afterwards it is closed to everybody, and later it is deleted
(`privacy/retention.py`). Setting `calls.shown`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from ringtrue.calls.models import Call
from ringtrue.privacy.policy import cutoff


class Closed(Exception):
    """The time limit of this call is over: nothing of it is shown any more."""


def shown_since(workspace_id: UUID) -> datetime | None:
    """Calls that began before cannot be opened; None where there is no limit. Needs the workspace's scope."""
    return cutoff(workspace_id, "calls.shown", timezone.now())


def require_open(call: Call) -> None:
    """Raises Closed. Needs the workspace's scope."""
    since = shown_since(call.workspace_id)
    if since is not None and call.created_at < since:
        raise Closed
