"""The suites about language score small folders rightly, also folders with other files of the same form."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ringtrue.core.configuring import ROOT
from ringtrue.evaluating import entities, intents, pii, retrieval, run_suite
from ringtrue.evaluating.reporting import NoData, Report

NONE = argparse.Namespace()


def write(path: Path, *found: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in found))


def test_entities_are_scored_by_kind(tmp_path: Path) -> None:
    turns = [
        {"speaker": "user", "asked": "postcode", "text": "x", "nbest": ["h x 3 y 9 y l"]},
        {"speaker": "user", "asked": "name", "text": "x", "nbest": ["Elliot Williams", "Ellie Williams"]},
        {"speaker": "user", "asked": "dob", "text": "x", "nbest": ["5th of February 1922"]},
    ]
    right = {"postcode": "HX3Y 9YL", "name": "Elliot Williams", "dob": "1922-02-05"}
    wrong = {"postcode": "HX3Y 9YM", "name": "Elliot Williams", "dob": "1922-02-06"}
    write(tmp_path / "dialogues" / "calls.jsonl", {"turns": turns, "slots": right}, {"turns": turns, "slots": wrong})
    report = entities.evaluate(tmp_path, NONE)
    assert report.items == 6
    assert report.metrics["exact_name"] == 1.0
    assert report.metrics["exact_postcode"] == 0.5
    assert report.metrics["exact_date"] == 0.5
    assert "calls" in report.slices


def test_intents_are_learned_from_train_rows_alone(tmp_path: Path) -> None:
    words = {"weather": "rain sun snow wind cloud", "music": "song band album guitar piano", "food": "pizza pasta soup bread cheese",
             "travel": "train plane bus ticket hotel", "money": "bank card cash loan account"}  # fmt: skip
    train = [{"text": f"tell me about the {word} {extra}", "intent": intent} for intent, said in words.items() for word in said.split()
             for extra in ("please", "now", "today", "")]  # fmt: skip
    test = [{"text": f"what about the {said.split()[0]} then", "intent": intent} for intent, said in words.items()]
    write(tmp_path / "nlu" / "little_train.jsonl", *train)
    write(tmp_path / "nlu" / "little_test.jsonl", *test, {"text": "my shoe is untied and the cat sleeps", "intent": "oos"})
    write(tmp_path / "nlu" / "other_notes.jsonl", {"something": "else"})
    report = intents.evaluate(tmp_path, NONE)
    assert report.items == 6
    accuracy = report.slices["little"]["accuracy"]
    assert isinstance(accuracy, float)
    assert accuracy >= 0.8
    assert report.metrics["oos_recall"] == 1.0
    for row in test:
        row["intent"] = "a label that no train row has"
    write(tmp_path / "nlu" / "little_test.jsonl", *test)
    assert intents.evaluate(tmp_path, NONE).metrics["accuracy"] == 0.0


def _retrieved(tmp_path: Path, gold: str) -> Report:
    write(
        tmp_path / "retrieval" / "inns_docs.jsonl",
        {"doc_id": "a1", "entity": "THE RED LION", "title": "Can I bring my pet?", "body": "Yes, dogs are welcome."},
        {"doc_id": "a2", "entity": "THE RED LION", "title": "Is there parking?", "body": "There is a free car park."},
        {"doc_id": "b1", "entity": "GREEN MAN", "title": "Can I bring my pet?", "body": "No pets are allowed."},
    )
    query = {
        "query": "can my dog come along?",
        "history": [{"speaker": "agent", "text": "The Red Lion has a room."}],
        "gold": [gold],
    }
    write(tmp_path / "retrieval" / "inns_queries.jsonl", query)
    return retrieval.evaluate(tmp_path, NONE)


def test_retrieval_knows_which_business_is_spoken_of(tmp_path: Path) -> None:
    assert _retrieved(tmp_path, "a1").metrics == {"hit_at_1": 1.0, "mrr_at_5": 1.0, "recall_at_10": 1.0}
    other = _retrieved(tmp_path, "b1").metrics
    assert other["hit_at_1"] == 0.0


def test_personal_data_is_scored_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    phone = "my number is 212 555 0142 thanks"
    spans = [{"type": "PHONE", "start": 13, "end": 25, "value": "212 555 0142"}]
    write(tmp_path / "pii" / "typed.jsonl", {"text": phone, "spans": spans}, {"text": "we open at nine", "spans": [
        {"type": "EMAIL", "start": 3, "end": 7, "value": "open"}]})  # fmt: skip
    write(tmp_path / "pii" / "said.jsonl", {"text": "Ada Lovelace", "spans": None, "turn_type": "PERSON"})
    assert run_suite.main(["pii", "--data", str(tmp_path)]) == 0
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()[2:] if line[0] != "-"}
    assert rows["PHONE"] == ["1", "1.0000", "1.0000"]
    assert rows["EMAIL"] == ["1", "0.0000", "–"]
    assert rows["PERSON"] == ["1", "1.0000", "–"]
    assert rows["all"] == ["3", "0.6667", "1.0000"]


def test_every_suite_that_the_readme_names_is_one() -> None:
    named = (ROOT / "README.md").read_text().partition("ringtrue eval SUITE")[2].partition("on a folder")[0]
    assert set(re.findall(r"`([a-z]+)`", named)) == set(run_suite.names())


@pytest.mark.parametrize("suite", [entities, intents, pii, retrieval])
def test_a_folder_without_rows_is_told_in_a_sentence(suite: Any, tmp_path: Path) -> None:
    with pytest.raises(NoData):
        suite.evaluate(tmp_path, NONE)


def test_entities_on_real_callers(eval_data: Path) -> None:
    metrics = entities.evaluate(eval_data, NONE).metrics
    assert isinstance(metrics["exact_date"], float)
    assert metrics["exact_date"] >= 0.9
    assert isinstance(metrics["exact_name"], float)
    assert metrics["exact_name"] >= 0.75
