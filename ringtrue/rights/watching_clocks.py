"""Clocks: the people of the workspace are told when half of the time is over, at four fifths, and on the day. Each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from ringtrue.accounts.models import Membership, Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.rights.models import RightsRequest
from ringtrue.rights.receiving import step

MARKS = (
    ("half", 0.5, "Half of the time is over"),
    ("most", 0.8, "A fifth of the time is left"),
    ("due", 1.0, "The answer is due"),
)
TOLD = ("owner", "admin", "dpo")
UNVERIFIED_LASTS = timedelta(days=60)


def passed(request: RightsRequest, now: datetime) -> list[str]:
    """Which marks of the clock are behind us."""
    begun = request.extended_at or request.received_at
    whole = (request.due_at - begun).total_seconds()
    gone = (now - begun).total_seconds()
    return [name for name, share, _ in MARKS if gone >= whole * share]


def warn(now: datetime) -> int:
    """Returns how many warnings were given."""
    with system_scope("requests of every workspace that wait for an answer"):
        waiting = list(RightsRequest.objects.filter(state__in=("open", "unverified")).values_list("id", "workspace_id"))
    return sum(_warn_about(request_id, workspace_id, now) for request_id, workspace_id in waiting)


def lapse(now: datetime) -> int:
    """Requests whose person never showed who they are end by themselves, long after they were due."""
    with system_scope("requests of every workspace that nobody verified"):
        old = list(RightsRequest.objects.filter(state="unverified", received_at__lt=now - UNVERIFIED_LASTS))
    for request in old:
        with workspace_scope(request.workspace_id):
            request.state, request.closed_at = "lapsed", now
            request.save(update_fields=["state", "closed_at"])
            step(request, "system:rights", "lapsed")
    return len(old)


def _warn_about(request_id: UUID, workspace_id: UUID, now: datetime) -> int:
    with workspace_scope(workspace_id):
        request = RightsRequest.objects.select_for_update().get(id=request_id)
        new = [name for name in passed(request, now) if name not in request.warned]
        if not new:
            return 0
        request.warned = [*request.warned, *new]
        request.save(update_fields=["warned"])
        step(request, "system:rights", "warned", mark=new[-1])
        with system_scope("who is told"):
            people = Membership.objects.filter(workspace_id=request.workspace_id, role__in=TOLD, user__is_active=True)
            addresses = list(people.order_by("created_at").values_list("user__email", flat=True).distinct())
            workspace = Workspace.objects.get(id=request.workspace_id)
        title = next(words for name, _, words in MARKS if name == new[-1])
        for address in addresses:
            _letter(address, title, workspace, request).send()
        return 1


def _letter(to: str, title: str, workspace: Workspace, request: RightsRequest) -> EmailMessage:
    text = (
        f"{title}: a person asked {workspace.name} about their data, and an answer is due by {request.due_at:%A, %B %d, %Y}.\n\n"
        f"{settings.PUBLIC_URL}/w/{workspace.slug}/rights/{request.id}/\n"
    )
    return EmailMessage(
        subject=f"{workspace.name}: {title.lower()} (request about personal data)", body=text, to=[to],
        headers={"X-Ringtrue-Mail": f"account-rights-{request.id}-{request.warned[-1]}", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
