from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ringtrue.media.colleagues import briefing
from ringtrue.privacy.gate import Gate, GateCall
from ringtrue.voice.agent import Escalation

BILLING = Escalation(id="billing", situation="a question about a bill", person="our billing office", number="+18565550112")
TOLD = {"words": "My name is Emily Carter and my bill from Tuesday is wrong.", "reason": "the bill from Tuesday is wrong"}


def session(mode: str, consent: bool | None = True, **given: Any) -> Any:
    gate = Gate(GateCall(call_id="c", storage_mode=mode, **given))
    if consent is not None:
        gate.let_event(1, "consent", {"at_ms": 1, "granted": consent, "method": "asked", "wording": ""})
    return SimpleNamespace(gate=gate, let_facts=gate.let_facts)


def test_a_colleague_is_told_what_the_call_found_out() -> None:
    told = briefing(session("everything"), BILLING, {**TOLD, "name": "Emily Carter"})
    assert told == (
        "I have Emily Carter on the line for you. They are calling about this: a question about a bill. "
        "In their words: the bill from Tuesday is wrong."
    )
    assert "Emily Carter" in briefing(session("everything", known={"PERSON": "Emily Carter"}), BILLING, TOLD), "a contact"


@pytest.mark.parametrize(
    ("mode", "consent"),
    [("excluding_pii", True), ("metadata_only", True), ("everything", None)],
    ids=["pii", "metadata", "no consent"],
)
def test_nothing_is_told_that_may_not_be_kept(mode: str, consent: bool | None) -> None:
    told = briefing(session(mode, consent), BILLING, {"words": TOLD["words"], "name": "Emily Carter"})
    assert told == "I have a caller on the line for you. They are calling about this: a question about a bill."
