"""A campaign from its start to its end: what waits, what is refused, what is called again and when, and what a person may do meanwhile."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import publish
from ringtrue.billing.models import Book
from ringtrue.calls.models import Call
from ringtrue.campaigns import deciding, pacing, settling
from ringtrue.campaigns.briefing import mission_for
from ringtrue.campaigns.dialing_one import dial_one
from ringtrue.campaigns.foreseeing import foresee
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.campaigns.plan import DoesNotFit, Plan, plan_of, write
from ringtrue.campaigns.results import as_csv, standing
from ringtrue.campaigns.targets import agent_for
from ringtrue.campaigns.tests.making import add_lead, make_campaign, make_list, make_shop
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.dials import ringing_carrier
from ringtrue.dialing.tests.grounds import LEAD, NOON
from ringtrue.numbers.models import PhoneNumber
from ringtrue.privacy.models import ConsentEvent
from ringtrue.reception.calling_out import dial_ended
from ringtrue.voice.lines import finding

ALASKA = "+19075550142"  # 8:00 there when it is noon in New York
STRANGER = "+12125550188"
REFERENCES: list[str] = []


@pytest.fixture
def shop(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    carrier = ringing_carrier(lambda order: REFERENCES.append(order.call_id))
    monkeypatch.setattr(finding, "part", lambda line, name: carrier)
    REFERENCES.clear()
    with time_machine.travel(NOON, tick=False):
        yield make_shop("campaigning")


def round_of(campaign: Campaign) -> int:
    """One round of the pacer. Returns how many calls were begun."""
    begun = pacing.begin(campaign.workspace_id, campaign.id)
    for one in begun:
        dial_one(campaign.workspace_id, one)
    return len(begun)


def state_of(campaign: Campaign) -> tuple[Campaign, dict[str, Target]]:
    """The campaign, and the target of each lead by the lead's name."""
    from ringtrue.leads.reading import card

    with workspace_scope(campaign.workspace_id):
        targets = Target.objects.filter(campaign=campaign).select_related("lead")
        return Campaign.objects.get(id=campaign.id), {card(target.lead).name: target for target in targets}


@pytest.mark.promise("P-CLX-1-1")
def test_the_life_of_a_campaign(shop: Any) -> None:
    leads = make_list(shop)
    add_lead(shop, leads, LEAD, name="=Ann", fields={"plan": "gold"})
    add_lead(shop, leads, ALASKA, name="Bo")
    add_lead(shop, leads, STRANGER, name="Cy", agreed=False)
    campaign = make_campaign(
        shop, leads, reason="I call about your $plan plan.", most_tries=3, gap_minutes=60, per_minute=600, at_once=5
    )
    with workspace_scope(shop.workspace.id):
        seen = foresee(campaign)
    assert (seen.leads, seen.allowed, seen.waiting, seen.refused) == (3, 1, 1, 1)
    assert seen.worst_micros == 3 * 3 * 900_000
    assert any("consent" in words for words, _ in seen.reasons)

    with workspace_scope(shop.workspace.id):
        held = list(PhoneNumber.objects.all())
        PhoneNumber.objects.all().delete()
    with pytest.raises(deciding.CannotDecide, match="no number"):
        deciding.start(campaign)
    with workspace_scope(shop.workspace.id):
        PhoneNumber.objects.bulk_create(held)
    deciding.start(campaign)
    for _ in range(4):
        round_of(campaign)
        with time_machine.travel(NOON + timedelta(seconds=3), tick=False):
            round_of(campaign)
    running, targets = state_of(campaign)
    assert running.state == "running"
    assert len(REFERENCES) == 1  # one may be called, one has to wait, one may not be called
    assert (targets["Cy"].state, targets["Cy"].outcome) == ("done", "refused_by_rules")
    assert "consent" in targets["Cy"].words
    assert targets["Bo"].state == "waiting"
    assert targets["Bo"].next_at > NOON
    assert targets["Bo"].tries == 0
    assert targets["=Ann"].state == "calling"
    with workspace_scope(shop.workspace.id):
        mission = mission_for(Call.objects.get(provider_ref=REFERENCES[0]))
    assert mission is not None
    assert mission.reason == "I call about your gold plan."

    dial_ended("standin", REFERENCES[0], answered=False)
    round_of(campaign)
    _, targets = state_of(campaign)
    assert (targets["=Ann"].state, targets["=Ann"].outcome) == ("waiting", "not_reached")
    assert targets["=Ann"].next_at == NOON + timedelta(minutes=60)
    with time_machine.travel(NOON + timedelta(minutes=61), tick=False):
        round_of(campaign)
        for reference in REFERENCES[1:]:  # in Alaska it is nine now
            dial_ended("standin", reference, answered=False)
        round_of(campaign)
        _, targets = state_of(campaign)
        assert targets["=Ann"].next_at == NOON + timedelta(minutes=61 + 120)  # twice as long

        deciding.pause(campaign)
        with pytest.raises(deciding.CannotDecide):
            deciding.start(campaign)
    with time_machine.travel(NOON + timedelta(hours=4), tick=False):
        assert round_of(campaign) == 0
        with workspace_scope(shop.workspace.id):
            paused = Campaign.objects.get(id=campaign.id)
            write(paused, Plan(**{**_as_dict(plan_of(paused)), "name": "Renamed", "closes": "16:30"}))
        deciding.resume(campaign)
        stop_calling_number(shop.workspace.id, ALASKA, "web")
        while round_of(campaign):
            pass
        running, targets = state_of(campaign)
        assert (running.name, running.closes) == ("Renamed", "16:30")
        assert targets["Bo"].outcome == "refused_by_rules"  # an opt-out stops everywhere

        deciding.call_back(targets["=Ann"], NOON + timedelta(days=1))
        with workspace_scope(shop.workspace.id):
            consent = ConsentEvent.objects.filter(subject=targets["=Ann"].subject, purpose="callback.call", granted=True)
            assert consent.filter(method="asked").exists(), "or the permit would not let the call-back pass"
        deciding.cancel(campaign)
        assert round_of(campaign) == 0
        with pytest.raises(deciding.CannotDecide, match="cancelled"):
            deciding.call_back(targets["=Ann"], NOON + timedelta(days=1))
        with workspace_scope(shop.workspace.id):
            table = list(csv.reader("".join(as_csv(running)).splitlines()))
            now = standing(running)
    assert table[1:]
    assert all(cell[:1] not in "=+-@" for row in table[1:] for cell in row if cell)
    assert (now.leads, now.done, now.calls) == (3, 2, 3)


def test_a_time_named_in_the_call_is_kept_and_called_at_as_a_call_back(shop: Any) -> None:
    leads = make_list(shop)
    add_lead(shop, leads, LEAD, name="Ann")
    campaign = make_campaign(shop, leads)
    deciding.start(campaign)
    assert round_of(campaign) == 1
    later = NOON + timedelta(hours=3)
    with workspace_scope(shop.workspace.id):
        call = Call.objects.get()
        assert deciding.call_back_from(call.id, later)
    dial_ended("standin", REFERENCES[-1], answered=True)
    with workspace_scope(shop.workspace.id):
        Call.objects.update(state="ended", outcome="answered")
    assert round_of(campaign) == 0
    running, targets = state_of(campaign)
    assert (running.state, targets["Ann"].state, targets["Ann"].next_at) == ("running", "waiting", later)
    with workspace_scope(shop.workspace.id):
        assert not deciding.call_back_from(call.id, later)  # the call is over
    with time_machine.travel(later, tick=False):
        assert round_of(campaign) == 1
    with workspace_scope(shop.workspace.id):
        assert [one.purpose for one in Attempt.objects.order_by("at")] == [campaign.purpose, "callback"]
    dial_ended("standin", REFERENCES[-1], answered=True)
    with workspace_scope(shop.workspace.id):
        Call.objects.update(state="ended", outcome="answered")
    assert round_of(campaign) == 0
    running, targets = state_of(campaign)
    assert (running.state, targets["Ann"].state, targets["Ann"].tries) == ("done", "done", 2), (
        "who was spoken with is not called again"
    )


def _as_dict(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in Plan.__struct_fields__}


def test_money_pauses_a_campaign_and_does_not_end_its_leads(shop: Any) -> None:
    leads = make_list(shop)
    add_lead(shop, leads, LEAD, name="Ann")
    with workspace_scope(shop.workspace.id):
        Book.objects.update(day_cap_micros=1000)
        shut = Agent.objects.get(id=shop.agent.id)
    campaign = make_campaign(shop, leads)
    deciding.start(campaign)
    assert round_of(campaign) == 1
    stopped, targets = state_of(campaign)
    assert stopped.state == "paused"
    assert "SPEND-01" in stopped.paused_why
    assert (targets["Ann"].state, targets["Ann"].tries) == ("waiting", 0)
    assert REFERENCES == []

    with workspace_scope(shop.workspace.id):
        rival = Agent.objects.create(workspace=shop.workspace, slug="rival", name="Rival", draft=shut.draft, live=True)
        publish(rival, shop.owner)
        campaign = Campaign.objects.get(id=campaign.id)
        campaign.rival, campaign.rival_share = rival, 30
        given = [agent_for(campaign, f"{i:064x}") for i in range(1000)]
        assert 230 < given.count(rival.id) < 370
        assert given == [agent_for(campaign, f"{i:064x}") for i in range(1000)]
        with pytest.raises(DoesNotFit) as wrong:
            write(campaign, Plan(agent="nobody", opens="18:00", retry_on=["booking"], per_minute=0))
    assert {"name", "agent", "reason", "lists", "closes", "retry_on", "per_minute"} <= wrong.value.errors.keys()


def test_no_stretch_of_time_holds_more_calls_than_the_pace_and_the_lines_allow(shop: Any) -> None:
    leads = make_list(shop)
    for i in range(12):
        add_lead(shop, leads, f"+16462000{i:03}")
    campaign = make_campaign(shop, leads, per_minute=60, at_once=4)
    deciding.start(campaign)
    begun = []
    for tenth in range(80):
        with time_machine.travel(NOON + timedelta(milliseconds=100 * tenth), tick=False):
            begun += [tenth] * len(pacing.begin(campaign.workspace_id, campaign.id))
    assert begun == [0, 10, 20, 30]  # one a second, and no fifth while four are on the line
    with time_machine.travel(NOON + timedelta(hours=7), tick=False), workspace_scope(shop.workspace.id):
        Try.objects.all().delete()
        assert pacing.begin(campaign.workspace_id, campaign.id) == []  # after its hours


def test_a_dial_that_is_closed_does_not_wait_for_the_round_that_waits_for_it(shop: Any) -> None:
    """Who closes a try shares the key of the campaign's row at the commit: where a round kept others from that, both waited for ever."""
    leads = make_list(shop)
    add_lead(shop, leads, LEAD)
    campaign = make_campaign(shop, leads)
    deciding.start(campaign)
    (begun,) = pacing.begin(campaign.workspace_id, campaign.id)

    def close() -> None:
        try:
            with workspace_scope(campaign.workspace_id):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                one = Try.objects.select_related("target").get(id=begun)
                settling.close(campaign, one, "failed", NOON)
                Target.objects.filter(id=one.target_id).update(words="changed twice: its foreign keys are checked")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, workspace_scope(campaign.workspace_id):
        assert pacing.lock(campaign.id) is not None
        other.submit(close).result()


def test_one_campaigns_broken_round_holds_up_no_other(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    leads = make_list(shop)
    add_lead(shop, leads, LEAD)
    broken, sound = make_campaign(shop, leads, name="A broken one"), make_campaign(shop, leads, name="A sound one")
    for campaign in (broken, sound):
        deciding.start(campaign)

    def settle(campaign: Campaign, now: Any) -> None:
        if campaign.id == broken.id:
            Campaign.objects.raw("SELECT 1 / 0 AS id")[0]

    monkeypatch.setattr(settling, "settle", settle)
    # The broken one comes first: the database's own error has spoilt its transaction.
    monkeypatch.setattr(pacing, "_busy", lambda: [(one.workspace_id, one.id) for one in (broken, sound)])
    pacing.pace_for(0)
    assert len(REFERENCES) == 1
    assert state_of(broken)[0].state == "running"
