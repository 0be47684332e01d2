"""What a suite hands back, and how it is printed and written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

Figures = dict[str, float | int | str | None]


class NoData(Exception):
    """The folder does not hold what the suite needs; `str(self)` is a sentence for the person who gave it."""


class Report(msgspec.Struct, kw_only=True):
    """`metrics` over everything, `slices` the same for each file or source. None: not to be had from these rows."""

    suite: str
    items: int
    metrics: Figures
    slices: dict[str, Figures] = {}
    notes: list[str] = []  # how it was measured, for the reader of the figures


def write_json(report: Report, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def as_table(report: Report) -> str:
    """Plain text: one line for everything, one for each slice."""
    names = list(dict.fromkeys([*report.metrics, *(name for figures in report.slices.values() for name in figures)]))
    names = ["items", *(name for name in names if name != "items")]
    lines = [["", *names], ["all", *(_shown({"items": report.items, **report.metrics}.get(name)) for name in names)]]
    lines += [[part, *(_shown(figures.get(name)) for name in names)] for part, figures in report.slices.items()]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names) + 1)]
    table = [
        "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    return "\n".join([f"suite {report.suite}", *table, *(f"- {note}" for note in report.notes)])


def _shown(value: float | int | str | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file. Raises NoData with the line that cannot be read."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        row = json.loads(line)
                    except ValueError:
                        raise NoData(f"Line {number} of {path} is not JSON.") from None
                    if not isinstance(row, dict):
                        raise NoData(f"Line {number} of {path} is not a JSON object.")
                    yield row
    except OSError as problem:
        raise NoData(f"{path} cannot be read ({problem.strerror}).") from problem


def manifest(data: Path) -> list[dict[str, Any]]:
    """Rows of `audio/manifest.jsonl`. Raises NoData."""
    path = data / "audio" / "manifest.jsonl"
    if not path.is_file():
        raise NoData(f"{data} has no audio/manifest.jsonl. Give a folder laid out as README.md of the evaluation data says.")
    return list(rows(path))


def part_of(row: dict[str, Any]) -> str:
    """The slice of an audio row: its folder under audio/."""
    places = Path(str(row.get("file", ""))).parts
    return places[1] if len(places) > 2 else places[0] if places else "?"
