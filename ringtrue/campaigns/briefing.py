"""What an agent is told of a campaign's call when it is answered: made from the campaign as it is then, and the lead's own fields."""

from __future__ import annotations

from string import Template
from typing import cast

from ringtrue.calls.models import Call
from ringtrue.campaigns.models import Try
from ringtrue.dialing.locating import locate
from ringtrue.dialing.rules_pack import PackRefused, current_pack
from ringtrue.leads.models import Lead
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
        time_zone=_zone(one.target.lead),
    )


def filled(text: str, called: dict[str, str]) -> str:
    """`$name` and the lead's own fields; what is not known stays as it is written."""
    return Template(text).safe_substitute(called)


def _zone(lead: Lead) -> str:
    """Of the lead, by what the list says or by the number; "" where it may be one of several."""
    try:
        zones = (lead.time_zone,) if lead.time_zone else locate(card(lead).number, current_pack()).zones
    except PackRefused:
        return ""
    return zones[0] if len(zones) == 1 else ""


def _known(lead: LeadCard) -> dict[str, str]:
    known = {"name": lead.name, "company": lead.company, **lead.fields}
    return {field: value for field, value in known.items() if value}
