"""What must hold when every process of a campaign is killed again and again: nobody is dialed twice, nobody is forgotten, the
books are right, and pace and concurrency are kept."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.calls.models import Call
from ringtrue.campaigns import deciding, pacing
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.campaigns.tests.making import add_leads, make_campaign, make_list, make_shop
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.placing import close_lost
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.grounds import NOON
from ringtrue.reception.calling_out import dial_ended

LONG = bool(os.environ.get("RINGTRUE_LONG"))
LEADS, KILLS = 1000, 20
PACE, AT_ONCE = 180, 40
COST = 14_000
CALL_S, GIVES_UP_S = 0.2, 2.0


class Workers:
    def __init__(self, log: Path) -> None:
        parts = urlsplit(os.environ["DATABASE_URL"])
        database = urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))
        self.err = open(log.with_suffix(".err"), "w")  # noqa: SIM115
        command = [sys.executable, "-m", "ringtrue.campaigns.tests.killed_workers", str(log), str(time.time())]
        self.nest = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.err, text=True,
            env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "ringtrue.core.settings"},
        )  # fmt: skip
        assert self._line() == "ready"
        self.pids: list[int] = []

    def _line(self) -> str:
        assert self.nest.stdout is not None
        return self.nest.stdout.readline().strip()

    def start(self, count: int) -> None:
        assert self.nest.stdin is not None
        for _ in range(count):
            self.nest.stdin.write("start\n")
            self.nest.stdin.flush()
            self.pids.append(int(self._line()))

    def kill(self) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        self.pids.clear()

    def close(self) -> None:
        self.kill()
        self.nest.kill()
        self.nest.communicate()
        self.err.close()


class Carrier:
    """Plays what the carrier tells of the calls that it logged: seven of eight are answered and served, one is not."""

    def __init__(self, log: Path, workspace_id: UUID) -> None:
        self.log, self.read, self.workspace_id = log, 0, workspace_id
        self.dials: list[tuple[str, str]] = []
        self.open: dict[str, float] = {}  # reference -> when it was dialed
        self.most_at_once = 0

    def look(self) -> None:
        with open(self.log) as file:
            file.seek(self.read)
            for line in iter(file.readline, ""):
                if not line.endswith("\n"):
                    break
                self.read += len(line)
                reference, number = line.split()
                self.dials.append((reference, number))
                self.open[reference] = time.monotonic()
        self.most_at_once = max(self.most_at_once, len(self.open))

    def tell(self) -> None:
        """One call at a time: between two the test looks whether it is time to kill."""
        for reference, since in list(self.open.items()):
            answered = int(reference[0], 16) % 8 != 0
            if time.monotonic() - since < CALL_S:
                continue
            told = dial_ended("standin", reference, answered=answered, cost_micros=COST if answered else None)
            if told and answered:
                self._serve(reference)
            if told or time.monotonic() - since > GIVES_UP_S:  # whoever dialed died before it knew the reference
                del self.open[reference]
            return

    def _serve(self, reference: str) -> None:
        # What the campaign reads of a call that the scribe has closed.
        with workspace_scope(self.workspace_id):
            Call.objects.filter(provider_ref=reference).update(
                state="ended", end_reason="caller_hung_up", outcome="booking", ended_at=timezone.now()
            )


@pytest.mark.skipif(not LONG, reason="make test-long: minutes of real processes")
@pytest.mark.parametrize("workers", [1, 3])
def test_kill_of_every_process_dials_nobody_twice_and_forgets_nobody(transactional_db: Any, tmp_path: Path, workers: int) -> None:
    log = tmp_path / "dials"
    log.touch()
    with time_machine.travel(NOON, tick=True):
        shop = make_shop("killing")
        leads = make_list(shop)
        numbers = [f"+1646{2_000_000 + i}" for i in range(LEADS)]
        add_leads(shop, leads, numbers)
        stopped = set(numbers[:: LEADS // 5])
        for number in stopped:
            stop_calling_number(shop.workspace.id, number, "web")
        campaign = make_campaign(shop, leads, per_minute=PACE, at_once=AT_ONCE, most_tries=2, gap_minutes=0)
        deciding.start(campaign)
        crowd, carrier = Workers(log), Carrier(log, shop.workspace.id)
        chance = random.Random(workers)
        kill_after = sorted(chance.sample(range(1, (LEADS - len(stopped)) * 2 // 3), KILLS))
        kills = 0
        began = time.monotonic()
        try:
            crowd.start(workers)
            while not is_over(campaign):
                assert time.monotonic() - began < 3600, how_it_stands(campaign)
                carrier.look()
                carrier.tell()
                while kills < KILLS and len(carrier.dials) >= kill_after[kills]:
                    crowd.kill()
                    kills += 1
                    crowd.start(workers)
                time.sleep(0.01)
        finally:
            crowd.close()
        took = time.monotonic() - began
        carrier.look()
        assert kills == KILLS
        close_lost(shop.workspace.id, NOON + timedelta(days=1))
        check(shop, campaign, carrier, stopped, took)


def how_it_stands(campaign: Campaign) -> str:
    with workspace_scope(campaign.workspace_id):
        targets = Counter(Target.objects.filter(campaign=campaign).values_list("state", "outcome"))
        open_tries = list(Try.objects.filter(campaign=campaign, closed_at__isnull=True).values_list("n", "begun_at", "call"))
        return f"{Campaign.objects.get(id=campaign.id).state} {targets} {open_tries}"


def is_over(campaign: Campaign) -> bool:
    with workspace_scope(campaign.workspace_id):
        return Campaign.objects.get(id=campaign.id).state == "done"


def check(shop: Any, campaign: Campaign, carrier: Carrier, stopped: set[str], took: float) -> None:
    with workspace_scope(shop.workspace.id):
        targets = list(Target.objects.filter(campaign=campaign))
        tries = list(Try.objects.filter(campaign=campaign).order_by("begun_at"))
        attempts = {str(a.id): a for a in Attempt.objects.all()}
    # Nobody is dialed twice: each dial has a claim of its own, and there is a second claim only where the rule wants one.
    assert len({permit for permit, _ in carrier.dials}) == len(carrier.dials)
    assert {permit for permit, _ in carrier.dials} <= attempts.keys()
    assert len({a.claim for a in attempts.values()}) == len(attempts)
    outcomes = {(one.target_id, one.n): one.outcome for one in tries}
    for target_id, n in outcomes:
        assert n == 1 or outcomes[target_id, n - 1] in campaign.retry_on
    # Nobody is forgotten, and who asked not to be called is not.
    assert {target.state for target in targets} == {"done"}
    assert all(one.outcome and one.closed_at for one in tries)
    assert {one.claim for one in tries} == {a.claim for a in attempts.values()}
    refused = [target for target in targets if target.outcome == "refused_by_rules"]
    assert len(refused) == len(stopped)
    assert all("asked not to be called" in target.words for target in refused)
    assert not stopped & {number for _, number in carrier.dials}
    assert len({target_id for target_id, _ in outcomes}) == LEADS - len(stopped)
    # The money.
    assert books.open_holds(shop.workspace.id) == {}
    assert books.faults(shop.workspace.id) == []
    answered = [a for a in attempts.values() if a.state == "ended" and a.answered]
    lost = [a for a in attempts.values() if a.state == "unknown"]
    assert books.standing(shop.workspace.id).spent_micros == COST * len(answered) + sum(a.held_micros for a in lost)
    # Pace and concurrency: in no stretch of time did more begin than the pace allows.
    assert carrier.most_at_once <= AT_ONCE
    begun = [one.begun_at for one in tries]
    for first in range(0, len(begun), 7):
        for last in range(first + 1, len(begun)):
            length = begun[last] - begun[first]
            assert last - first <= (length + pacing.CATCH_UP) / timedelta(seconds=60 / PACE) + 1
    # Until the last lead had its first call, somebody was always waiting.
    busy = [at for at in begun if at <= max(one.begun_at for one in tries if one.n == 1)]
    rate = (len(busy) - 1) / (busy[-1] - busy[0]).total_seconds() * 60
    print(f"\n{LEADS} leads, {KILLS} kills: {len(carrier.dials)} dials in {took:.0f} s, {rate:.1f} a minute of {PACE}, at most "
          f"{carrier.most_at_once} at once of {AT_ONCE}, outcomes {dict(Counter(outcomes.values()))}")  # fmt: skip
    assert rate >= 0.95 * PACE
