"""A call as the business may be told about it, by mail or webhook: never more than its storage mode keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ringtrue.calls import reading
from ringtrue.calls.folding import Told, gathered
from ringtrue.calls.models import Call
from ringtrue.notifications.telling import CallNews
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.policy import effective


def news_of(call_id: UUID) -> CallNews | None:
    """Needs the workspace's scope. None when the call is gone."""
    call = Call.objects.select_related("agent_version", "workspace").filter(id=call_id).first()
    if call is None:
        return None
    return describe(call, reading.told(call))


def describe(call: Call, events: list[Told]) -> CallNews:
    """`call` with its agent_version and workspace. Needs the workspace's scope."""
    agent = call.agent_version.document
    return CallNews(
        workspace_id=call.workspace_id,
        workspace_slug=call.workspace.slug,
        subject_id=call.subject_id,
        call_id=call.id,
        storage_mode=call.storage_mode,
        business=str(agent.get("business", "")),
        agent=str(agent.get("slug", "")),
        time_zone=str(agent.get("time_zone", call.workspace.time_zone)),
        line=call.line,
        direction=call.direction,
        started_at=call.answered_at or call.created_at,
        duration_ms=call.duration_ms,
        outcome=call.outcome,
        is_test=call.is_test,
        facts=_facts(call, events),
    )


def _facts(call: Call, events: list[Told]) -> dict[str, Any]:
    allowed = keeps(call.storage_mode)
    if not allowed.facts or effective(call.workspace_id, "notifications.detail").value == "link_only":
        return {}
    held = gathered(events)
    facts: dict[str, Any] = {"reason": held.reason}
    if held.booked:
        facts |= {"booking": {"service": held.service, "start": held.start}}
    if call.state == "ended":
        summary = reading.summary(call)
        if summary.kept:
            facts |= {"summary": summary.text, "next_step": summary.next_step, "made_by": summary.made_by}
    if not allowed.redacted:  # where the mode redacts, the texts above are redacted already and these are left out whole
        number = reading.numbers(call).get("from_number" if call.direction == "inbound" else "to_number", "")
        facts |= {"name": held.name, "number": held.number or number}
    return {name: value for name, value in facts.items() if value}
