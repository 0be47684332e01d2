"""Speech recognition by telephone: cer and exact for codes, wer for open speech, CPU seconds per utterance."""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path
from typing import Any

import msgspec

from ringtrue.evaluating import spoken_forms
from ringtrue.evaluating.reporting import Figures, NoData, Report, manifest, part_of
from ringtrue.evaluating.telephone_condition import by_telephone
from ringtrue.voice.audio.reading import UnreadableAudio, read_audio


class Scored(msgspec.Struct):
    """One row. Characters are of the code form, words of the word form."""

    file: str
    part: str
    said: str
    heard: str
    code_edits: int
    code_length: int
    exact: bool
    word_edits: int
    word_length: int
    cpu_s: float
    seconds: float


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--condition", choices=("telephone", "as-is"), default="telephone")
    parser.add_argument(
        "--method", choices=("shipped", "plain"), default="shipped", help="plain: Whisper's own 30 s window, for comparison"
    )
    parser.add_argument(
        "--expecting",
        choices=("asked", "open", "digits", "spelling"),
        default="asked",
        help="what the recognizer is told to await; asked: by folder, a code where most of its rows are codes, as an agent that had "
        "asked for one; the others: the same for every row",
    )
    parser.add_argument("--part", action="append", help="only these folders under audio/")
    parser.add_argument("--rows", type=Path, help="write what was heard in each file here (JSON lines)")


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    wanted = [
        row
        for row in manifest(data)
        if row.get("transcript") and not (options.part and part_of(row) not in options.part) and int(row.get("channels", 1)) == 1
    ]
    if not wanted:
        raise NoData(f"No row of {data}/audio/manifest.jsonl has a transcript to compare with.")
    from ringtrue.voice.speech.whisper import Whisper

    whisper = Whisper()
    plain = options.method == "plain"
    awaited = _awaited(wanted) if options.expecting == "asked" else {part_of(row): options.expecting for row in wanted}
    scored = [_score(data, row, whisper, options, plain, awaited[part_of(row)]) for row in wanted]
    if options.rows:
        options.rows.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in scored))
    parts: dict[str, list[Scored]] = {}
    for one in scored:
        parts.setdefault(one.part, []).append(one)
    codes = [row for rows in parts.values() if _are_codes(rows) for row in rows]
    speech = [row for rows in parts.values() if not _are_codes(rows) for row in rows]
    return Report(
        suite="asr",
        items=len(scored),
        metrics={
            "cer": _cer(codes),
            "exact": _exact(codes),
            "wer": _wer(speech),
            "cpu_s_per_utterance": _mean([row.cpu_s for row in scored]),
        },
        slices={part: _figures(rows) for part, rows in sorted(parts.items())},
        notes=[
            f"{whisper.name}, method {options.method}, {options.condition} condition, expecting {options.expecting}, one thread",
            "awaited: " + ", ".join(f"{part} {expecting}" for part, expecting in sorted(awaited.items())),
            "cer and exact over all: the parts that are mostly codes; wer over all: the other parts; each part has all three",
        ],
    )


def _score(data: Path, row: dict[str, Any], whisper: Any, options: argparse.Namespace, plain: bool, expecting: str) -> Scored:
    try:
        pcm, rate = read_audio(data / row["file"])
    except UnreadableAudio as problem:
        raise NoData(str(problem)) from None
    if options.condition == "telephone":
        pcm, rate = by_telephone(pcm, rate), 8000
    began = time.process_time()
    heard = whisper.hear_plainly(pcm, rate) if plain else whisper.hear(pcm, rate, expecting)
    cpu_s = time.process_time() - began
    said = str(row["transcript"])
    said_code, heard_code = spoken_forms.code(said), spoken_forms.code(heard.text)
    said_words, heard_words = spoken_forms.words(said), spoken_forms.words(heard.text)
    return Scored(
        file=row["file"],
        part=part_of(row),
        said=said,
        heard=heard.text,
        code_edits=spoken_forms.edits(said_code, heard_code),
        code_length=len(said_code),
        exact=said_code == heard_code,
        word_edits=spoken_forms.edits(said_words, heard_words),
        word_length=len(said_words),
        cpu_s=cpu_s,
        seconds=len(pcm) / 2 / rate,
    )


def _awaited(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Folder -> what an agent would have asked for before such answers. One for all rows of a folder, words and sentences among them:
    nothing is told of the single row."""
    parts: dict[str, list[str]] = {}
    for row in rows:
        parts.setdefault(part_of(row), []).append(str(row["transcript"]))
    found: dict[str, str] = {}
    for part, said in parts.items():
        codes = [text for text in said if spoken_forms.is_code(text)]
        lettered = any(re.search("[a-z]", spoken_forms.code(text)) for text in codes)
        found[part] = ("spelling" if lettered else "digits") if 2 * len(codes) > len(said) else "open"
    return found


def _are_codes(rows: list[Scored]) -> bool:
    return sum(spoken_forms.is_code(row.said) for row in rows) * 2 > len(rows)


def _figures(rows: list[Scored]) -> Figures:
    return {
        "items": len(rows),
        "kind": "codes" if _are_codes(rows) else "speech",
        "cer": _cer(rows),
        "exact": _exact(rows),
        "wer": _wer(rows),
        "cpu_s_per_utterance": _mean([row.cpu_s for row in rows]),
        "seconds_mean": _mean([row.seconds for row in rows]),
    }


def _cer(rows: list[Scored]) -> float | None:
    return sum(row.code_edits for row in rows) / max(1, sum(row.code_length for row in rows)) if rows else None


def _exact(rows: list[Scored]) -> float | None:
    return sum(row.exact for row in rows) / len(rows) if rows else None


def _wer(rows: list[Scored]) -> float | None:
    return sum(row.word_edits for row in rows) / max(1, sum(row.word_length for row in rows)) if rows else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
