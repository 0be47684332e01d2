"""Turn-taking on real speech: replies and false cut-ins, barge-in to pause, and what stops the agent for good that should not."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import structlog

from ringtrue.evaluating.barge_calls import Barge, Sound, break_in, breaking_in, harmless
from ringtrue.evaluating.reporting import Figures, Report
from ringtrue.evaluating.stated_hearing import DELAY_MS, StatedRecognizer
from ringtrue.evaluating.turn_audio import TurnAudio, turn_audio
from ringtrue.evaluating.turn_calls import Turn, hold_calls
from ringtrue.evaluating.turn_replay import replay, tracks
from ringtrue.voice.call.settings import CallSettings


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", type=int, default=1, help="only each so manieth turn of each source")
    parser.add_argument(
        "--only", choices=("replies", "barge-in", "curve"), action="append", help="these parts; all but the curve when not given"
    )
    parser.add_argument("--delay", type=float, default=DELAY_MS, help="ms from asking for a transcript to its arrival")


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parts = set(options.only or ("replies", "barge-in"))
    every = turn_audio(data)
    items = turn_audio(data, every=options.every) if options.every > 1 else every
    recognizer = StatedRecognizer(options.delay)
    metrics: Figures = {}
    slices: dict[str, Figures] = {}
    if "replies" in parts:
        turns = hold_calls(items, recognizer)
        for name, figures in reply_figures(items, turns).items():
            slices[name] = figures
        metrics |= {
            f"{name} {key}": slices[name][key]
            for name in ("code", "ordinary")
            if name in slices
            for key in ("cut_in", "p50", "p95")
        }
    if "barge-in" in parts:
        sounds = breaking_in(items)
        slices["breaking in"] = pause_figures(break_in(sounds, StatedRecognizer(options.delay, words="Wait a moment, please.")))
        metrics |= {f"pause {key}": slices["breaking in"][key] for key in ("p50", "p95")}
        quiet = harmless(data, every, recognizer)[:: options.every]
        slices |= harmless_figures(quiet, break_in(quiet, recognizer))
    if "curve" in parts:
        slices |= curve(items, recognizer)
    return Report(
        suite="turns",
        items=len(items),
        metrics=metrics,
        slices=slices,
        notes=[
            f"the transcript comes {options.delay:.0f} ms after it was asked for, from the local recognizer on exactly the audio that it was "
            "given; brain and voice at once; virtual time; the settings that ship unless a row says otherwise",
            "cut_in: share of turns in which the agent is heard before the true end of speech; p50, p95: true end to first audio of the "
            "others, ms; code: the agent had asked for it; order: long orders with thinking pauses; true ends: see turn_audio.py",
            "breaking in: true start of speech to the first moment without the agent's voice, where it was speaking at that start",
        ],
    )


def reply_figures(items: Sequence[TurnAudio], turns: Sequence[Turn]) -> dict[str, Figures]:
    """By kind, then by kind and source."""
    names: dict[str, list[Turn]] = {}
    for item, turn in zip(items, turns, strict=True):
        names.setdefault(item.kind, []).append(turn)
    for item, turn in zip(items, turns, strict=True):
        names.setdefault(f"{item.kind}, {item.part}", []).append(turn)
    return {name: _replies(some) for name, some in names.items()}


def _replies(turns: Sequence[Turn]) -> Figures:
    replies = [turn.reply_ms for turn in turns if turn.reply_ms is not None]
    after = [ms for ms in replies if ms >= 0]
    return {
        "items": len(turns),
        "cut_in": sum(ms < 0 for ms in replies) / len(turns),
        "p50": _at(after, 50),
        "p95": _at(after, 95),
        "unanswered": len(turns) - len(replies),
    }


def pause_figures(found: Sequence[Barge]) -> Figures:
    pauses = [one.pause_ms for one in found if one.pause_ms is not None]
    return {
        "items": len(found),
        "measured": len(pauses),
        "p50": _at(pauses, 50),
        "p95": _at(pauses, 95),
        "max": max(pauses, default=None),
        "never": sum(one.speaking and one.pause_ms is None for one in found),
    }


def harmless_figures(sounds: Sequence[Sound], found: Sequence[Barge]) -> dict[str, Figures]:
    """By kind: how many stopped the agent for good, made it pause at all, and whether all was played on at the exact sample."""
    kinds: dict[str, list[Barge]] = {}
    for sound, one in zip(sounds, found, strict=True):
        kinds.setdefault(f"harmless: {sound.kind}", []).append(one)
    return {
        kind: {
            "items": len(some),
            "stopped": sum(not one.whole for one in some),
            "paused": sum(one.pauses != 0 for one in some),
            "silent_ms": _at([one.silent_ms for one in some if one.whole], 50),
            "exact": sum(one.exact for one in some),
        }
        for kind, some in kinds.items()
    }


PLAIN = (200, 300, 400, 500, 600, 800, 1000, 1200)


def curve_settings() -> dict[str, CallSettings]:
    """What the curve is made of: plain silence of several lengths, and neighbours of the setting that ships."""
    ships = CallSettings()
    every = ("end_complete", "end_unclear", "end_unfinished", "end_name", "end_digits", "end_code", "end_whole_number", "end_spelling", "end_address")  # fmt: skip
    made = {
        f"silence {ms} ms, nothing else": msgspec.structs.replace(ships, **dict.fromkeys(every, ms), habit_factor=0.0)
        for ms in PLAIN
    }
    for complete in (192, 256, 320):
        made[f"ships, but a whole sentence ends after {complete} ms"] = msgspec.structs.replace(ships, end_complete=complete)
    for unclear in (480, 800):
        made[f"ships, but unclear words end after {unclear} ms"] = msgspec.structs.replace(ships, end_unclear=unclear)
    for code in (640, 768, 1280):
        made[f"ships, but codes end after {code} ms"] = msgspec.structs.replace(ships, end_code=code, end_spelling=code, end_digits=max(code, 960))  # fmt: skip
    made["ships, but not adapting to the caller's pauses"] = msgspec.structs.replace(ships, habit_factor=0.0)
    return {**made, "ships": ships}


def curve(items: Sequence[TurnAudio], recognizer: StatedRecognizer) -> dict[str, Figures]:
    """One row per setting, through ear and listening alone (`turn_replay`)."""
    given = tracks(items)
    found: dict[str, Figures] = {}
    cases = [(name, settings, True) for name, settings in curve_settings().items()]
    cases.append(("ships, and nothing was asked for", CallSettings(), False))
    for name, settings, asked in cases:
        figures = reply_figures(items, replay(items, given, recognizer, settings, asked=asked))
        found[f"curve: {name}"] = {
            "items": len(items),
            **{f"{kind} {key}": figures[kind][key] for kind in ("code", "ordinary", "order") if kind in figures for key in ("cut_in", "p50", "p95")},
        }  # fmt: skip
    return found


def _at(values: Sequence[int], percent: float) -> float | None:
    return round(float(np.percentile(values, percent)), 1) if values else None
