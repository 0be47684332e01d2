"""What no brain can be talked out of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest

from ringtrue.voice.agent import Handling
from ringtrue.voice.brains.acts import Ask, HangUp, HeardTurn, Say, Transfer
from ringtrue.voice.call import wording
from ringtrue.voice.call.guarding import transfer_target
from ringtrue.voice.call.opening_hours import is_open
from ringtrue.voice.call.tests.stand_ins import AGENT, MONDAY_NOON, UNRECORDED, KeptPort, StubBrain, Studio, order
from ringtrue.voice.events import Consent, Emergency, Ended, OptedOut, Said, Transferred
from ringtrue.voice.lines.leg import TransferResult
from ringtrue.voice.port import ToolFailed

QUIET = order(recording=UNRECORDED)


async def test_are_you_a_robot_is_answered_truthfully_and_the_question_stands(studio: Studio) -> None:
    brain = StubBrain([Ask("What is your name?", "name")], [HangUp("Bye.")])
    call = await studio.call(["I'd like a cleaning.", "Wait, are you a robot?", "My name is Susan Miller."], brain, order=QUIET)
    assert "Yes, I'm Robin, an AI assistant, not a person. | What is your name?" in call.port.said()
    assert [turn.text for turn in brain.heard] == ["I'd like a cleaning.", "My name is Susan Miller."]
    assert brain.heard[1].expecting == "name"


@pytest.mark.parametrize("words", ["Take me off your list.", "Please stop calling me."])
async def test_opting_out_in_any_words(studio: Studio, words: str) -> None:
    port = KeptPort()
    call = await studio.call([words], order=QUIET, port=port)
    assert call.port.all(OptedOut)
    assert port.used == [("opt_out", {})]
    assert "do-not-call list" in port.said()
    assert not call.brain.heard, "the brain is not asked about it"


async def test_an_opt_out_is_never_lost(studio: Studio) -> None:
    async def fail(_: dict[str, str]) -> dict[str, str]:
        raise ToolFailed("timeout")

    call = await studio.call(["Take me off your list."], order=QUIET, port=KeptPort(tools={"opt_out": fail}))
    assert call.port.all(OptedOut)
    assert "do-not-call list" in call.port.said()


async def test_an_outbound_call_ends_after_an_opt_out(studio: Studio) -> None:
    call = await studio.call(["Take me off your list."], order=order(recording=UNRECORDED, direction="outbound"))
    assert call.ended.reason == "agent_hung_up"
    assert call.port.said().endswith("Goodbye.")


@pytest.mark.parametrize(("country", "number"), [("US", "nine one one"), ("GB", "nine nine nine")])
async def test_emergency_words_get_the_emergency_number_before_anything_else(studio: Studio, country: str, number: str) -> None:
    agent = msgspec.structs.replace(AGENT, country=country)
    call = await studio.call(["My husband is not breathing!"], order=order(agent, recording=UNRECORDED))
    said = [event.text for event in call.port.all(Said) if event.turn == 1]
    assert said[0] == f"If this is an emergency, please hang up now and call {number}."
    assert len(call.port.all(Emergency)) == 1
    assert not call.brain.heard


async def test_an_emergency_of_the_business_is_offered_only_after_the_emergency_number(studio: Studio) -> None:
    brain = StubBrain([Say("I'll connect you to the dentist on duty."), Transfer("pain")])
    call = await studio.call(["I was in a car crash and have severe pain and I can't breathe."], brain, order=QUIET)
    said = [event.text for event in call.port.all(Said) if event.turn == 1]
    assert said == [
        "If this is an emergency, please hang up now and call nine one one.",
        "I'll connect you to the dentist on duty.",
    ]
    assert call.leg.transferred_to == "+18565550119"


async def test_off_the_record_before_the_caller_asked_is_no_recording_either(studio: Studio) -> None:
    call = await studio.call(["Can we do this off the record please?"], order=QUIET)
    assert [consent.method for consent in call.port.all(Consent)] == ["off"]
    assert wording.NOT_RECORDED in call.port.said()


async def test_a_transfer_goes_only_to_the_agents_own_escalations(studio: Studio) -> None:
    results: list[Any] = []

    async def try_it(heard: HeardTurn) -> AsyncGenerator[Any, Any]:
        results.append((yield Transfer("+15551234567")))
        results.append((yield Transfer("nobody")))
        yield HangUp("Bye.")

    call = await studio.call(["Put me through to five five five one two three."], StubBrain(try_it), order=QUIET)
    assert results == [{"ok": "false", "reason": "unknown"}] * 2
    assert call.leg.transferred_to == ""
    assert [event.ok for event in call.port.all(Transferred)] == [False, False]


async def test_a_transfer_that_works_ends_the_call(studio: Studio) -> None:
    brain = StubBrain([Say("I'll connect you to the front desk."), Transfer("person")])
    call = await studio.call(["I want to speak to somebody."], brain, order=QUIET)
    assert call.ended.reason == "transferred"
    assert call.leg.transferred_to == "+18565550111"
    assert call.port.all(Transferred)[0].person == "the front desk"
    assert "I'll connect you to the front desk." in call.port.said(), "heard before the call is handed over"


async def test_a_transfer_that_fails_comes_back_to_the_brain(studio: Studio) -> None:
    results: list[Any] = []

    async def try_it(heard: HeardTurn) -> AsyncGenerator[Any, Any]:
        results.append((yield Transfer("person")))
        yield HangUp("Nobody answers. Bye.")

    busy = {"transfers": TransferResult(ok=False, reason="busy")}
    call = await studio.call(["I want to speak to somebody."], StubBrain(try_it), order=QUIET, leg=busy)
    assert results == [{"ok": "false", "reason": "busy"}]
    assert call.ended.reason == "agent_hung_up"


def test_transfers_keep_to_their_hours_and_to_the_agents_preferences() -> None:
    night = MONDAY_NOON + 9 * 3600
    assert transfer_target(AGENT, "person", MONDAY_NOON)[0] is not None
    assert transfer_target(AGENT, "person", night) == (None, "closed")
    assert transfer_target(AGENT, "pain", night)[0] is not None
    no_transfer = msgspec.structs.replace(AGENT, handling=Handling(transfer=False))
    assert transfer_target(no_transfer, "pain", night) == (None, "not_allowed")


def test_open_hours_know_holidays_and_midnight() -> None:
    from ringtrue.voice.agent import Holiday, Hours

    bar = msgspec.structs.replace(AGENT, hours=Hours(weekly={"monday": [("18:00", "02:00")]}))
    assert is_open(bar, MONDAY_NOON + 7 * 3600)
    assert is_open(bar, MONDAY_NOON + 13 * 3600)
    assert not is_open(bar, MONDAY_NOON + 15 * 3600)
    shut = msgspec.structs.replace(
        AGENT, hours=Hours(weekly=AGENT.hours.weekly, holidays=[Holiday(date="2026-11-23", name="Party")])
    )
    assert is_open(AGENT, MONDAY_NOON)
    assert not is_open(shut, MONDAY_NOON)
    american = msgspec.structs.replace(AGENT, hours=Hours(weekly={"thursday": [("09:00", "17:00")]}, public_holidays="US"))
    assert not is_open(american, MONDAY_NOON + 3 * 86400), "Thanksgiving"
    assert is_open(american, MONDAY_NOON + 10 * 86400)


async def test_the_longest_call(studio: Studio) -> None:
    from ringtrue.voice.agent import Limits

    agent = msgspec.structs.replace(AGENT, limits=Limits(max_call_s=20))
    call = await studio.call(
        ["Tell me about it."] * 9, StubBrain([Ask("And what else would you like to know?")]), order=order(agent)
    )
    assert call.ended.reason == "too_long"
    assert wording.TOO_LONG.split(".")[0] in call.port.said()
    assert 20_000 <= call.ended.duration_ms <= 40_000


async def test_the_most_turns(studio: Studio) -> None:
    from ringtrue.voice.agent import Limits

    agent = msgspec.structs.replace(AGENT, limits=Limits(max_turns=2))
    call = await studio.call(["Tell me about it."] * 9, StubBrain([Ask("And?")]), order=order(agent, recording=UNRECORDED))
    assert call.ended.reason == "too_long"
    assert len(call.brain.heard) == 2


async def test_no_brain_can_speak_before_the_disclosure(studio: Studio) -> None:
    brain = StubBrain(greeting=[Say("I am a human being.")])
    call = await studio.call([], brain, order=QUIET, patience_s=3)
    assert call.port.all(Said)[0].text.startswith("Hi, this is Robin, the AI assistant")
    assert isinstance(call.port.events[-1], Ended)
    await asyncio.sleep(0)
