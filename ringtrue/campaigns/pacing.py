"""The pacer: which calls of a campaign begin now. Any number of processes may run it; the campaign's row is their lock.

    lock the campaign -> settle what ended -> how many may begin -> a try for each, committed -> dial, outside of the lock

A process that dies leaves tries behind; the next round of any process reads from attempts and calls what became of them.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.campaigns import settling
from ringtrue.campaigns.dialing_one import dial_one
from ringtrue.campaigns.models import Campaign, Target, Try

log = structlog.get_logger(__name__)

CATCH_UP = timedelta(seconds=2)  # of lost time: so no minute holds more than 1/30 above the pace
A_ROUND_S = 0.5
DIALERS = 4
"""At the same time, in one process. Each holds a database connection while the carrier answers; the rounds and three other jobs of a worker
hold one, and a process has eight (`core/configuring.py`). With more, the last ones waited for a connection until their time was up."""


def pace_for(seconds: float) -> None:
    """Rounds over all campaigns until the time is up; returns at once where none is running."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(DIALERS, thread_name_prefix="dialer") as dialers:
        going: set[Future[None]] = set()
        while busy := _busy():
            for workspace_id, campaign_id in busy:
                going |= {dialers.submit(_in_thread, workspace_id, one) for one in _begin_safely(workspace_id, campaign_id)}
            for one in [future for future in going if future.done()]:
                going.discard(one)
                if (problem := one.exception()) is not None:  # the try stays open and is settled
                    log.error("campaign dial broke", problem=type(problem).__name__)
            if time.monotonic() >= until:
                return
            time.sleep(A_ROUND_S)


def _in_thread(workspace_id: UUID, try_id: UUID) -> None:
    try:
        dial_one(workspace_id, try_id)
    finally:
        connection.close()


def _busy() -> list[tuple[UUID, UUID]]:
    """(workspace, campaign) of all that run, or have calls that are not settled."""
    with system_scope("running campaigns of every workspace are paced together"):
        open_tries = Try.objects.filter(closed_at__isnull=True).values("campaign")
        found = Campaign.objects.filter(Q(state="running") | Q(id__in=open_tries))
        return list(found.values_list("workspace_id", "id"))


def _begin_safely(workspace_id: UUID, campaign_id: UUID) -> list[UUID]:
    """One campaign's trouble, of its rows or of the database, holds up no other; its own next round tries again."""
    try:
        return begin(workspace_id, campaign_id)
    except Exception as problem:  # its transaction is undone: no try of it was kept
        log.error("campaign round broke", campaign=str(campaign_id), problem=type(problem).__name__)
        return []


def begin(workspace_id: UUID, campaign_id: UUID, now: datetime | None = None) -> list[UUID]:
    """One round of one campaign: the tries that are to be dialed now, none while another process has the campaign's lock."""
    at = now or timezone.now()
    with workspace_scope(workspace_id):
        campaign = lock(campaign_id)
        if campaign is None:
            return []
        settling.settle(campaign, at)
        if campaign.state != "running":
            return []
        new = _new_tries(campaign, at)
        _end(campaign, at)
        return [one.id for one in new]


def lock(campaign_id: UUID) -> Campaign | None:
    """For one round; None while another has it. Needs a transaction."""
    # A dial that is closed meanwhile shares the row's key (the foreign key of its target is checked at the commit) while it holds its try,
    # which the round may be waiting for: a lock on the key as well would be a deadlock.
    rows = Campaign.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return rows.filter(id=campaign_id).first()


def _new_tries(campaign: Campaign, now: datetime) -> list[Try]:
    free = campaign.at_once - Try.objects.filter(campaign=campaign, closed_at__isnull=True).count()
    slots = min(free, starts(campaign, now))
    if slots <= 0 or not is_open(campaign, now):
        return []
    due = Target.objects.filter(campaign=campaign, state="waiting", next_at__lte=now)
    targets = list(due.order_by("-callback", "next_at", "id")[:slots])
    if not targets:
        return []
    for target in targets:
        target.state, target.tries = "calling", target.tries + 1
    Target.objects.bulk_update(targets, ["state", "tries"])
    tries = Try.objects.bulk_create(
        Try(
            workspace_id=campaign.workspace_id,
            campaign=campaign,
            target=target,
            n=target.tries,
            agent_id=target.agent_id,
            begun_at=now,
        )
        for target in targets
    )
    campaign.next_start_at = _earliest(campaign, now) + len(tries) * _interval(campaign)
    campaign.save(update_fields=["next_start_at"])
    return tries


def _interval(campaign: Campaign) -> timedelta:
    return timedelta(seconds=60 / campaign.per_minute)


def _earliest(campaign: Campaign, now: datetime) -> datetime:
    late = now - CATCH_UP
    return max(campaign.next_start_at or now, late)


def starts(campaign: Campaign, now: datetime) -> int:
    """How many calls the pace lets begin now."""
    waited = now - _earliest(campaign, now)
    return 0 if waited < timedelta(0) else waited // _interval(campaign) + 1


def is_open(campaign: Campaign, now: datetime) -> bool:
    """Within the campaign's own window. The permit asks for the called party's hours, for each call."""
    local = now.astimezone(ZoneInfo(campaign.workspace.time_zone))
    return local.weekday() in campaign.weekdays and campaign.opens <= f"{local:%H:%M}" < campaign.closes


def _end(campaign: Campaign, now: datetime) -> None:
    if not Target.objects.filter(campaign=campaign).exclude(state="done").exists():
        campaign.state, campaign.ended_at = "done", now
        campaign.save(update_fields=["state", "ended_at"])
