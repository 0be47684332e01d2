"""Suite `pii`: how much of what tells who somebody is is found, and how much of what is found does.

Rows with spans: a span counts as found when at least 90 % of its letters and digits are covered, by whatever kind (the wrong
label leaks nothing). A prediction is right when it overlaps any given span. Rows with `turn_type` only (real calls, automatic
transcripts) are given with what was asked; they count as found when 90 % of the turn's words that are no function words are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

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

_Counts = dict[str, list[int]]


def run(data: Path) -> dict[str, Any]:
    """{"suite", "items", "metrics": {"recall", "precision", "recall.PHONE", ...}, "slices": {file: metrics}}."""
    found: _Counts = defaultdict(lambda: [0, 0])
    right: _Counts = defaultdict(lambda: [0, 0])
    slices: dict[str, Any] = {}
    items = 0
    for path in sorted((data / "pii").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        own_found: _Counts = defaultdict(lambda: [0, 0])
        own_right: _Counts = defaultdict(lambda: [0, 0])
        for row in rows:
            _judge(row, own_found, own_right)
        items += len(rows)
        slices[path.stem] = {"items": len(rows), **_metrics(own_found, own_right)}
        for total, own in ((found, own_found), (right, own_right)):
            for kind, (good, all_) in own.items():
                total[kind][0] += good
                total[kind][1] += all_
    return {"suite": "pii", "items": items, "metrics": _metrics(found, right), "slices": slices}


def _judge(row: dict[str, Any], found: _Counts, right: _Counts) -> None:
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


def _count(counts: _Counts, kind: str, good: bool) -> None:
    counts[kind][0] += good
    counts[kind][1] += 1


def _metrics(found: _Counts, right: _Counts) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for name, counts in (("recall", found), ("precision", right)):
        if counts:
            metrics[name] = _share([sum(c[0] for c in counts.values()), sum(c[1] for c in counts.values())])
        metrics |= {f"{name}.{kind}": _share(counts[kind]) for kind in sorted(counts)}
    return metrics


def _share(pair: list[int]) -> float:
    return round(pair[0] / pair[1], 4) if pair[1] else 0.0
