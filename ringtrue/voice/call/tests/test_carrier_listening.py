"""The carrier listens too who has answered: what it knows before we are connected, and what it tells while we speak."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringtrue.voice.agent import Mission
from ringtrue.voice.brains.campaign_call import CampaignCall
from ringtrue.voice.call import wording
from ringtrue.voice.call.tests.stand_ins import AGENT, Call, KeptPort, StubBrain, Studio, order
from ringtrue.voice.events import Said
from ringtrue.voice.lines.simulated_callers import RecordedCaller

MESSAGE = "Riverside Dental called. Please call us back."
LEFT = f"{wording.disclosure(AGENT)} | {MESSAGE.replace('. ', '. | ')}"
REASON = "You have an appointment tomorrow."
ODD = "Dana and the dog are up in the hills until the end of the month."  # nothing in it says what it is


def quiet(ms: int) -> bytes:
    return bytes(16 * ms)


async def answered(studio: Studio, pcm: bytes, carrier: tuple[float, str] = (0, ""), **of_order: Any) -> Call:
    """`carrier`: (seconds after which it says who answered, what it says)."""
    mission = Mission(goal="remind", reason=REASON, voicemail=MESSAGE)
    brain = CampaignCall(StubBrain(), mission)  # type: ignore[arg-type]
    caller = RecordedCaller(pcm, 8000, lead_s=0.4, tail_silence_s=6.0)
    begin = asyncio.get_running_loop().time()

    async def who(given: dict[str, str]) -> dict[str, str]:
        return {"who": carrier[1] if asyncio.get_running_loop().time() - begin >= carrier[0] else ""}

    port = KeptPort(tools={"who_answered": who})
    given = order(direction="outbound", mission=mission, carrier_listens=bool(carrier[1]), **of_order)
    return await studio.call(caller, brain, order=given, port=port)  # type: ignore[arg-type]


async def test_a_machine_whose_greeting_the_carrier_has_waited_for_is_left_its_message_at_once(studio: Studio) -> None:
    call = await answered(studio, quiet(3000), answered_by="machine_done")
    assert call.port.said() == LEFT
    assert call.port.all(Said)[0].start_ms <= 1000
    assert call.ended.reason == "agent_hung_up"


async def test_a_person_whom_the_carrier_has_heard_is_spoken_to_at_once(studio: Studio) -> None:
    call = await answered(studio, quiet(4000), answered_by="person")
    assert call.port.said().startswith(wording.disclosure(AGENT))
    assert REASON in call.port.said()
    assert call.port.all(Said)[0].start_ms <= 1000


async def test_what_the_carrier_tells_during_the_greeting_keeps_us_silent_until_its_end(studio: Studio) -> None:
    pcm = studio.speech(ODD) + quiet(900) + studio.speech("We wish you a lovely autumn and all the best.")
    call = await answered(studio, pcm + quiet(5000), carrier=(2.0, "machine"))
    assert call.port.said() == LEFT
    assert call.port.all(Said)[0].start_ms >= len(pcm) // 16


@pytest.mark.parametrize("says", ["machine", "person"])
async def test_a_late_word_of_the_carrier_turns_what_was_taken_for_a_person_into_a_machine(studio: Studio, says: str) -> None:
    call = await answered(studio, studio.speech("Hi.") + quiet(7000), carrier=(3.0, says))
    assert (MESSAGE.split(". ")[1] in call.port.said()) == (says == "machine")


async def test_who_has_answered_us_is_a_person_whatever_the_carrier_thinks(studio: Studio) -> None:
    pcm = studio.speech("Hi.") + quiet(7000) + studio.speech("Yes, I will be there.") + quiet(3000)
    call = await answered(studio, pcm, carrier=(10.0, "machine"))
    assert MESSAGE.split(". ")[1] not in call.port.said()
