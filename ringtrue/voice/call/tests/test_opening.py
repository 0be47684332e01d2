"""The first seconds: who speaks, and whether the call may be recorded."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from ringtrue.voice.agent import Recording
from ringtrue.voice.brains.acts import HangUp
from ringtrue.voice.call import wording
from ringtrue.voice.call.tests.stand_ins import AGENT, KeptPort, StubBrain, Studio, audio_of, order
from ringtrue.voice.events import Consent, Disclosed, Ended, Said
from ringtrue.voice.lines.simulated_callers import BreakIn, Leave, Wait

ASK = Recording(flow="ask")
END = Recording(flow="ask", on_refusal="end")


def said_first(port: KeptPort) -> str:
    return port.all(Said)[0].text


@pytest.mark.promise("P-ALX-14-2")
@pytest.mark.parametrize("mode", ["everything", "excluding_pii", "metadata_only"])
@pytest.mark.parametrize("flow", ["announce", "ask", "off"])
async def test_the_first_sentence_says_ai_assistant_and_whose(studio: Studio, mode: str, flow: str) -> None:
    the_order = order(storage_mode=mode, recording=Recording(flow=flow))  # type: ignore[arg-type]
    call = await studio.call([Wait(4000), Leave()], order=the_order)
    assert said_first(call.port) == "Hi, this is Robin, the AI assistant of Riverside Dental."
    assert call.port.all(Disclosed)


async def test_an_agent_without_a_name_of_its_own() -> None:
    agent = msgspec.structs.replace(AGENT, agent_name="the assistant")
    assert wording.disclosure(agent) == "Hi, this is the AI assistant of Riverside Dental."


async def test_the_greeting_begins_at_once_from_ready_audio(studio: Studio) -> None:
    studio.voice.delay_ms = 900
    call = await studio.call([Wait(500), Leave()])
    assert call.leg.first_audio_at is not None
    assert call.leg.first_audio_at - call.leg.began_at <= 0.1
    unready = await studio.call([Wait(500), Leave()], prepare=False)
    assert unready.leg.first_audio_at is not None
    assert unready.leg.first_audio_at - unready.leg.began_at > 0.5


@pytest.mark.promise("P-LDX-6-6")
async def test_consent_is_told_when_the_notice_has_been_heard_and_no_audio_before(studio: Studio) -> None:
    call = await studio.call(["When are you open?"], StubBrain([HangUp("Goodbye.")]))
    (consent,) = call.port.all(Consent)
    assert (consent.granted, consent.method) == (True, "announced")
    assert consent.wording == wording.NOTICE
    notice = next(said for said in call.port.all(Said) if "just say so" in said.text)
    assert consent.at_ms >= notice.end_ms
    assert call.port.pieces
    assert call.port.order.index(call.port.pieces[0]) > call.port.order.index(consent)
    assert call.port.pieces[0].start_ms >= consent.at_ms


@pytest.mark.promise("P-LDX-6-6")
async def test_a_caller_who_leaves_during_the_notice_was_never_recorded(studio: Studio) -> None:
    call = await studio.call([BreakIn("I have to go.", 3000), Leave(100)])
    assert call.ended.reason == "caller_hung_up"
    if not call.port.all(Consent):
        assert not call.port.pieces


async def test_hanging_up_before_the_notice_ends(studio: Studio) -> None:
    from ringtrue.voice.lines.simulated import Heard

    class Hasty:
        async def prepare(self, sample_rate: int) -> None: ...

        def next(self, heard: Heard) -> bytes | None:
            return None if heard.speaking_ms > 3500 else b""

    call = await studio.call(Hasty())  # type: ignore[arg-type]
    assert call.ended.reason == "caller_hung_up"
    assert not call.port.all(Consent)
    assert not call.port.pieces


async def test_asked_and_agreed(studio: Studio) -> None:
    call = await studio.call(["Yes, that's fine.", "When are you open?"], StubBrain([HangUp("Bye.")]), order=order(recording=ASK))
    (consent,) = call.port.all(Consent)
    assert (consent.granted, consent.method) == (True, "asked")
    assert call.port.pieces[0].start_ms >= consent.at_ms
    assert [turn.text for turn in call.brain.heard] == ["When are you open?"]


async def test_asked_and_refused_goes_on_unrecorded(studio: Studio) -> None:
    call = await studio.call(["No, please don't.", "When are you open?"], StubBrain([HangUp("Bye.")]), order=order(recording=ASK))
    (consent,) = call.port.all(Consent)
    assert (consent.granted, consent.method) == (False, "asked")
    assert not call.port.pieces
    assert wording.NOT_RECORDED in call.port.said()
    assert [turn.text for turn in call.brain.heard] == ["When are you open?"]


async def test_asked_and_refused_ends_where_the_business_wants_that(studio: Studio) -> None:
    call = await studio.call(["No, I don't want that."], order=order(recording=END))
    assert call.ended.reason == "refused"
    assert not call.port.pieces
    assert "Goodbye." in call.port.said()


async def test_no_clear_yes_is_a_no_and_the_callers_wish_is_not_forgotten(studio: Studio) -> None:
    brain = StubBrain([HangUp("Bye.")])
    call = await studio.call(["I would like to book a cleaning.", Wait(8000)], brain, order=order(recording=ASK), patience_s=20)
    (consent,) = call.port.all(Consent)
    assert not consent.granted
    assert not call.port.pieces
    assert call.port.said().count("may I record this call") + call.port.said().count("May I record this call") == 2
    assert [turn.text for turn in brain.heard] == ["I would like to book a cleaning."]


@pytest.mark.promise("P-LEX-1.3-2")
@pytest.mark.parametrize("changes", [{"recording": Recording(flow="off")}, {"storage_mode": "metadata_only"}])
async def test_nothing_is_recorded_where_nothing_is_kept(studio: Studio, changes: dict[str, object]) -> None:
    call = await studio.call(["When are you open?"], StubBrain([HangUp("Bye.")]), order=order(**changes))
    (consent,) = call.port.all(Consent)
    assert (consent.granted, consent.method, consent.wording) == (False, "off", "")
    assert "recorded" not in call.port.said()
    assert not call.port.pieces


@pytest.mark.promise("P-LEX-6-6", "P-ALX-7-7", "P-LDX-9-7")
async def test_withdrawing_in_mid_call_stops_the_recording_within_a_second(studio: Studio) -> None:
    call = await studio.call(
        ["When are you open?", "Please stop recording this.", "And on Fridays?"],
        StubBrain([HangUp("Bye.")]) if False else StubBrain(),
    )
    granted, withdrawn = call.port.all(Consent)
    assert granted.granted
    assert (withdrawn.granted, withdrawn.method) == (False, "withdrawn")
    end_of_words = next(e for e in call.port.events if getattr(e, "text", "") == "Please stop recording this.").end_ms  # type: ignore[union-attr]
    assert withdrawn.at_ms - end_of_words <= 1000
    after = [piece for piece in call.port.pieces if call.port.order.index(piece) > call.port.order.index(withdrawn)]
    assert not after
    last = call.port.pieces[-1]
    assert last.start_ms + len(last.pcm) // 4 // 8 <= withdrawn.at_ms
    assert "stopped recording" in call.port.said()
    assert [turn.text for turn in call.brain.heard] == ["When are you open?", "And on Fridays?"]


@pytest.mark.promise("P-LEX-1.3-2")
async def test_the_recording_holds_both_sides_at_their_times(studio: Studio) -> None:
    call = await studio.call(["When are you open?"], StubBrain([HangUp("We are open until five. Goodbye.")]))
    begin = call.port.pieces[0].start_ms
    total = sum(len(piece.pcm) for piece in call.port.pieces) // 4 // 8
    assert abs(begin + total - call.ended.duration_ms) <= 40, "as long as the call, to its end"
    for before, after in zip(call.port.pieces, call.port.pieces[1:], strict=False):
        assert after.start_ms == before.start_ms + len(before.pcm) // 4 // 8
        assert after.seq == before.seq + 1
    agent = call.port.track(1)
    said = next(event for event in call.port.all(Said) if event.text == "We are open until five.")
    at = (said.start_ms - begin) * 8
    made = np.frombuffer(audio_of(said.text), "<i2")
    assert np.array_equal(agent[at : at + len(made)], made)
    heard = np.frombuffer(call.leg.heard.pcm, "<i2")
    assert np.array_equal(heard[said.start_ms * 8 :][: len(made)], made), "played when it was told"
    caller = call.port.track(0)
    spoken = np.frombuffer(call.leg.spoken, "<i2")[begin * 8 :][: len(caller)]
    assert np.array_equal(caller[: len(spoken)], spoken)


def test_ended_comes_last() -> None:
    assert Ended(at_ms=1, reason="stopped", duration_ms=1).goal == ""
