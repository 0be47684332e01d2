"""An opt-out is heard in any words: two sets of phrasings, by two writers who had not seen the detector; half of each is only measured."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ringtrue.voice.brains.phrases import recognise
from ringtrue.voice.brains.tests.opt_out_sets import LANGUAGES, held_out, near_misses, sentences, taught

EVERY = 1 if os.environ.get("RINGTRUE_LONG") else 20


def hears(sentence: str) -> bool:
    return "opt_out" in recognise(sentence, outbound=True)


def missed(said: list[str]) -> list[str]:
    return [sentence for sentence in said if not hears(sentence)]


@pytest.mark.parametrize(("language", "least"), [("english", 300), ("spanish", 100)])
def test_an_opt_out_is_heard_in_any_words(language: str, least: int) -> None:
    said = sentences(language)
    assert len(set(said)) == len(said) >= least
    misses = missed(said)
    assert len(misses) <= 0.01 * len(said), misses


def test_what_the_detector_was_taught_is_heard() -> None:
    said = taught()
    misses = missed(said)
    assert len(misses) <= 0.01 * len(said), misses


@pytest.mark.parametrize(("language", "least"), [("english", 150), ("spanish", 50)])
def test_what_another_writer_says_and_the_detector_was_never_taught_is_heard_as_well(language: str, least: int) -> None:
    """Counts only: whoever mends the detector must not read these."""
    said = set(sentences(f"{language}_second_held_out")) - {*taught()}  # the two writers thought of a few the same
    assert len(said) >= least
    assert not said & {*near_misses()}
    misses, most = len(missed(sorted(said))), 0.01 * len(said)
    assert misses <= most


def test_the_other_half_of_the_first_set_is_heard() -> None:
    said = [sentence for language in LANGUAGES for sentence in sentences(language) if held_out(sentence)]
    assert len(said) > 200
    assert len(missed(said)) <= 0.01 * len(said)


def test_what_only_looks_like_an_opt_out_is_none() -> None:
    """Near misses are written to mislead: of these some may. Who is taken for somebody who opts out is not called, and that is all."""
    said = sentences("others")
    alarms = [sentence for sentence in said if hears(sentence)]
    assert len(alarms) <= 0.02 * len(said), alarms
    unseen = sentences("others_second_held_out")
    count, most = sum(map(hears, unseen)), len(unseen) // 4
    assert count <= most


def test_ordinary_sentences_are_no_opt_outs(eval_data: Path) -> None:
    """Questions and orders of real people, each 20th in `make test` (dialogues: `test_phrases.py`)."""
    rows = [line for file in sorted((eval_data / "nlu").glob("*.jsonl")) for line in file.read_text().splitlines()]
    said = [row["text"] for row in map(json.loads, rows[::EVERY]) if "text" in row]
    assert len(said) * EVERY > 20_000
    alarms = [sentence for sentence in said if hears(sentence)]
    assert len(alarms) <= 0.02 * len(said), alarms
