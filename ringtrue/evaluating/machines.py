"""Machines that answer our calls: voicemail greetings, phone menus and beeps, and people who must not be taken for one.

Greetings and people are whole outbound calls of a campaign in virtual time, with the real local recognizer; who is alone on the line
decides what they are, so each recording is the first thing heard. Prompts of menus are judged by what the recognizer makes of them.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ringtrue.evaluating.reporting import Figures, Report, manifest, part_of
from ringtrue.evaluating.stated_hearing import StatedRecognizer
from ringtrue.evaluating.telephone_condition import RATE, by_telephone
from ringtrue.evaluating.turn_calls import AGENT, NOW, OFF, Kept, OneAnswer, served
from ringtrue.voice.agent import CallOrder, Mission
from ringtrue.voice.audio.beeps import BeepDetector
from ringtrue.voice.audio.reading import UnreadableAudio, read_audio
from ringtrue.voice.brains.campaign_call import CampaignCall
from ringtrue.voice.brains.errand_hearing import asks_to_wait, is_voicemail, menu_key
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.virtual_time import run
from ringtrue.voice.events import Said
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import RecordedCaller

GREETING = "voicemail_greeting_with_beep"
PEOPLE = ("barista", "calls8k", "pocketsphinx", "speechbrain")
MOST_PEOPLE = 40
LEAD_S = 0.4
_OPTION = re.compile(r"press (\d|one|two|star|pound) to ([a-z' ]+)")  # of a label: a key, and what it is for
_KEYS = {"one": "1", "two": "2", "star": "*", "pound": "#"}
MESSAGE = "Riverside Dental called. Please call us back."


class First(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard first on a call of ours: telephone sound at 8 kHz; `ends_ms`: of its greeting, the beep included."""

    kind: str
    file: str
    pcm: bytes
    ends_ms: int


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """`spoke_ms`: our first word, after the end of what was heard; < 0 is over it. None: nothing was said."""

    first: First
    machine: bool
    spoke_ms: int | None


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    recognizer = StatedRecognizer()
    rows = manifest(data)
    met = run(
        served(
            len(items := [*_greetings(data, rows), *_people(data, rows)]),
            lambda office, index: _call(office, index, items[index]),
            lambda order: CampaignCall(OneAnswer("open"), _mission()),
            recognizer,
            CallSettings(),
            60,
        )
    )
    slices: dict[str, Figures] = {}
    for kind in dict.fromkeys(item.kind for item in items):
        of_kind = [one for one in met if one.first.kind == kind]
        spoke = [one.spoke_ms for one in of_kind if one.spoke_ms is not None]
        slices[kind] = {
            "items": len(of_kind),
            "taken_for_machine": sum(one.machine for one in of_kind),
            "spoken_over": sum(ms < 0 for ms in spoke) if kind.startswith("greeting") else None,
            "first_word_ms_least": min(spoke, default=None),
            "first_word_ms_most": max(spoke, default=None),
        }
    slices |= _prompts(data, rows, recognizer)
    beeps, alarms = _beeps(data, rows)
    slices |= {"beeps": beeps, "no beep": alarms}
    greetings = [one for one in met if one.first.kind.startswith("greeting")]
    people = [one for one in met if one.first.kind == "people"]
    return Report(
        suite="machines",
        items=len(met) + sum(int(slices[kind]["items"] or 0) for kind in ("menus", "other prompts", "beeps", "no beep")),
        metrics={
            "greetings_known_share": sum(one.machine for one in greetings) / len(greetings) if greetings else None,
            "spoken_over_a_greeting": sum(one.spoke_ms is not None and one.spoke_ms < 0 for one in greetings),
            "people_taken_for_machines_share": sum(one.machine for one in people) / len(people) if people else None,
        },
        slices=slices,
        notes=[
            "greetings: two recordings, each as it is, 12 dB softer, over the recorded noises, and with its beep cut off",
            "people: the first clips of recorded people of each source, as if that were how they answer",
            "menus: prompts that say what a key is for; `known`: keys found, in what the local recognizer made of the prompt, by what they are for",
            "other prompts: announcements of exchanges, not one of them a greeting; none should be taken for voicemail",
        ],
    )


def _mission() -> Mission:
    return Mission(goal="remind", reason="You have an appointment tomorrow.", voicemail=MESSAGE)


def _greetings(data: Path, rows: list[dict[str, Any]]) -> Iterator[First]:
    noises = [_clip(data, row) for row in rows if row.get("label") == "noise"]
    for row in rows:
        if row.get("label") != GREETING:
            continue
        sound = _clip(data, row)
        beep_ms = int(row["beep_start"] * 1000)
        named = {
            "greeting": sound,
            "greeting, softer": sound // 4,
            "greeting, no beep": sound[: beep_ms * RATE // 1000],
        }
        for kind, samples in named.items():
            yield First(kind=kind, file=str(row["file"]), pcm=samples.tobytes(), ends_ms=len(samples) * 1000 // RATE)
        for noise in noises:
            under = np.resize(noise, len(sound)) // 8  # 18 dB under the peak of the speech
            mixed = np.clip(sound.astype(np.int32) + under, -32768, 32767).astype("<i2")
            yield First(kind="greeting, noise", file=str(row["file"]), pcm=mixed.tobytes(), ends_ms=len(mixed) * 1000 // RATE)


def _people(data: Path, rows: list[dict[str, Any]]) -> Iterator[First]:
    for part in PEOPLE:
        clips = [row for row in rows if part_of(row) == part and row.get("channels") == 1]
        for row in clips[: MOST_PEOPLE // len(PEOPLE)]:
            sound = _clip(data, row)[: 8 * RATE]
            yield First(kind="people", file=str(row["file"]), pcm=sound.tobytes(), ends_ms=len(sound) * 1000 // RATE)


def _clip(data: Path, row: dict[str, Any]) -> np.ndarray:
    try:
        pcm, rate = read_audio(data / str(row["file"]))
    except UnreadableAudio as problem:
        from ringtrue.evaluating.reporting import NoData

        raise NoData(str(problem)) from None
    return np.frombuffer(by_telephone(pcm, rate), "<i2")


async def _call(office: Office, index: int, first: First) -> Met:
    caller = RecordedCaller(first.pcm, RATE, lead_s=LEAD_S, tail_silence_s=6.0)
    leg = SimulatedLeg(caller)
    await leg.prepare()
    port = Kept()
    order = CallOrder(
        call_id=str(index), agent=AGENT, line="simulated", now=NOW, recording=OFF, direction="outbound", mission=_mission()
    )
    await office.serve(order, leg, port)
    said = [event for event in port.events if isinstance(event, Said)]
    ends_ms = int(LEAD_S * 1000) + first.ends_ms
    return Met(
        first=first,
        machine=bool(said) and said[-1].text in MESSAGE,  # the message is the last that a machine is told
        spoke_ms=said[0].start_ms - ends_ms if said else None,
    )


def _prompts(data: Path, rows: list[dict[str, Any]], recognizer: StatedRecognizer) -> dict[str, Figures]:
    keys = right = taken_menus = waits = taken = 0
    prompts = [row for row in rows if row.get("label") == "machine_prompt"]
    menus = others = 0
    for row in prompts:
        heard = recognizer.hear(_clip(data, row).tobytes(), RATE).text
        options = _OPTION.findall(str(row["transcript"]).lower())
        if not options:
            others += 1
            waits += asks_to_wait(heard)
            taken += is_voicemail(heard)
            continue
        menus += 1
        taken_menus += is_voicemail(heard)
        keys += len(options)
        right += sum(menu_key(heard, about) == _KEYS.get(key, key) for key, about in options)
    return {
        "menus": {"items": menus, "keys": keys, "known": right, "taken_for_machine": taken_menus},
        "other prompts": {"items": others, "asks_to_wait": waits, "taken_for_machine": taken},
    }


def _beeps(data: Path, rows: list[dict[str, Any]]) -> tuple[Figures, Figures]:
    tried = found = alarms = clips = 0
    minutes = 0.0
    quiet = bytes(RATE)
    for row in rows:
        if row.get("channels") != 1:
            continue
        sound = _clip(data, row)
        if row.get("label") == GREETING:
            beep = sound[int(row["beep_start"] * RATE) - RATE // 4 :]
            for softer in (1, 2, 4, 8):
                tried += 1
                found += _hears((beep // softer).tobytes() + quiet) == 1
            sound = sound[: int(row["beep_start"] * RATE) - RATE // 10]
        clips += 1
        minutes += len(sound) / RATE / 60
        alarms += _hears(sound.tobytes() + quiet)
    return {"items": tried, "known": found}, {"items": clips, "false": alarms, "minutes": minutes}


def _hears(pcm: bytes) -> int:
    detector = BeepDetector()
    return sum(detector.feed(pcm[at : at + 1280]) for at in range(0, len(pcm), 1280))
