"""The agent presses keys: by the line's own message, or as tones where it has none."""

from __future__ import annotations

from ringtrue.voice.audio.dtmf import DtmfDetector
from ringtrue.voice.brains.acts import Press, Say
from ringtrue.voice.call.tests.stand_ins import StubBrain, Studio
from ringtrue.voice.lines.simulated_callers import Wait

TONES = frozenset({"clear", "marks", "hang_up"})


def keys_in(pcm: bytes) -> str:
    detector = DtmfDetector(8000)
    return "".join(key.digit for at in range(0, len(pcm), 320) for key in detector.feed(pcm[at : at + 320]))


async def test_a_line_without_a_message_for_keys_carries_their_tones(studio: Studio) -> None:
    brain = StubBrain([Say("One moment."), Press("12#"), Say("Thank you.")])
    call = await studio.call(["For bookings press one.", Wait(6000)], brain, leg={"can": TONES})
    assert keys_in(call.leg.heard.pcm) == "12#"
    assert call.leg.digits_sent == ""
    assert "One moment. | Thank you." in call.port.said()


async def test_a_line_with_a_message_for_keys_makes_no_tones(studio: Studio) -> None:
    call = await studio.call(["For bookings press one.", Wait(6000)], StubBrain([Press("12#"), Say("Thank you.")]))
    assert (call.leg.digits_sent, keys_in(call.leg.heard.pcm)) == ("12#", "")
