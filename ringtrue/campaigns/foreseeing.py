"""Before a start: what the permit would say now, and what the calls may cost at most. Nothing is dialed, held or noted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec
from django.utils import timezone

from ringtrue.billing import ledger as books
from ringtrue.campaigns.models import Campaign
from ringtrue.campaigns.targets import leads_of
from ringtrue.dialing import gathering
from ringtrue.dialing.locating import locate
from ringtrue.dialing.permitting import permit, worst_price
from ringtrue.dialing.proposal import Allow, Defer, Refuse
from ringtrue.dialing.rules_pack import PackRefused, current_pack
from ringtrue.leads.reading import card, stated
from ringtrue.numbers.models import PhoneNumber

LOOKED_AT = 40


class Foreseen(msgspec.Struct, kw_only=True):
    """`allowed`, `waiting`, `refused`: of the `looked_at` first leads. `reasons`: (words, how many), the most frequent first."""

    leads: int
    numbers: int  # of the workspace, that it may call from
    looked_at: int = 0
    allowed: int = 0
    waiting: int = 0
    refused: int = 0
    until: datetime | None = None  # the first of those who wait may be called then
    reasons: list[tuple[str, int]] = []
    worst_micros: int = 0  # each lead called as often as it may be, each call as long as it may last
    free_micros: int = 0
    currency: str = "USD"
    trouble: str = ""  # why nothing can be foreseen


def foresee(campaign: Campaign, now: datetime | None = None) -> Foreseen:
    """Needs the workspace's scope."""
    at = now or timezone.now()
    leads = leads_of(campaign)
    standing = books.standing(campaign.workspace_id, at)
    found = Foreseen(
        leads=leads.values("number_hash").distinct().count(), free_micros=standing.free_micros, currency=standing.currency,
        numbers=PhoneNumber.objects.filter(workspace_id=campaign.workspace_id).count(),
    )  # fmt: skip
    try:
        pack = current_pack()
    except PackRefused as why:
        found.trouble = str(why)
        return found
    caller_id = campaign.caller_id or _usual_number(campaign)
    reasons: Counter[str] = Counter()
    worst = 0
    for lead in leads.order_by("created_at", "id")[:LOOKED_AT]:
        number = card(lead).number
        proposed = gathering.gather(
            campaign.workspace_id, number=number, purpose=campaign.purpose, caller_id=caller_id, topic=str(campaign.id),
            stated=stated(lead), at=at,
        )  # fmt: skip
        verdict = permit(proposed, pack)
        worst = max(worst, worst_price(locate(number, pack), pack))
        found.looked_at += 1
        if isinstance(verdict, Allow):
            found.allowed += 1
        else:
            reasons.update(dict.fromkeys((reason.words for reason in verdict.reasons), 1))
        if isinstance(verdict, Defer):
            found.waiting += 1
            found.until = min(found.until or verdict.until, verdict.until)
        found.refused += isinstance(verdict, Refuse)
    found.reasons = reasons.most_common(8)
    found.worst_micros = found.leads * worst * campaign.most_tries
    return found


def _usual_number(campaign: Campaign) -> str:
    numbers = PhoneNumber.objects.filter(workspace_id=campaign.workspace_id)
    found = numbers.filter(agent_id=campaign.agent_id).order_by("number").first() or numbers.order_by("number").first()
    return found.number if found else ""
