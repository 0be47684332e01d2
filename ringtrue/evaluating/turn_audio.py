"""Turns of real callers as they come down a line: one utterance each, with known true start and end, in line noise.

From the clips of a folder of evaluation data, without choosing: every one-channel clip of people speaking that is neither very short
nor very long. Each is brought to the telephone's condition (8 kHz, 300-3400 Hz, mu-law, peak at half of full scale) with the pauses
it has, and laid into noise of -62 dBFS with half a second before it and silence behind.

True start and end of speech: frames of 10 ms; a frame sounds when its power is above both the clip's loud level (95th percentile)
less 30 dB and its floor (10th percentile) plus 10 dB, at most the loud level less 15 dB. Sounding frames with gaps of at most 100 ms
between them are one stretch; a stretch is speech when it reaches the loud level less 20 dB for at least 30 ms: the click of a key or
a breath that is parted from the words is not. Start: the first frame of the first stretch of speech, with its soft consonants; end:
the last frame of the last. Voice activity has no part in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating import spoken_forms
from ringtrue.evaluating.reporting import NoData, manifest, part_of
from ringtrue.evaluating.telephone_condition import RATE, by_telephone
from ringtrue.voice.audio.reading import UnreadableAudio, read_audio
from ringtrue.voice.speech.kinds import Expecting

LEAD_MS = 500
TAIL_MS = 4500
NOISE = 26.0  # standard deviation of the line's noise: -62 dBFS
JOINED_DIGITS = 7
GAP_FRAMES = 10

Kind = Literal["code", "ordinary", "order"]
"""code: digits, letters, dates, numbers that the agent asked for. order: long answers with thinking pauses, no transcript (orders of
coffee). ordinary: everything else that people say in one go."""

_MONTHS = re.compile(r"\b(january|february|march|april|may|june|july|august|september|october|november|december)\b", re.I)


class TurnAudio(msgspec.Struct, frozen=True, kw_only=True):
    """`pcm`: mono PCM16 at 8 kHz; `start_ms`, `end_ms`: true start and end of the speech in it. `said`: "" when nobody wrote it down."""

    file: str
    part: str
    kind: Kind
    expecting: Expecting
    said: str
    pcm: bytes
    start_ms: int
    end_ms: int


def turn_audio(data: Path, *, lead_ms: int = LEAD_MS, tail_ms: int = TAIL_MS, every: int = 1) -> list[TurnAudio]:
    """All turns of a folder, in the order of its manifest; the same every time. `every`: only each so manieth of each part.

    Raises NoData.
    """
    found: list[TurnAudio] = []
    counts: dict[str, int] = {}
    for number, (row, sound) in enumerate(_clips(data)):
        part = part_of(row)
        counts[part] = counts.get(part, 0) + 1
        if (counts[part] - 1) % every:
            continue
        bounds = speech_bounds(sound)
        if bounds is None:
            continue
        kind, expecting = _asked(row)
        found.append(
            TurnAudio(
                file=str(row["file"]),
                part=part,
                kind=kind,
                expecting=expecting,
                said=str(row.get("transcript") or ""),
                pcm=_on_the_line(sound, lead_ms, tail_ms, number),
                start_ms=lead_ms + bounds[0],
                end_ms=lead_ms + bounds[1],
            )
        )
    if not found:
        raise NoData(f"{data} has no one-channel recordings of people speaking.")
    return found


def speech_bounds(sound: NDArray[np.int16]) -> tuple[int, int] | None:
    """(start, end) of speech in ms by the rule above; None when nothing in it stands out."""
    frames = len(sound) // 80
    if frames < 10:
        return None
    power = np.mean(sound[: frames * 80].astype(np.float64).reshape(frames, 80) ** 2, axis=1) + 1e-3
    level = 10 * np.log10(power)
    loud, floor = float(np.percentile(level, 95)), float(np.percentile(level, 10))
    sounding = np.flatnonzero(level > min(max(loud - 30, floor + 10), loud - 15))
    stretches = np.split(sounding, np.flatnonzero(np.diff(sounding) > GAP_FRAMES + 1) + 1)
    speech = [stretch for stretch in stretches if np.count_nonzero(level[stretch] > loud - 20) >= 3]
    return (10 * int(speech[0][0]), 10 * int(speech[-1][-1] + 1)) if speech else None


def _on_the_line(sound: NDArray[np.int16], lead_ms: int, tail_ms: int, seed: int) -> bytes:
    noise = np.random.default_rng(seed).normal(0, NOISE, len(sound) + (lead_ms + tail_ms) * RATE // 1000)
    at = lead_ms * RATE // 1000
    noise[at : at + len(sound)] += sound
    return np.clip(np.rint(noise), -32768, 32767).astype("<i2").tobytes()


def _clips(data: Path) -> Iterator[tuple[dict[str, Any], NDArray[np.int16]]]:
    """(row, sound at 8 kHz) of every clip of people speaking; single digits of one speaker are joined to numbers."""
    single: dict[str, list[dict[str, Any]]] = {}
    for row in manifest(data):
        if int(row.get("channels", 1)) != 1 or row.get("label") in ("noise", "voicemail_greeting_with_beep"):
            continue
        if str(row.get("kind", "")).startswith("single spoken digit"):
            single.setdefault(str(row.get("speaker")), []).append(row)
        elif 0.5 <= float(row.get("duration", 0)) <= 13:
            yield row, _sound(data, row)
    for speaker, rows in sorted(single.items()):
        # Every digit in turn, so that a number has different ones. No pause is added: the clips are as they are.
        rows = _mixed(rows)
        for at in range(0, len(rows) - JOINED_DIGITS + 1, JOINED_DIGITS):
            some = rows[at : at + JOINED_DIGITS]
            said = " ".join(str(row["transcript"]) for row in some)
            yield (
                {"file": some[0]["file"], "transcript": said, "speaker": speaker, "joined": len(some)},
                np.concatenate([_sound(data, row) for row in some]),
            )


def _mixed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Digits in turn: the first take of each, then the second of each, ..."""
    takes: dict[str, int] = {}
    order: list[tuple[int, int, dict[str, Any]]] = []
    for index, row in enumerate(rows):
        digit = str(row["transcript"])
        takes[digit] = takes.get(digit, -1) + 1
        order.append((takes[digit], index, row))
    return [row for _, _, row in sorted(order, key=lambda one: one[:2])]


def _sound(data: Path, row: dict[str, Any]) -> NDArray[np.int16]:
    try:
        pcm, rate = read_audio(data / row["file"])
    except UnreadableAudio as problem:
        raise NoData(str(problem)) from None
    return np.frombuffer(by_telephone(pcm, rate), "<i2")


def _asked(row: dict[str, Any]) -> tuple[Kind, Expecting]:
    """What the agent must have asked to be told this."""
    said = str(row.get("transcript") or "")
    if not said:
        return ("order", "open") if "slots" in row else ("ordinary", "open")
    if _MONTHS.search(said):
        return "code", "date"
    if not spoken_forms.is_code(said):
        return "ordinary", "open"
    return "code", "spelling" if re.search(r"\b[a-z]\b", said, re.I) else "digits"
