"""A workspace that may call: a number of its own, lists, consents. Rows are committed: placing opens its own transactions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.dialing import list_importing
from ringtrue.dialing.models import Attempt, DialingSettings, ImportedList
from ringtrue.dialing.placing import Request
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy import ledger
from ringtrue.privacy.subjects import subject_for_number

OURS = "+12125550100"
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # Tuesday, 12:00 in New York and 9:00 in Los Angeles
LEAD = "+12125550142"


def make_ground(slug: str, countries: list[str] | None = None) -> Any:
    made = starter_workspace("dental", owner_email=f"owner@{slug}.example", slug=slug)
    with workspace_scope(made.workspace.id):
        account = LineAccount.objects.create(
            workspace=made.workspace, line="standin", name="Stand-in", account_ref=f"AC-{slug}", credentials="x"
        )
        PhoneNumber.objects.create(workspace=made.workspace, number=OURS, line_account=account, agent=made.agent)
        DialingSettings.objects.create(workspace=made.workspace, countries=["US"] if countries is None else countries)
        ImportedList.objects.create(
            workspace=made.workspace, name="us.national", published_at=NOON - timedelta(days=5), ready=True, lines=1
        )
    return made


def agree(workspace_id: UUID, number: str, purpose: str = "marketing.call", at: datetime = NOON - timedelta(days=30)) -> None:
    """Written consent, and a reassigned numbers database that knows of no change."""
    with workspace_scope(workspace_id):
        ledger.record(subject_for_number(workspace_id, number, kind="lead"), purpose, True, "web", "I agree to calls.", at=at)
    list_importing.note_reassigned(workspace_id, [(number, "no", NOON - timedelta(days=1))])


def asked(made: Any, number: str = LEAD, **given: Any) -> Request:
    return Request(
        **{
            "workspace_id": made.workspace.id,
            "agent_id": made.agent.id,
            "number": number,
            "purpose": "sales",
            "caller_id": OURS,
            "claim": f"lead:{number}:1",
            **given,
        }
    )


def attempts(made: Any) -> list[Attempt]:
    with workspace_scope(made.workspace.id):
        return list(Attempt.objects.order_by("at", "id"))
