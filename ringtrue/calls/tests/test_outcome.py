"""The outcome table: exactly one outcome for whatever may happen in a call."""

import itertools

import pytest

from ringtrue.calls.deciding_outcome import RULES, Seen, decide, seen_in
from ringtrue.calls.folding import Told
from ringtrue.calls.models import OUTCOMES
from ringtrue.calls.tests.making import a_call

TABLE = [
    ("emergency", Seen(emergency=True, booked=True, opted_out=True, spoke=True, reason="line_failed")),
    ("opt_out", Seen(opted_out=True, booked=True, spoke=True)),
    ("booking", Seen(booked=True, message=True, spoke=True, reason="line_failed")),
    ("booking", Seen(goal="booking", spoke=True, reason="caller_hung_up")),
    ("message", Seen(message=True, transferred=True, spoke=True)),
    ("transfer", Seen(transferred=True, spoke=True, from_facts=True)),
    ("transfer", Seen(reason="transferred")),
    ("refused", Seen(reason="refused", spoke=True)),
    ("failed", Seen(reason="lost", spoke=True, from_facts=True)),
    ("failed", Seen(reason="line_failed")),
    ("not_reached", Seen(reason="busy")),
    ("not_reached", Seen(reason="no_answer")),
    ("voicemail", Seen(reason="agent_hung_up", spoke=True, goal="voicemail", from_facts=True)),
    ("answered", Seen(reason="caller_hung_up", spoke=True, from_facts=True, missed=5)),
    ("answered", Seen(reason="agent_hung_up", spoke=True, goal="answered")),
    ("no_speech", Seen(reason="silence")),
    ("no_speech", Seen(reason="caller_hung_up")),
    ("not_understood", Seen(reason="caller_hung_up", spoke=True, missed=2, understood=1)),
    ("not_understood", Seen(reason="silence", spoke=True)),
    ("not_understood", Seen(reason="too_long", spoke=True, understood=3)),
    ("abandoned", Seen(reason="caller_hung_up", spoke=True)),
    ("abandoned", Seen(reason="caller_hung_up", spoke=True, understood=2, missed=1)),
]


@pytest.mark.parametrize(("outcome", "seen"), TABLE)
def test_outcome_table(outcome, seen):
    assert decide(seen) == outcome


@pytest.mark.promise("P-LEX-1.2-3", "P-CLX-2-7")
def test_every_call_has_exactly_one_outcome_of_the_closed_list():
    assert {outcome for outcome, _ in TABLE} == {outcome for outcome, _ in RULES} == set(OUTCOMES)
    reasons = (
        "caller_hung_up",
        "agent_hung_up",
        "transferred",
        "silence",
        "too_long",
        "refused",
        "line_failed",
        "stopped",
        "lost",
        "busy",
        "no_answer",
        "new",
    )
    goals = ("", "answered", "message", "booking", "transfer", "opt_out", "emergency", "voicemail", "something new")
    for reason, goal, *flags in itertools.product(reasons, goals, *[(False, True)] * 7):
        spoke, emergency, opted_out, booked, message, transferred, from_facts = flags
        seen = Seen(
            reason=reason, goal=goal, spoke=spoke, emergency=emergency, opted_out=opted_out,
            booked=booked, message=message, transferred=transferred, from_facts=from_facts,
        )  # fmt: skip
        assert decide(seen) in OUTCOMES


def test_a_transfer_that_failed_is_no_transfer():
    events = [
        Told(seq=1, at_ms=1, kind="heard", fields={"turn": 1}),
        Told(seq=2, at_ms=2, kind="transferred", fields={"ok": False, "person": "the front desk"}),
        Told(seq=3, at_ms=3, kind="ended", fields={"reason": "caller_hung_up", "duration_ms": 3, "goal": ""}),
    ]
    assert decide(seen_in(events)) == "abandoned"


@pytest.mark.parametrize("mode", ["everything", "excluding_pii", "metadata_only"])
def test_the_outcome_does_not_need_what_was_said(dental, mode):
    assert a_call(dental, mode=mode).outcome == "message"
