"""How the calls of a campaign went, read from the attempt and the call that each try left. Safe to repeat at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from ringtrue.calls.models import Call
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.dialing.ending import STOPPED, STUCK_AFTER, UNKNOWN_AFTER, never_dialed, outcome_of
from ringtrue.dialing.models import Attempt

log = structlog.get_logger(__name__)

REFUSED = "refused_by_rules"


def settle(campaign: Campaign, now: datetime) -> None:
    """Close the tries whose calls ended. One that was never claimed waits again: its next try has the same claim, which is dialed
    once, whoever comes first. Needs the workspace's scope and the campaign's lock."""
    tries = list(Try.objects.filter(campaign=campaign, closed_at__isnull=True))
    attempts = {
        a.claim: a for a in Attempt.objects.filter(workspace_id=campaign.workspace_id, claim__in=[t.claim for t in tries])
    }
    calls = Call.objects.in_bulk([t.call for t in tries if t.call])
    for one in tries:
        attempt, call = attempts.get(one.claim), calls.get(one.call)
        if attempt is None:
            if one.begun_at <= now - STUCK_AFTER and never_dialed(one.workspace_id, one.claim, one.call):
                back_to_waiting(one, now, "")
            continue
        outcome = outcome_of(attempt, call, old=one.begun_at <= now - UNKNOWN_AFTER)
        if outcome:
            close(campaign, one, outcome, now)


def close(campaign: Campaign, one: Try, outcome: str, now: datetime) -> None:
    """The campaign's rule decides whether the lead is called again, and when. Only whoever closes the try first decides."""
    if not Try.objects.filter(id=one.id, closed_at__isnull=True).update(outcome=outcome, closed_at=now):
        return
    target = Target.objects.filter(id=one.target_id)
    # Whoever was due had no time in the future: such a time was asked for in the call itself.
    wished = outcome != STOPPED and target.filter(callback=True, next_at__gt=one.begun_at).exists()
    again = wished or (outcome in campaign.retry_on and one.n < campaign.most_tries)
    timed = {} if wished else {"callback": False, "next_at": now + gap(campaign, one.n) if again else now}
    target.update(state="waiting" if again else "done", outcome=outcome, **timed)
    log.info("campaign call closed", campaign=str(campaign.id), outcome=outcome, again=again)


def gap(campaign: Campaign, tries: int) -> timedelta:
    """Before the next call to somebody who was called `tries` times: twice as long each time."""
    return timedelta(minutes=campaign.gap_minutes * 2 ** max(0, tries - 1))


def back_to_waiting(one: Try, at: datetime, words: str) -> None:
    """Nothing was dialed: the try never was."""
    _undo(one, state="waiting", next_at=at, words=words)


def refuse(one: Try, words: str) -> None:
    _undo(one, state="done", outcome=REFUSED, words=words)


def _undo(one: Try, **changes: Any) -> None:
    removed, _ = Try.objects.filter(id=one.id, closed_at__isnull=True).delete()
    if removed:
        Target.objects.filter(id=one.target_id).update(tries=one.n - 1, **changes)
