"""Keys heard in the audio: share of labelled keys found, and false keys per minute of speech."""

from __future__ import annotations

import argparse
from pathlib import Path

from ringtrue.evaluating.reporting import Figures, NoData, Report, rows
from ringtrue.voice.audio.dtmf import DtmfDetector
from ringtrue.voice.audio.reading import UnreadableAudio, read_audio
from ringtrue.voice.audio.resampling import resample

_FRAME = 160  # samples: fed as a line would, 20 ms at 8 kHz


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Labelled tones from `dtmf/labels.jsonl`; everything of `audio/manifest.jsonl` is speech or noise without keys."""
    labels = data / "dtmf" / "labels.jsonl"
    if not labels.is_file():
        raise NoData(f"{data} has no dtmf/labels.jsonl.")
    tones = list(rows(labels))
    found = sum(_collapse(_heard(data, row["file"])[0]) == _collapse(row["digits"]) for row in tones)
    slices: dict[str, Figures] = {"tones": {"items": len(tones), "hit_rate": found / len(tones) if tones else None}}
    false = minutes = 0.0
    speech = data / "audio" / "manifest.jsonl"
    for row in rows(speech) if speech.is_file() else []:
        keys, seconds = _heard(data, row["file"])
        part = Path(row["file"]).parts[1]
        figures = slices.setdefault(f"no keys: {part}", {"items": 0, "false": 0, "minutes": 0.0})
        figures["items"] = int(figures["items"] or 0) + 1
        figures["false"] = int(figures["false"] or 0) + len(keys)
        figures["minutes"] = float(figures["minutes"] or 0) + seconds / 60
        false, minutes = false + len(keys), minutes + seconds / 60
    return Report(
        suite="dtmf",
        items=len(tones),
        metrics={
            "hit_rate": found / len(tones) if tones else None,
            "false_per_minute": false / minutes if minutes else None,
            "minutes_without_keys": minutes,
        },
        slices=slices,
        notes=[
            "a hit: the keys heard are exactly the labelled ones; a key pressed several times in a row counts once on both sides"
        ],
    )


def _heard(data: Path, file: str) -> tuple[str, float]:
    try:
        pcm, rate = read_audio(data / file)
    except UnreadableAudio as problem:
        raise NoData(str(problem)) from None
    pcm = resample(pcm, rate, 8000)
    detector = DtmfDetector(8000)
    keys = "".join(key.digit for at in range(0, len(pcm), 2 * _FRAME) for key in detector.feed(pcm[at : at + 2 * _FRAME]))
    return keys, len(pcm) / 16000


def _collapse(keys: str) -> str:
    return "".join(key for i, key in enumerate(keys.upper()) if i == 0 or key != keys.upper()[i - 1])
