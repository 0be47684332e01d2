"""Guardrail phrases: refusals are caught in any words, emergencies only when someone is in danger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ringtrue.voice.brains.phrases import recognise
from ringtrue.voice.brains.tests import phrase_examples as said


def missed(name: str, phrases: list[str]) -> list[str]:
    return [phrase for phrase in phrases if name not in recognise(phrase, "en-US")]


def false_alarms(name: str, phrases: list[str]) -> list[str]:
    return [phrase for phrase in phrases if name in recognise(phrase, "en-US")]


def test_opt_out_is_heard_in_any_words() -> None:
    assert len(said.OPT_OUT) >= 120
    misses = missed("opt_out", said.OPT_OUT)
    assert len(misses) <= 0.01 * len(said.OPT_OUT), misses


def test_opt_out_is_not_heard_where_nobody_opts_out() -> None:
    everyday = said.NOT_OPT_OUT + said.NOT_EMERGENCY + said.NOT_ROBOT + said.PERSON + said.GOODBYE + said.YES + said.NO
    alarms = false_alarms("opt_out", everyday)
    assert len(alarms) <= 0.02 * len(everyday), alarms


@pytest.mark.parametrize(
    ("name", "does", "does_not"),
    [
        ("emergency", said.EMERGENCY, said.NOT_EMERGENCY + said.NOT_OPT_OUT),
        ("stop_recording", said.STOP_RECORDING, said.NOT_STOP_RECORDING + said.NOT_OPT_OUT + said.OPT_OUT),
        ("robot", said.ROBOT, said.NOT_ROBOT + said.NOT_OPT_OUT),
        ("person", said.PERSON, said.ROBOT + said.NOT_OPT_OUT[:20]),
        ("goodbye", said.GOODBYE, said.NOT_GOODBYE + said.ROBOT),
        ("yes", said.YES, said.NO),
        ("no", said.NO, said.YES),
        ("repeat", said.REPEAT, said.YES + said.ROBOT),
        ("child", said.CHILD, said.NOT_CHILD),
    ],
)
def test_each_phrase_is_recognised_and_its_double_is_not(name: str, does: list[str], does_not: list[str]) -> None:
    misses, alarms = missed(name, does), false_alarms(name, does_not)
    assert not misses
    assert len(alarms) <= 0.02 * len(does_not), alarms


@pytest.mark.parametrize(
    "phrase", ["STOP CALLING ME!", "Don’t call me again.", "do-not-call list, put me on it: the do not call list"]
)
def test_spelling_does_not_matter(phrase: str) -> None:
    assert "opt_out" in recognise(phrase, "en-GB")


def test_nothing_is_recognised_in_silence() -> None:
    assert recognise("", "en-US") == set()
    assert recognise("...", "en-US") == set()


def test_real_callers_raise_no_false_alarms(eval_data: Path) -> None:
    turns = [
        turn["text"]
        for file in sorted((eval_data / "dialogues").glob("*.jsonl"))
        for line in file.read_text().splitlines()
        for turn in json.loads(line)["turns"]
        if turn["speaker"] == "user"
    ]
    assert len(turns) > 5000
    for name in ("opt_out", "emergency"):
        alarms = false_alarms(name, turns)
        assert len(alarms) <= 0.01 * len(turns), (name, alarms[:20])


@pytest.mark.parametrize("text", [*said.STOP_RECORDING, "Please stop recording this call.", "Do not record our phone calls."])
def test_who_does_not_want_to_be_recorded_may_still_be_called(text: str) -> None:
    assert "opt_out" not in recognise(text, outbound=True)


def test_who_wants_neither_is_heard_in_both() -> None:
    assert recognise("Stop recording me and don't call me again.", outbound=True) >= {"opt_out", "stop_recording"}
