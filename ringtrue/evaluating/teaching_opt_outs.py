"""Makes `voice/brains/opt_out_weights.json`: a logistic regression over phrasings of opt-outs and over sentences that are none.

    python -m ringtrue.evaluating.teaching_opt_outs --data FOLDER      (laid out like the evaluation data: nlu/*.jsonl, dialogues/*.jsonl)

Opt-outs are the taught halves of `voice/brains/tests/opt_out/`; the held-out halves are never read here. Others are the near misses beside
them and each sixth sentence of the folder. The threshold: 1 in 100 of the folder's other sentences may count as an opt-out, because to
stop calling somebody who did not ask for it costs one call.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ringtrue.voice.brains.phrases import UNACCENTED, plain
from ringtrue.voice.brains.tests.opt_out_sets import near_misses, taught
from ringtrue.voice.brains.weighing_opt_outs import WEIGHTS, Weights, features, weigh

FALSE_ALARMS = 0.01  # of ordinary sentences
PASSES, STEP, SHRINK = 4, 0.5, 1e-3
COUNTS = {"opt_out": 4.0, "near": 8.0, "ordinary": 1.0}  # what a sentence of each kind counts
LEAST_SEEN = (2, 3)  # a word, a pair: what is rarer teaches nothing
SMALLEST = 0.02  # weights below are left out


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ringtrue.evaluating.teaching_opt_outs", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args(argv)
    ordinary = [_features(row) for row in ordinary_sentences(options.data)]
    shown = [(_features(text), True, COUNTS["opt_out"]) for text in taught()]
    shown += [(_features(text), False, COUNTS["near"]) for text in near_misses()]
    shown += [(found, False, COUNTS["ordinary"]) for found in ordinary[1::6]]
    made = teach(shown)
    scores = sorted(weigh(found, made) for found in ordinary[::2])
    least = scores[int(len(scores) * (1 - FALSE_ALARMS))]
    made = msgspec.structs.replace(made, least=round(least, 3))
    WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=1) + b"\n")
    print(f"{len(made.of)} weights from {len(shown)} sentences; threshold {made.least}")
    return 0


def ordinary_sentences(data: Path) -> list[str]:
    """Questions and orders, and what callers say in dialogues."""
    asked = [row["text"] for row in _rows(data / "nlu") if "text" in row]
    turns = [turn["text"] for row in _rows(data / "dialogues") for turn in row["turns"] if turn["speaker"] == "user"]
    return asked + turns


def _rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def _features(text: str) -> set[str]:
    return features(plain(text).translate(UNACCENTED))


def teach(sentences: list[tuple[set[str], bool, float]]) -> Weights:
    """(features, is an opt-out, what it counts). AdaGrad, in one fixed order of the sentences."""
    seen = Counter(feature for found, _, _ in sentences for feature in found)
    names = sorted(feature for feature, count in seen.items() if count >= LEAST_SEEN[" " in feature])
    at = {name: i for i, name in enumerate(names)}
    rows = [np.array([at[feature] for feature in found if feature in at], dtype=int) for found, _, _ in sentences]
    weights, squares, base, base_square = np.zeros(len(names)), np.ones(len(names)), -2.0, 1.0
    order = np.random.default_rng(1)
    for _ in range(PASSES):
        for i in order.permutation(len(rows)):
            row, (_, wanted, counts) = rows[i], sentences[i]
            length = np.sqrt(max(1, len(row)))
            wrong = (1 / (1 + np.exp(-base - weights[row].sum() / length)) - wanted) * counts
            squares[row] += (wrong / length) ** 2
            weights[row] -= STEP * (wrong / length) / np.sqrt(squares[row]) + SHRINK * weights[row]
            base_square += wrong**2
            base -= STEP * wrong / np.sqrt(base_square)
    kept = {name: round(float(w), 2) for name, w in zip(names, weights, strict=True) if abs(w) >= SMALLEST}
    return Weights(base=round(float(base), 3), least=0.0, of=kept)


if __name__ == "__main__":
    sys.exit(main())
