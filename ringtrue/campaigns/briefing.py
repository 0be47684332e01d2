"""What an agent is told of a campaign's call when it is answered: made from the campaign as it is then, and the lead's own fields."""

from __future__ import annotations

from string import Template
from typing import cast

from ringtrue.calls.models import Call
from ringtrue.campaigns.models import Try
from ringtrue.leads.reading import LeadCard, card
from ringtrue.voice.agent import Goal, Mission


def mission_for(call: Call) -> Mission | None:
    """None for a call that no campaign placed. Needs the workspace's scope."""
    one = Try.objects.select_related("campaign", "target__lead").filter(call=call.id).first()
    if one is None:
        return None
    campaign = one.campaign
    called = _known(card(one.target.lead))
    return Mission(
        goal=cast(Goal, campaign.goal),
        reason=filled(campaign.reason, called),
        facts=filled(campaign.facts, called),
        questions=[filled(question, called) for question in campaign.questions],
        voicemail=campaign.voicemail,  # anybody may hear a machine: nothing about the lead is left on it
        called=called,
    )


def filled(text: str, called: dict[str, str]) -> str:
    """`$name` and the lead's own fields; what is not known stays as it is written."""
    return Template(text).safe_substitute(called)


def _known(lead: LeadCard) -> dict[str, str]:
    known = {"name": lead.name, "company": lead.company, **lead.fields}
    return {field: value for field, value in known.items() if value}
