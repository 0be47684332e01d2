"""How much of what tells who somebody is is found, by kind, and how much of what is found does.

Rows with spans: a span counts as found when at least 90 % of its letters and digits are covered, by whatever kind (the wrong
label leaks nothing). A prediction is right when it overlaps any given span. Rows with `turn_type` only (real calls, automatic
transcripts) are given with what was asked; they count as found when 90 % of the turn's words that are no function words are.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

from ringtrue.evaluating.reporting import Figures, NoData, Report, rows
from ringtrue.privacy.person_names import NO_NAME
from ringtrue.privacy.redaction import find_spans
from ringtrue.privacy.spoken import tokens

KINDS = {
    "PERSON": "PERSON", "PHONE": "PHONE", "PHONE_NUMBER": "PHONE", "EMAIL": "EMAIL", "EMAIL_ADDRESS": "EMAIL", "SSN": "SSN",
    "US_SSN": "SSN", "CREDIT_CARD": "CARD", "ADDRESS": "ADDRESS", "STREET_ADDRESS": "ADDRESS", "ZIP": "POSTCODE",
    "ZIP_CODE": "POSTCODE", "POSTCODE": "POSTCODE", "DATE_OF_BIRTH": "DATE_OF_BIRTH", "ACCOUNT": "NUMBER", "PASSWORD": "NUMBER",
    "US_DRIVER_LICENSE": "NUMBER", "BOOKING_REF": "REFERENCE", "CLAIM_ID": "REFERENCE", "POLICY_ID": "REFERENCE",
    "IBAN_CODE": "IBAN", "IP_ADDRESS": "IP", "USERNAME": "PERSON",
}  # fmt: skip
"""Kinds of the corpora -> ours. Places, organisations, titles, ages and the like are not counted as missed."""

Counts = dict[str, list[int]]
"""Kind -> [good ones, all]."""


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    found, right = _none(), _none()
    slices: dict[str, Figures] = {}
    items = 0
    for path in sorted((data / "pii").glob("*.jsonl")):
        own_found, own_right, count = _none(), _none(), 0
        for row in rows(path):
            _judge(row, own_found, own_right)
            count += 1
        items += count
        for total, own in ((found, own_found), (right, own_right)):
            for kind, (good, every) in own.items():
                total[kind][0] += good
                total[kind][1] += every
        if count:
            slices[path.stem] = _figures(own_found, own_right)
    if not slices:
        raise NoData(f"There are no rows under {data}/pii.")
    by_kind: dict[str, Figures] = {
        kind: {"items": found[kind][1], "recall": _share(found[kind]), "precision": _share(right[kind])}
        for kind in sorted({*found, *right})
    }
    notes = ["precision is counted in rows whose spans are given; a kind that no row labels has no recall"]
    return Report(suite="pii", items=items, metrics=_figures(found, right), slices={**slices, **by_kind}, notes=notes)


def _judge(row: dict[str, Any], found: Counts, right: Counts) -> None:
    text = row["text"]
    if row.get("spans") is None:
        kind = KINDS.get(row.get("turn_type", ""), "")
        if kind:
            predicted = find_spans(text, asked=kind)
            wanted = [(t.start, t.end) for t in tokens(text) if t.text not in NO_NAME]
            covered = sum(any(p.start < b and a < p.end for p in predicted) for a, b in wanted)
            _count(found, kind, bool(wanted) and covered >= 0.9 * len(wanted))
        return
    predicted = find_spans(text)
    for gold in row["spans"]:
        kind = KINDS.get(gold["type"], "")
        if kind:
            places = [i for i in range(gold["start"], gold["end"]) if text[i].isalnum()]
            covered = sum(any(p.start <= i < p.end for p in predicted) for i in places)
            _count(found, kind, covered >= 0.9 * len(places))
    for span in predicted:
        _count(right, span.kind, any(g["start"] < span.end and span.start < g["end"] for g in row["spans"]))


def _none() -> Counts:
    return defaultdict(lambda: [0, 0])


def _count(counts: Counts, kind: str, good: bool) -> None:
    counts[kind][0] += good
    counts[kind][1] += 1


def _figures(found: Counts, right: Counts) -> Figures:
    return {
        "recall": _share([sum(column) for column in zip(*found.values(), strict=True)]),
        "precision": _share([sum(column) for column in zip(*right.values(), strict=True)]),
    }


def _share(pair: list[int]) -> float | None:
    return round(pair[0] / pair[1], 4) if pair and pair[1] else None
