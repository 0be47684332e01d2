"""Voice activity of the ear that calls have: precision, recall and f1 of 10 ms frames, on rows with `vad_segments`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating.reporting import Figures, NoData, Report, manifest, part_of
from ringtrue.evaluating.telephone_condition import by_telephone
from ringtrue.voice.audio.reading import UnreadableAudio, read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.audio.vad import CHUNK, RATE, VoiceActivity
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.ear import CHUNK_MS, Ear
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.signs import Rises
from ringtrue.voice.call.virtual_time import run
from ringtrue.voice.lines.leg import FRAME_MS
from ringtrue.voice.speech.models import voice_activity

_FRAME_S = 0.01
_OVER_MS = 6 * CHUNK_MS  # silence that ends a span


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--condition", choices=("telephone", "as-is"), default="as-is")


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData, also when no row is labelled: figures from nothing would look like figures."""
    labelled = [row for row in manifest(data) if row.get("vad_segments") is not None]
    if not labelled:
        raise NoData(
            f"No row of {data}/audio/manifest.jsonl has vad_segments, so voice activity cannot be scored on this folder."
        )
    detector = voice_activity(slots=1)
    counts: dict[str, NDArray[np.int64]] = {}
    for row in labelled:
        counts.setdefault(part_of(row), np.zeros(4, np.int64))
        counts[part_of(row)] += _compare(data, row, detector, options)
    whole = sum(counts.values(), np.zeros(4, np.int64))
    return Report(
        suite="vad",
        items=len(labelled),
        metrics=_figures(whole),
        slices={
            part: {"items": sum(part_of(row) == part for row in labelled), **_figures(count)}
            for part, count in sorted(counts.items())
        },
        notes=[
            f"10 ms frames; the ear of a call with the settings that ship, {_OVER_MS:.0f} ms of silence end a span; {options.condition}"
        ],
    )


def _compare(data: Path, row: dict[str, Any], detector: VoiceActivity, options: argparse.Namespace) -> NDArray[np.int64]:
    """[both say speech, only we, only the label, neither], counted in frames."""
    try:
        pcm, rate = read_audio(data / row["file"], int(row.get("channel", 0)))
    except UnreadableAudio as problem:
        raise NoData(str(problem)) from None
    pcm = by_telephone(pcm, rate) if options.condition == "telephone" else resample(pcm, rate, RATE)
    frames = int(len(pcm) / 2 / RATE / _FRAME_S)
    truth, found = np.zeros(frames, bool), np.zeros(frames, bool)
    for start, end in segments(row["vad_segments"]):
        truth[max(0, round(start / _FRAME_S)) : max(0, round(end / _FRAME_S))] = True
    for start_ms, end_ms in run(_spans(pcm, detector)):
        found[round(start_ms / 1000 / _FRAME_S) : round(end_ms / 1000 / _FRAME_S)] = True
    return np.array([(truth & found).sum(), (~truth & found).sum(), (truth & ~found).sum(), (~truth & ~found).sum()], np.int64)


def segments(given: Any) -> list[tuple[float, float]]:
    """Spans of speech in seconds, from [[start, end], ...], or objects with start/end (s) or start_ms/end_ms."""
    out: list[tuple[float, float]] = []
    for one in given:
        if isinstance(one, dict) and "start_ms" in one:
            out.append((float(one["start_ms"]) / 1000, float(one["end_ms"]) / 1000))
        elif isinstance(one, dict) and "start" in one and "end" in one:
            out.append((float(one["start"]), float(one["end"])))
        elif isinstance(one, list | tuple) and len(one) >= 2:
            out.append((float(one[0]), float(one[1])))
        else:
            raise NoData(f"vad_segments of an unknown form: {one!r}. Wanted [start, end] in seconds.")
    return out


class _Spans:
    """Hears from an ear, and keeps [start, end] of each span of speech in ms."""

    def __init__(self, ear: Ear) -> None:
        self.found: list[tuple[float, float]] = []
        self._ear = ear
        ear.listener = self

    def speech_began(self, start_ms: float, end_ms: float) -> None:
        self.found.append((start_ms, end_ms))

    def speech_went_on(self, end_ms: float) -> None:
        self.found[-1] = (self.found[-1][0], end_ms)

    def silence_grew(self, silent_ms: float) -> None:
        if silent_ms >= _OVER_MS:
            self._ear.rest()

    def speech_hinted(self, start_ms: float) -> None: ...

    def hint_passed(self) -> None: ...


async def _spans(pcm: bytes, detector: VoiceActivity) -> list[tuple[float, float]]:
    """(start, end) in ms of the speech in 8 kHz PCM16."""
    clock = CallClock()
    ear = Ear(RATE, CallSettings(), clock)
    spans, rises = _Spans(ear), Rises(CallSettings())
    detector.reset(0)
    for begin in range(0, len(pcm) - 2 * CHUNK + 1, 2 * CHUNK):
        ear.hear(pcm[begin : begin + 2 * CHUNK], clock.at(begin * CHUNK_MS / (2 * CHUNK) + FRAME_MS))
        chunk = ear.next_chunk()
        if chunk is None:
            continue
        sound = chunk.astype(np.float32)[None] / np.float32(32768)
        power = float(np.mean(sound**2))
        ear.judge(float(detector.probabilities(sound, [0])[0]), power, rises.one(power))
        if ear.reset_due():
            detector.reset(0)
    return spans.found


def _figures(count: NDArray[np.int64]) -> Figures:
    both, ours, theirs, _ = (int(n) for n in count)
    precision = both / (both + ours) if both + ours else None
    recall = both / (both + theirs) if both + theirs else None
    f1 = 2 * both / (2 * both + ours + theirs) if both + ours + theirs else None
    return {"precision": precision, "recall": recall, "f1": f1, "seconds": float(count.sum()) * _FRAME_S}
