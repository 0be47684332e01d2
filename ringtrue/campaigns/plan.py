"""What a person wants of a campaign, checked, and written into its row. The console's form and the API say it the same way."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec

from ringtrue.agents.models import Agent
from ringtrue.campaigns.models import OUTCOMES_RETRIED, Campaign
from ringtrue.campaigns.targets import enroll
from ringtrue.dialing import gathering
from ringtrue.leads.models import LeadList, Segment

MAY_BE_RETRIED = ("not_reached", "no_speech", "voicemail", "abandoned", "not_understood", "failed", "unknown")
"""Nobody is called again who was spoken with. "unknown": nobody told whether it rang."""
LIMITS = {"per_minute": (1, 600), "at_once": (1, 200), "most_tries": (1, 7), "gap_minutes": (15, 10_080), "rival_share": (1, 99)}
MOST_QUESTIONS = 10


class Plan(msgspec.Struct, kw_only=True):
    """`agent`, `rival`: slugs; "" for no rival. `lists`, `segment`: ids; one of the two."""

    name: str = ""
    agent: str = ""
    rival: str = ""
    rival_share: int = 50
    purpose: str = "information"
    goal: str = "book"
    reason: str = ""
    facts: str = ""
    questions: list[str] = []
    voicemail: str = ""
    caller_id: str = ""
    lists: list[str] = []
    segment: str = ""
    weekdays: list[int] = msgspec.field(default_factory=lambda: [0, 1, 2, 3, 4])
    opens: str = "10:00"
    closes: str = "17:00"
    per_minute: int = 6
    at_once: int = 2
    most_tries: int = 3
    gap_minutes: int = 240
    retry_on: list[str] = msgspec.field(default_factory=lambda: list(OUTCOMES_RETRIED))


class DoesNotFit(Exception):
    """`errors`: field -> a sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = errors


def plan_of(campaign: Campaign) -> Plan:
    same = {name: getattr(campaign, name) for name in _SAME}
    return Plan(
        **same,
        agent=campaign.agent.slug,
        rival=campaign.rival.slug if campaign.rival else "",
        segment=str(campaign.segment_id or ""),
    )


_SAME = (
    "name", "rival_share", "purpose", "goal", "reason", "facts", "questions", "voicemail", "caller_id", "lists", "weekdays", "opens",
    "closes", "per_minute", "at_once", "most_tries", "gap_minutes", "retry_on",
)  # fmt: skip


def write(campaign: Campaign, plan: Plan) -> None:
    """Into the campaign's row, whatever its state; a running one goes on by it from the next call on. Needs the workspace's scope.
    Raises DoesNotFit."""
    workspace_id = campaign.workspace_id
    errors = _errors(plan)
    agents = {agent.slug: agent for agent in Agent.objects.filter(workspace_id=workspace_id, slug__in=[plan.agent, plan.rival])}
    if plan.agent not in agents:
        errors["agent"] = "Choose the agent that calls."
    if plan.rival and (plan.rival not in agents or plan.rival == plan.agent):
        errors["rival"] = "Choose another agent to compare with, or none."
    lists = LeadList.objects.filter(workspace_id=workspace_id, id__in=_ids(plan.lists))
    segment = Segment.objects.filter(workspace_id=workspace_id, id__in=_ids([plan.segment])).first() if plan.segment else None
    if (segment is None) == (not plan.lists) or len(lists) != len(set(plan.lists)) or (plan.segment and segment is None):
        errors["lists"] = "Choose one or more lists, or one segment."
    if plan.caller_id and plan.caller_id not in gathering.numbers_to_show(workspace_id):
        errors["caller_id"] = "Choose one of the workspace's own numbers."
    if errors:
        raise DoesNotFit(errors)
    for name in _SAME:
        setattr(campaign, name, getattr(plan, name))
    campaign.agent, campaign.rival, campaign.segment = agents[plan.agent], agents.get(plan.rival), segment
    if campaign._state.adding:
        campaign.save(force_insert=True)
    else:
        # Not the state, nor the pace: the pacer may write them at this moment.
        campaign.save(update_fields=[*_SAME, "agent", "rival", "segment"])
        if campaign.state != "draft":
            enroll(campaign)


def _errors(plan: Plan) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 1 <= len(plan.name.strip()) <= 80:
        errors["name"] = "Give the campaign a name of at most 80 letters."
    if not 10 <= len(plan.reason.strip()) <= 300:
        errors["reason"] = "Write the sentence with which the agent says why it calls: 10 to 300 letters."
    if len(plan.facts) > 4000:
        errors["facts"] = "At most 4,000 letters."
    if len(plan.voicemail) > 300:
        errors["voicemail"] = "At most 300 letters."
    if plan.purpose not in Campaign.PURPOSES:
        errors["purpose"] = "Choose what kind of call it is."
    if plan.goal not in Campaign.GOALS:
        errors["goal"] = "Choose what the call is to reach."
    if plan.goal in ("qualify", "survey") and not plan.questions:
        errors["questions"] = "Write at least one question."
    if len(plan.questions) > MOST_QUESTIONS or any(len(question) > 200 for question in plan.questions):
        errors["questions"] = f"At most {MOST_QUESTIONS} questions of 200 letters."
    if not plan.weekdays or not set(plan.weekdays) <= set(range(7)):
        errors["weekdays"] = "Choose at least one day."
    for name in ("opens", "closes"):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", getattr(plan, name)):
            errors[name] = "Write a time such as 10:00."
    if not errors.keys() & {"opens", "closes"} and plan.opens >= plan.closes:
        errors["closes"] = "The end has to be after the beginning."
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(plan, name) <= most:
            errors[name] = f"A number from {least} to {most}."
    if not set(plan.retry_on) <= set(MAY_BE_RETRIED):
        errors["retry_on"] = "Who was spoken with is not called again."
    return errors


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def from_json(values: dict[str, Any], before: Plan | None = None) -> Plan:
    """Raises DoesNotFit for values of another kind."""
    try:
        return msgspec.convert((msgspec.to_builtins(before) if before else {}) | values, Plan)
    except msgspec.ValidationError as error:
        raise DoesNotFit({"": str(error)}) from None
