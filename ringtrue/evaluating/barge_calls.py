"""Whole calls in virtual time in which somebody makes a sound while the agent speaks: a caller who breaks in, a nod, a noise.

Pause: from the true start of the caller's speech (`turn_audio`) to the first moment at which the caller hears nothing of the agent any
more, on a line without delay. Taken only where the agent was speaking at that start.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating.reporting import manifest
from ringtrue.evaluating.stated_hearing import StatedRecognizer
from ringtrue.evaluating.telephone_condition import RATE, by_telephone
from ringtrue.evaluating.turn_audio import TurnAudio
from ringtrue.evaluating.turn_calls import AGENT, NOW, OFF, Kept, OneAnswer, served, voiced
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.brains.acts import Act, HeardTurn, Say
from ringtrue.voice.call.interrupting import is_backchannel
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.virtual_time import run
from ringtrue.voice.events import Said
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Play, ScriptedCaller

LONG = (
    "While you wait I will tell you all there is to know about our opening hours " + "and about our opening hours " * 8 + "today."
)
NODS = ("Mhm.", "Uh-huh.", "Okay.", "Yeah.", "Right.", "I see.", "Sure.", "Yeah, sure.", "Got it.", "Oh okay.")


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """What is made while the agent speaks; `start_ms` < 0: no speech, or nobody knows."""

    kind: str
    file: str
    pcm: bytes
    start_ms: int = -1


class Barge(msgspec.Struct, frozen=True, kw_only=True):
    """`pause_ms`: None when the agent was not speaking at the start, or never stopped. `exact`: what was played on after pauses is
    what had been made, sample for sample. `whole`: the agent's sentence was heard to its end."""

    sound: int
    pause_ms: int | None
    speaking: bool
    pauses: int
    silent_ms: int  # of all pauses in the sentence, where it was heard to its end
    exact: bool
    whole: bool


def breaking_in(items: Sequence[TurnAudio]) -> list[Sound]:
    return [Sound(kind=item.part, file=item.file, pcm=item.pcm, start_ms=item.start_ms) for item in items]


def harmless(data: Path, items: Sequence[TurnAudio], recognizer: StatedRecognizer) -> list[Sound]:
    """Sounds that must stop nothing for good: noises of a folder in pieces of 5 s, keys, the beep of a voicemail, what clips of
    speech hold before the speech, short words of assent (recorded, where our own recognizer finds nothing else; and synthetic)."""
    found: list[Sound] = []
    for row in manifest(data):
        if row.get("label") == "noise":
            sound = _clip(data, row)
            found += [
                Sound(kind="noise", file=f"{row['file']}@{at // RATE}s", pcm=sound[at : at + 5 * RATE].tobytes())
                for at in range(0, max(1, len(sound) - 2 * RATE), 5 * RATE)
            ]
        elif row.get("beep_start"):
            sound = _clip(data, row)
            found.append(Sound(kind="beep", file=str(row["file"]), pcm=sound[int(row["beep_start"] * RATE) :].tobytes()))
    for path in sorted((data / "dtmf").glob("*.flac")):
        sound = np.frombuffer(by_telephone(*read_audio(path)), "<i2")[: 2 * RATE]
        found.append(Sound(kind="key", file=f"dtmf/{path.name}", pcm=sound.tobytes()))
    for item in items:
        before = np.frombuffer(item.pcm, "<i2")[500 * 8 : (item.start_ms - 60) * 8]
        if item.part == "an4" and len(before) >= 250 * 8:
            found.append(Sound(kind="click or breath", file=item.file, pcm=before.tobytes()))
        if item.end_ms - item.start_ms < 1000 and item.kind == "ordinary":
            sound = np.frombuffer(item.pcm, "<i2")[: (item.end_ms + 200) * 8]
            if is_backchannel(recognizer.hear(sound.tobytes(), RATE).text, 3):
                found.append(Sound(kind="nod, recorded", file=item.file, pcm=item.pcm, start_ms=item.start_ms))
    return found + [Sound(kind="nod, synthetic", file=text, pcm=pcm) for text, pcm in _spoken_nods()]


def _clip(data: Path, row: dict[str, Any]) -> NDArray[np.int16]:
    pcm, rate = read_audio(data / row["file"])
    return np.frombuffer(by_telephone(pcm, rate), "<i2")


def _spoken_nods() -> list[tuple[str, bytes]]:
    from ringtrue.voice.lines.simulated_callers import OTHER_PERSON
    from ringtrue.voice.speech.hibari import HibariVoice

    voice = HibariVoice()
    return [(text, by_telephone(resample(voice.speak(text, 16000), round(16000 * OTHER_PERSON), 8000), 8000)) for text in NODS]


class _Talker(OneAnswer):
    """Speaks for half a minute from its greeting on."""

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Say(LONG)

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.heard.append(heard)
        yield Say("All right.")


def break_in(
    sounds: Sequence[Sound], recognizer: StatedRecognizer, settings: CallSettings | None = None, *, at_once: int = 120
) -> list[Barge]:
    return run(
        served(
            len(sounds),
            lambda office, index: _one(office, index, sounds[index]),
            lambda order: _Talker("open"),
            recognizer,
            settings or CallSettings(),
            at_once,
        )
    )


async def _one(office: Office, index: int, sound: Sound) -> Barge:
    # Ten more samples each time, so that chunks begin at other places of the sound.
    pcm = bytes(2 * (10 * index % 256)) + sound.pcm
    caller = ScriptedCaller([Play(pcm, RATE, after_ms=8000)], patience_s=1.0)
    leg = SimulatedLeg(caller)
    await leg.prepare()
    port = Kept()
    order = CallOrder(call_id=str(index), agent=AGENT, line="simulated", now=NOW, recording=OFF)
    await office.serve(order, leg, port)
    heard = np.frombuffer(leg.heard.pcm, "<i2")
    began = caller.spoke[0][0] * 8 + (10 * index % 256) if caller.spoke else 0
    start = began + max(0, sound.start_ms) * 8
    whole = next((said for said in port.events if isinstance(said, Said) and said.text == LONG and said.complete), None)
    made = voiced(LONG)
    begin = _first_of(heard, made)
    span = heard[begin : whole.end_ms * 8 + 400] if whole else heard[begin:]
    span = span[: int(np.flatnonzero(span)[-1]) + 1] if whole else span  # the silence after its end is no pause
    played = span[span != 0][: len(made)]
    # Where it was cut, what was said afterwards follows; compare up to the first pause that was not taken back.
    cut = len(played) if whole else int(np.argmax(np.append(played != made[: len(played)], True)))
    gaps = _gaps(span)
    speaking = bool(heard[start : start + 160].all())
    paused = next((at for at, _ in gaps if begin + at > start), None)
    return Barge(
        sound=index,
        speaking=speaking,
        pause_ms=(begin + paused - start) // 8 if speaking and paused is not None and sound.start_ms >= 0 else None,
        pauses=len(gaps) if whole else -1,
        silent_ms=sum(length for _, length in gaps) // 8 if whole else -1,
        exact=bool(np.array_equal(played[:cut], made[:cut])) and (cut == len(made) if whole else cut > 0),
        whole=whole is not None,
    )


def _first_of(heard: NDArray[np.int16], made: NDArray[np.int16]) -> int:
    for at in np.flatnonzero(heard == made[0]):
        if np.array_equal(heard[at : at + 40], made[:40]):
            return int(at)
    return len(heard)


def _gaps(span: NDArray[np.int16]) -> list[tuple[int, int]]:
    """(first sample, length) of silences of 20 ms and more inside and after."""
    edges = np.flatnonzero(np.diff(np.concatenate([[1], (span != 0).astype(np.int8), [1]])))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=False) if b - a >= 160 and a > 0]
