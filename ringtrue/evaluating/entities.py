"""Names, postcodes, dates, numbers and addresses out of what a recognizer wrote of real callers: `exact` by kind."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ringtrue.evaluating.reporting import Figures, NoData, Report, rows
from ringtrue.voice.brains.addresses import address_in
from ringtrue.voice.brains.dates import date_of
from ringtrue.voice.brains.emails import email_in
from ringtrue.voice.brains.names import name_in, name_of
from ringtrue.voice.brains.numbers_spoken import runs
from ringtrue.voice.brains.postcodes import postcode_of, zip_code
from ringtrue.voice.brains.times import time_in

_SLOTS: dict[str, str] = {
    "dob": "date",
    "date_of_birth": "date",
    "full_name": "name",
    "phone_number": "phone",
    "email_address": "email",
}
_LABELS = {
    "name": "name", "address": "address", "email_address": "email", "phonenumber": "phone", "phone_number": "phone", "current_zipcode": "zip",
    "new_zipcode": "zip",
}  # fmt: skip

Scores = dict[str, list[bool]]


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    slices: dict[str, Scores] = {}
    for path in sorted((data / "dialogues").glob("*.jsonl")):
        scores: Scores = {}
        for dialogue in rows(path):
            _spoken_slots(dialogue, scores)
            _labelled_turns(dialogue, scores)
        if scores:
            slices[path.stem] = scores
    for path in sorted((data / "nlu").glob("*.jsonl")):
        scores = {}
        for row in rows(path):
            _slots_of_turn(row, scores)
        if scores:
            slices[path.stem] = scores
    if not slices:
        raise NoData(f"Nothing under {data}/dialogues or {data}/nlu names what callers were asked for.")
    everything: Scores = {}
    for scores in slices.values():
        for kind, hits in scores.items():
            everything.setdefault(kind, []).extend(hits)
    return Report(
        suite="entities",
        items=_items(everything),
        metrics=_figures(everything),
        slices={name: {"items": _items(scores), **_figures(scores)} for name, scores in slices.items()},
        notes=[
            "exact_<kind>: the value is exactly the caller's (letters' case, spaces and signs apart); exact: over all items.",
            "Where a call asks for one thing several times, all its n-best lists vote for one value; exact_<kind>_first uses the first attempt alone.",
            "Turns with token labels (typed chats) and turns with slots count one item for each.",
        ],
    )


def _figures(scores: Scores) -> Figures:
    found: Figures = {"exact": _share([hit for kind, hits in scores.items() if not kind.endswith("_first") for hit in hits])}
    for kind in sorted(scores):
        found[f"exact_{kind}"] = _share(scores[kind])
    return found


def _items(scores: Scores) -> int:
    return sum(len(hits) for kind, hits in scores.items() if not kind.endswith("_first"))


def _share(hits: list[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


_READ: dict[str, Callable[[list[list[str]]], str]] = {
    "name": name_of,
    "postcode": postcode_of,
    "date": lambda hearings: found.isoformat() if (found := date_of(hearings)) else "",
    "phone": lambda hearings: _longest_run([text for nbest in hearings for text in nbest[:1]]),
    "email": lambda hearings: next((found for nbest in hearings for text in nbest if (found := email_in(text))), ""),
    "address": lambda hearings: next((found for nbest in hearings for text in nbest if (found := address_in(text))), ""),
}


_READ_TURN: dict[str, Callable[[str], str]] = {
    "name": lambda text: name_in(text, asked=True),
    "address": address_in,
    "email": email_in,
    "phone": lambda text: _longest_run([text]),
    "zip": lambda text: zip_code(text) or _longest_run([text]),
}


def _longest_run(texts: list[str]) -> str:
    return max((run for text in texts for run in runs(text)), key=len, default="")


def _spoken_slots(dialogue: dict[str, Any], scores: Scores) -> None:
    """Dialogues whose turns say what was `asked`, with n-best lists, and whose `slots` hold the true values."""
    asked: dict[str, list[list[str]]] = {}
    for turn in dialogue.get("turns", []):
        if turn.get("speaker") == "user" and turn.get("asked"):
            asked.setdefault(turn["asked"], []).append(list(turn.get("nbest") or [turn.get("text", "")]))
    for slot, hearings in asked.items():
        gold = str((dialogue.get("slots") or {}).get(slot, ""))
        kind = _SLOTS.get(slot, slot)
        if not gold or kind not in _READ:
            continue
        scores.setdefault(kind, []).append(_same(_READ[kind](hearings), gold))
        scores.setdefault(f"{kind}_first", []).append(_same(_READ[kind](hearings[:1]), gold))


def _labelled_turns(dialogue: dict[str, Any], scores: Scores) -> None:
    """Turns with a label for each token (split at spaces): one item for each kind that a turn holds once."""
    for turn in dialogue.get("turns", []):
        labels, words = turn.get("labels"), str(turn.get("text", "")).split()
        if not labels or len(labels) != len(words):
            continue
        for label in set(labels) & set(_LABELS):
            gold = " ".join(word for word, one in zip(words, labels, strict=True) if one == label)
            kind = _LABELS[label]
            if kind == "email" and "@" not in gold and " at " not in gold and " dot " not in gold:
                continue  # typed addresses whose signs the corpus has stripped: nobody can put them back
            text = str(turn["text"])
            scores.setdefault(kind, []).append(_same(_READ_TURN[kind](text), gold))


def _slots_of_turn(row: dict[str, Any], scores: Scores) -> None:
    """NLU rows with slots: clock times with a value, names in words."""
    slots = row.get("slots")
    text = str(row.get("text", ""))
    if isinstance(slots, dict):
        times = [
            one
            for one in slots.values()
            if isinstance(one, dict) and isinstance(one.get("value"), dict) and set(one["value"]) == {"hour", "minute"}
        ]
        if len(times) == 1:
            value = times[0]["value"]
            wish = time_in(str(times[0].get("text", "")))
            hours = {wish.hour} if wish.sure else {wish.hour % 12, wish.hour % 12 + 12}
            scores.setdefault("time", []).append(wish.hour >= 0 and value["hour"] in hours and wish.minute == value["minute"])
    elif isinstance(slots, list):
        named = {one.get("slot"): str(one.get("value", "")) for one in slots if isinstance(one, dict)}
        gold = " ".join(named[part] for part in ("first_name", "last_name") if part in named)
        if gold:
            scores.setdefault("name", []).append(_same(name_in(text, asked=True), gold))


def _same(found: str, gold: str) -> bool:
    return bool(found) and _bare(found) == _bare(gold)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9@]", "", text.lower())
