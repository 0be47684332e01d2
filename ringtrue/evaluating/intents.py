"""Intent of a sentence, learned from the folder's own train rows: accuracy, and how often what is out of scope is turned away."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating.reporting import Figures, NoData, Report, rows
from ringtrue.voice.brains.classifying import Classifier, MultiClassifier
from ringtrue.voice.speech.minilm import MiniLM

OUT = {"oos", "oos_oos", "out_of_scope", "none", "no_nodes_detected", "outofdomain"}
_SET = re.compile(r"^(?P<name>.+?)_(?P<part>train\w*|val|dev|test)$")
FOLDS = 5


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    sets: dict[str, dict[str, list[dict[str, Any]]]] = {}
    many: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((data / "nlu").glob("*.jsonl")):
        found = list(rows(path))
        if found and all("intent" in row and "text" in row for row in found):
            match = _SET.match(path.stem)
            name, part = (
                (match["name"], "train" if match["part"].startswith("train") else "test") if match else (path.stem, "train")
            )
            sets.setdefault(name, {}).setdefault(part, []).extend(found)
        elif any("intents" in row for row in found):
            many[path.stem] = found
    sets = {name: parts for name, parts in sets.items() if "train" in parts}
    if not sets and not many:
        raise NoData(f"{data}/nlu has no file of sentences with intents to train on.")
    model = MiniLM(threads=os.cpu_count() or 1)
    slices: dict[str, Figures] = {}
    inside: list[bool] = []
    outside: list[bool] = []
    for name, parts in sets.items():
        kept, turned_away = _one_set(parts["train"], parts.get("test"), model)
        inside += kept
        outside += turned_away
        shown = name if "test" in parts else f"{name} ({FOLDS}-fold on its train rows)"
        slices[shown] = {"items": len(kept) + len(turned_away), "accuracy": _share(kept), "oos_recall": _share(turned_away)}
    for name, found in many.items():
        slices[f"{name} ({FOLDS}-fold, several intents)"] = _many(found, model)
    return Report(
        suite="intents",
        items=len(inside) + len(outside),
        metrics={"accuracy": _share(inside), "oos_recall": _share(outside)},
        slices=slices,
        notes=[
            "accuracy: of the sentences that have one of the intents, how many got it; one that was turned away counts as wrong.",
            "oos_recall: of the sentences that have none, how many were turned away. The threshold is set on train rows alone, "
            "with some of their intents left out to stand for the unknown.",
            "f1 (several intents): micro F1 over labels; accuracy there: all labels right. Not in the totals.",
        ],
    )


def _share(hits: list[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _is_out(row: dict[str, Any]) -> bool:
    return str(row["intent"]).lower() in OUT


def _one_set(train: list[dict[str, Any]], test: list[dict[str, Any]] | None, model: MiniLM) -> tuple[list[bool], list[bool]]:
    texts = [str(row["text"]) for row in train]
    vectors = model.embed(texts)
    if test is not None:
        classifier = _trained(train, vectors)
        return _score(classifier, test, model.embed([str(row["text"]) for row in test]))
    inside: list[bool] = []
    outside: list[bool] = []
    fold = np.random.default_rng(0).permutation(len(train)) % FOLDS
    for one in range(FOLDS):
        learn, ask = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        classifier = _trained([train[i] for i in learn], vectors[learn])
        kept, away = _score(classifier, [train[i] for i in ask], vectors[ask])
        inside += kept
        outside += away
    return inside, outside


def _trained(train: list[dict[str, Any]], vectors: NDArray[np.float32]) -> Classifier:
    labels = ["" if _is_out(row) else str(row["intent"]) for row in train]
    return Classifier.train([str(row["text"]) for row in train], vectors, labels)


def _score(classifier: Classifier, test: list[dict[str, Any]], vectors: NDArray[np.float32]) -> tuple[list[bool], list[bool]]:
    found = classifier.label([str(row["text"]) for row in test], vectors)
    inside = [label == row["intent"] for label, row in zip(found, test, strict=True) if not _is_out(row)]
    return inside, [label == "" for label, row in zip(found, test, strict=True) if _is_out(row)]


def _many(found: list[dict[str, Any]], model: MiniLM) -> Figures:
    texts = [str(row["text"]) for row in found]
    gold = [set(row.get("intents") or []) for row in found]
    vectors = model.embed(texts)
    fold = np.random.default_rng(0).permutation(len(found)) % FOLDS
    right = given = wanted = exact = 0
    for one in range(FOLDS):
        learn, ask = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        classifier = MultiClassifier.train([texts[i] for i in learn], vectors[learn], [gold[i] for i in learn])
        for i, labels in zip(ask, classifier.labels([texts[i] for i in ask], vectors[ask]), strict=True):
            right += len(labels & gold[i])
            given += len(labels)
            wanted += len(gold[i])
            exact += labels == gold[i]
    return {"items": len(found), "accuracy": exact / len(found), "oos_recall": None, "f1": 2 * right / max(given + wanted, 1)}
