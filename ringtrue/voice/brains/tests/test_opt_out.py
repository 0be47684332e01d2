"""An opt-out is heard in any words: phrasings written by somebody who had not seen the detector, half of them never used to mend it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from ringtrue.voice.brains.phrases import recognise

SAID = Path(__file__).parent / "opt_out"
EVERY = 1 if os.environ.get("RINGTRUE_LONG") else 20


def sentences(name: str) -> list[str]:
    return (SAID / f"{name}.txt").read_text().splitlines()


def held_out(sentence: str) -> bool:
    return hashlib.sha256(sentence.encode()).digest()[0] % 2 == 1


def hears(sentence: str) -> bool:
    return "opt_out" in recognise(sentence)


@pytest.mark.parametrize(("language", "least"), [("english", 300), ("spanish", 100)])
def test_an_opt_out_is_heard_in_any_words(language: str, least: int) -> None:
    said = sentences(language)
    assert len(set(said)) == len(said) >= least
    misses = [sentence for sentence in said if not hears(sentence)]
    assert len(misses) <= 0.01 * len(said), misses


def test_the_half_that_the_detector_was_not_mended_on_is_heard_as_well() -> None:
    said = [sentence for language in ("english", "spanish") for sentence in sentences(language) if held_out(sentence)]
    assert len(said) > 200
    misses = [sentence for sentence in said if not hears(sentence)]
    assert len(misses) <= 0.01 * len(said), misses


def test_what_only_looks_like_an_opt_out_is_none() -> None:
    said = sentences("others")
    alarms = [sentence for sentence in said if hears(sentence)]
    assert len(alarms) <= 0.02 * len(said), alarms


def test_ordinary_sentences_are_no_opt_outs(eval_data: Path) -> None:
    """Questions and orders of real people, each 20th in `make test` (dialogues: `test_phrases.py`)."""
    rows = [line for file in sorted((eval_data / "nlu").glob("*.jsonl")) for line in file.read_text().splitlines()]
    said = [row["text"] for row in map(json.loads, rows[::EVERY]) if "text" in row]
    assert len(said) * EVERY > 20_000
    alarms = [sentence for sentence in said if hears(sentence)]
    assert len(alarms) <= 0.02 * len(said), alarms
