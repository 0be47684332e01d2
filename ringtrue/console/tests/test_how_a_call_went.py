"""The page of a call as the place to find out what went wrong in it, and where it was passed on to."""

from __future__ import annotations

import pytest

from ringtrue.calls import reading
from ringtrue.console.tests.showing import HELLO, play_call, said


@pytest.fixture
def passed_on(dental):
    """A call with a slow hearing, a person who was not reached and one who was."""
    leg = {"at_ms": 15000, "escalation_id": "billing", "person": "our billing office", "ok": False, "reason": "busy"}
    return play_call(
        dental,
        said(*HELLO, ("caller", "I was charged twice and it is unbearable."), ("agent", "I am putting you through.")),
        extra=[
            ("trouble", {"at_ms": 14000, "part": "hearing", "code": "slow"}),
            ("transferred", leg),
            ("transferred", {"at_ms": 16000, "escalation_id": "pain", "person": "the dentist on duty", "ok": True, "reason": ""}),
        ],
        reason="transferred",
        goal="transfer",
    )


@pytest.mark.promise("P-ALX-3-5", "P-NEJ-2-4")
def test_the_page_shows_events_latencies_and_faults(signed_in, passed_on, at):
    page = signed_in.get(at(f"calls/{passed_on.id}/")).content.decode()
    for words in ("Trouble in hearing: slow", "Could not be passed on", "Passed to the dentist on duty", "Answered", "Ended: "):
        assert words in page, words
    turn = reading.folding.turns(reading.told(passed_on))[0]
    assert f"<td>{turn.endpoint_ms}</td><td>{turn.recognize_ms}</td><td>{turn.think_ms}</td>" in page


@pytest.mark.promise("P-ALX-2.2-5")
def test_number_rule_and_every_leg_are_kept_and_lead_to_the_same_people_again(signed_in, passed_on, at):
    kept = reading.routing(passed_on)
    assert (kept.number, kept.agent, kept.version) == ("+18565550100", passed_on.agent_version.document["slug"], 1)
    assert [(leg.rule, leg.situation, leg.reached) for leg in kept.legs] == [
        ("billing", "a question about a bill", False),
        ("pain", "severe pain or an accident", True),
    ]
    rules = {rule["id"]: rule["person"] for rule in passed_on.agent_version.document["escalations"]}
    assert [rules[leg.rule] for leg in kept.legs] == [leg.person for leg in kept.legs], (
        "the rules of that version decide the same"
    )
    page = signed_in.get(at(f"calls/{passed_on.id}/")).content.decode()
    assert "+1 856-555-0100" in page
    assert "By the rule “severe pain or an accident”: passed to the dentist on duty." in page
    assert reading.as_json(passed_on)["routing"]["legs"][1]["person"] == "the dentist on duty"
