"""What every hosted engine has to stand: one suite over all folders, each with its own stand-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import publish
from ringtrue.billing import ledger as books
from ringtrue.calls.models import Call, CallEventRow, RecordingPiece
from ringtrue.calls.reading import told
from ringtrue.console import missing_words
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.grounds import LEAD, NOON, OURS, agree
from ringtrue.hosted import allowing, connecting, provisioning, reconciling, taking_in
from ringtrue.hosted.engine import CANNOT
from ringtrue.hosted.finding import engines, part
from ringtrue.hosted.models import HostedAgent
from ringtrue.numbers.connecting import CannotConnect
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import deleting_elsewhere, ledger
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.models import PolicySetting, ProviderDeletion
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.reception.calling_out import call_out
from ringtrue.voice.lines.permit import PermitGate, PermitRefused

QUESTION = "What time do you open tomorrow?"
CALLER = "+12125550177"
ILLINOIS = "+13125550177"


def ring(shop: Any, number: str = LEAD, **more: Any) -> Any:
    with time_machine.travel(NOON, tick=True):
        return call_out(shop.agent, number, purpose="sales", claim=f"test:{uuid4()}", **more)


def calls(shop: Any) -> list[Call]:
    with workspace_scope(shop.workspace.id):
        return list(Call.objects.select_related("subject").order_by("created_at"))


def said_in(shop: Any, call: Call) -> list[tuple[str, str]]:
    with workspace_scope(shop.workspace.id):
        return [(event.kind, str(event.fields.get("text"))) for event in told(call) if event.kind in ("heard", "said")]


def count(shop: Any, model: Any) -> int:
    with workspace_scope(shop.workspace.id):
        return int(model.objects.count())


@pytest.mark.promise("P-LEX-4-1", "P-CLX-4-4", "P-ALX-7.2-2", "P-NEJ-8-2")
def test_a_call_goes_out_is_kept_once_paid_once_and_deleted_there(shop: Any, stand_in: Any, client: Client, engine: str) -> None:
    call, placed = ring(shop)
    assert placed.state == "placed"
    [reference] = stand_in.calls
    stand_in.answer(reference)
    stand_in.hold(reference, [QUESTION, "Please take me off your list."])
    stand_in.end(reference, [QUESTION, "Please take me off your list."])
    hooks = list(stand_in.hooks)
    assert set(stand_in.deliver(client, [*reversed(hooks), *hooks])) == {200}  # late, twice, the end before the beginning
    for _ in range(2):
        taking_in.take_in(calls(shop)[0])
    [kept] = calls(shop)
    assert (kept.id, kept.line, kept.state, kept.outcome, kept.cost_micros) == (call.id, engine, "ended", "opt_out", 123_400)
    said = said_in(shop, kept)
    assert said[0][0] == "said"
    assert "AI assistant" in said[0][1]
    assert [text for kind, text in said if kind == "heard"] == [QUESTION, "Please take me off your list."]
    events, pieces = count(shop, CallEventRow), count(shop, RecordingPiece)
    assert pieces > 0
    with workspace_scope(shop.workspace.id):
        first = RecordingPiece.objects.order_by("seq")[0]
        consent = CallEventRow.objects.get(kind="consent", fields__granted=True)
        assert first.start_ms >= consent.at_ms, "nothing from before the notice is kept"
        assert books.open_holds(shop.workspace.id) == {}
        assert Attempt.objects.get().state == "ended"
    assert ring(shop)[1].state == "refused", "who opted out at the engine is called by nobody"

    # Nothing stays there; their answer is kept.
    stand_in.fail("DELETE", 500)
    assert deleting_elsewhere.carry_out() == 0
    assert reference in stand_in.calls
    assert deleting_elsewhere.carry_out(timezone.now() + timedelta(hours=1)) == 1
    assert stand_in.calls == {}
    assert (count(shop, CallEventRow), count(shop, RecordingPiece)) == (events, pieces)
    erased = erase(kept.subject, reason="request", requested_by="user:test")
    [entry] = erased.certificate["providers"]
    assert (entry["provider"], entry["kind"], entry["state"]) == (engine, "call", "deleted")
    assert calls(shop) == []


def test_a_call_comes_in_and_the_agent_there_is_the_one_published_here(
    shop: Any, stand_in: Any, client: Client, engine: str
) -> None:
    with workspace_scope(shop.workspace.id):
        shop.agent.draft = {**shop.agent.draft, "business": "Cedar & Sons"}
        shop.agent.save()
        publish(shop.agent, None)
        before = HostedAgent.objects.get().digest
    stand_in.agents.clear()  # somebody removed it there: it is made again
    reference = stand_in.ring_in(client, CALLER)
    with workspace_scope(shop.workspace.id):
        held = HostedAgent.objects.get()
        assert held.digest != before
        assert [held.reference] == list(stand_in.agents)
    assert "Cedar & Sons" in str(stand_in.agents)
    stand_in.answer(reference)
    stand_in.hold(reference, [QUESTION])
    stand_in.end(reference, [QUESTION])
    stand_in.deliver(client)
    [kept] = calls(shop)
    assert (kept.direction, kept.provider_ref) == ("inbound", reference)
    # No job came by: the engine is asked all the same.
    assert reconciling.reconcile(timezone.now() + timedelta(minutes=2)) == 1
    [kept] = calls(shop)
    assert (kept.state, kept.outcome, kept.cost_micros) == ("ended", "answered", 123_400)
    assert reconciling.reconcile(timezone.now() + timedelta(minutes=3)) == 0

    with workspace_scope(shop.workspace.id):
        shop.agent.live = False
        shop.agent.save()
    assert stand_in.ring_in(client, CALLER) == "", "an agent that is off answers nobody"
    stand_in.fail("DELETE", 404)  # its agent is gone there: nothing is left to take away
    with workspace_scope(shop.workspace.id):
        assert connecting.disconnect(LineAccount.objects.get(), actor="user:test") == []
    assert count(shop, LineAccount) == count(shop, HostedAgent) == 0


@pytest.mark.parametrize("who", ["by the law of Illinois", "after an earlier no"])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_who_has_to_be_asked_first_is_heard_and_not_recorded(
    shop: Any, stand_in: Any, client: Client, engine: str, direction: str, who: str
) -> None:
    """The engine hears from the first second, so it cannot ask; the caller reaches the agent all the same."""
    number = ILLINOIS if who == "by the law of Illinois" else LEAD
    with workspace_scope(shop.workspace.id):
        if number == LEAD:
            person = subject_for_number(shop.workspace.id, LEAD)
            ledger.record(person, "recording", granted=False, method="asked")
    agree(shop.workspace.id, number)
    if direction == "in":
        reference = stand_in.ring_in(client, number)
        assert reference
    else:
        assert ring(shop, number)[1].state == "placed"
        [reference] = stand_in.calls
    stand_in.answer(reference)
    stand_in.hold(reference, [QUESTION, "Can I leave a message?"])
    stand_in.end(reference, [QUESTION, "Can I leave a message?"])
    assert not any("ecording" in key and held for key, held in artifacts(stand_in.calls[reference])), "it records nothing"
    stand_in.deliver(client)
    taking_in.take_in(calls(shop)[0])
    [kept] = calls(shop)
    assert (kept.state, kept.recorded, kept.recording_flow) == ("ended", False, "unasked")
    assert count(shop, RecordingPiece) == 0
    said = said_in(shop, kept)
    assert {text for _, text in said} == {"None"}, "a call that may not be recorded is not transcribed either"
    with workspace_scope(shop.workspace.id):
        assert "cannot ask" in missing_words.of(kept, told(kept))["recording"]
        consent = CallEventRow.objects.get(kind="consent").fields
    assert (consent["granted"], consent["method"]) == (False, "off"), "nobody said no"


def artifacts(call: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the engine tells of a call, its own requests' words aside."""
    return [*call.items(), *(call.get("artifact") or {}).items()]


def test_nothing_is_believed_unsigned_and_nothing_rings_unpermitted(
    shop: Any, stand_in: Any, client: Client, engine: str
) -> None:
    ring(shop)
    [reference] = stand_in.calls
    stand_in.end(reference, [], reason="busy")
    hook = stand_in.hooks[-1]
    for headers in stand_in.forged(hook.body):
        assert stand_in.post(client, hook, headers).status_code == 403
    assert stand_in.post(client, hook._replace(body=b"[]"), stand_in.headers(b"[]")).status_code == 400
    assert client.post(f"/engines/{engine}/{uuid4()}", b"{}", content_type="application/json").status_code == 403
    assert calls(shop)[0].state == "ringing"
    stand_in.deliver(client)
    taking_in.take_in(calls(shop)[0])
    [kept] = calls(shop)
    assert (kept.state, kept.outcome, kept.end_reason, kept.cost_micros) == ("ended", "not_reached", "busy", 0)

    asked, rows = len(stand_in.asked), count(shop, Call)
    # A business that ends calls which may not be recorded does not begin one with whom the law of Illinois wants asked.
    agree(shop.workspace.id, ILLINOIS)
    with workspace_scope(shop.workspace.id):
        must = PolicySetting.objects.create(workspace=shop.workspace, key="recording.on_refusal", value="end")
    assert ring(shop, ILLINOIS)[1].state == "not_placed"
    assert stand_in.ring_in(client, ILLINOIS) == ""
    assert count(shop, Call) == rows
    with workspace_scope(shop.workspace.id):
        must.delete()
    with workspace_scope(shop.workspace.id):
        account = LineAccount.objects.get()
        stop_calling_number(shop.workspace.id, LEAD, "test")
    assert ring(shop)[1].state == "refused"
    order = part_order(shop, account)
    with pytest.raises(PermitRefused):
        dialing().dial(engine, {}, order, PermitGate("00" * 32))
    # A promise that the engine cannot keep refuses it, in words, before anything is sent.
    with workspace_scope(shop.workspace.id):
        PolicySetting.objects.create(workspace=shop.workspace, key="recording.flow", value="ask")
        with pytest.raises(allowing.EngineRefused, match="asked before a call is recorded"):
            provisioning.in_step(account, shop.agent)
        with pytest.raises(CannotConnect, match="cannot wait for the caller"):
            connecting.connect(shop.workspace.id, engine, stand_in.enter(), actor="user:test")
    assert stand_in.ring_in(client, CALLER) == ""
    assert [what for what, _ in stand_in.asked[asked:]] == []


def test_a_dial_without_an_answer_is_found_again_and_a_wrong_key_is_told_at_once(
    shop: Any, stand_in: Any, client: Client, engine: str
) -> None:
    stand_in.fail("POST", "done_then_reset")
    call, placed = ring(shop)
    assert (placed.state, calls(shop)[0].provider_ref) == ("unknown", "")
    [reference] = stand_in.calls
    stand_in.answer(reference)
    stand_in.hold(reference, ["I do not want to be recorded.", QUESTION])
    stand_in.end(reference, ["I do not want to be recorded.", QUESTION])
    stand_in.deliver(client)
    taking_in.take_in(calls(shop)[0])
    [kept] = calls(shop)
    assert (kept.id, kept.provider_ref, kept.state) == (call.id, reference, "ended")
    with workspace_scope(shop.workspace.id):
        withdrawn = CallEventRow.objects.get(kind="consent", fields__method="withdrawn").at_ms
        ends = [piece.start_ms + piece.duration_ms for piece in RecordingPiece.objects.all()]
        assert max(ends, default=0) <= withdrawn
        assert ProviderDeletion.objects.count() == 1

    stand_in.key = "another_key_0123456789"
    with workspace_scope(shop.workspace.id):
        before = LineAccount.objects.get().credentials
        with pytest.raises(CannotConnect, match="does not take this key"):
            connecting.connect(shop.workspace.id, engine, {"key": "key_wrong_0123456789"}, actor="user:test")
        assert LineAccount.objects.get().credentials == before
        assert stand_in.enter()["key"] not in before


def test_each_engine_states_itself() -> None:
    assert {"vapi", "retell"} <= engines().keys()
    for name, about in engines().items():
        assert about.cannot.keys() <= CANNOT.keys()
        assert about.documentation
        assert any(field.secret for field in about.fields)
        assert all(part(name, module) for module in ("agents", "calls", "webhooks", "media"))


def dialing() -> Any:
    from ringtrue.hosted import dialing

    return dialing


def part_order(shop: Any, account: LineAccount) -> Any:
    from ringtrue.voice.lines.carrier import DialOrder

    return DialOrder(
        permit="forged", number=LEAD, caller_id=OURS, workspace=str(shop.workspace.id), agent=str(shop.agent.id), purpose="sales",
        ticket="t", call_id=str(uuid4()), media_url="", after_url="", status_url="",
    )  # fmt: skip
