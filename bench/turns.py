"""Turn-taking figures on recorded people, in virtual time: the machine's speed has no part in them. See `ringtrue eval turns`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ringtrue.evaluating.turns import evaluate

HOW = "python -m bench --only turns --data DIR; virtual time; docs/turn-taking.md"


def measure(data: Path, every: int = 1, curve: bool = False) -> list[dict[str, Any]]:
    """Rows as in `bench/results.json`. Raises NoData."""
    parts = ["replies", "barge-in", *(["curve"] if curve else [])]
    report = evaluate(data, argparse.Namespace(every=every, only=parts, delay=60.0))
    rows: list[tuple[str, Any, str, Any]] = []
    for kind in ("code", "ordinary", "order"):
        found = report.slices.get(kind)
        if found is None:
            continue
        end = "" if kind == "code" else f".{kind}"
        rows.append((f"engine.false_cut_in_share{end}", found["cut_in"], "", found["items"]))
        rows += [(f"engine.reply_ms.{p}.{kind}", found[p], "ms", found["items"]) for p in ("p50", "p95")]
    pauses = report.slices["breaking in"]
    rows += [(f"engine.barge_in_ms.{p}.recorded_people", pauses[p], "ms", pauses["measured"]) for p in ("p50", "p95", "max")]
    quiet = {name: found for name, found in report.slices.items() if name.startswith("harmless: ")}
    tried = sum(int(found["items"] or 0) for found in quiet.values())
    for key in ("stopped", "exact"):
        rows.append((f"engine.harmless_sounds.{key}", sum(int(found[key] or 0) for found in quiet.values()), "", tried))
    for name, found in report.slices.items():
        if name.startswith("curve: "):
            rows += [
                (f"curve.{name[7:]}.{key}", value, "ms" if " p" in key else "", found["items"])
                for key, value in found.items()
                if key != "items"
            ]
    return [
        {"name": name, "value": round(value, 4), "unit": unit, "n": n, "how": HOW}
        for name, value, unit, n in rows
        if value is not None
    ]
