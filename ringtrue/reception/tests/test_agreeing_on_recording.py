"""The decision on recording over every state, some countries and every setting, beside a table that was written apart from it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls.models import Call
from ringtrue.dialing.rules_pack import PackRefused, current_pack
from ringtrue.media.gating import order_for
from ringtrue.privacy import declaring, ledger, policies
from ringtrue.privacy.models import PolicySetting
from ringtrue.privacy.policy import reading_once
from ringtrue.reception import agreeing_on_recording
from ringtrue.reception.agreeing_on_recording import flow_of
from ringtrue.reception.answering import open_call

STRICTNESS = ["announce", "ask", "off"]
# shared research, rule US-26: eleven states where all agree, three where it depends and which count as such.
ALL_AGREE = {"CA", "DE", "FL", "IL", "MD", "MA", "MT", "NV", "NH", "PA", "WA", "CT", "MI", "OR"}
ELSEWHERE = {
    "+442079460142": "announce",  # United Kingdom
    "+14165550142": "announce",  # Canada
    "+4930123456": "ask",  # Germany
    "+33142685300": "ask",  # France
    "+353861234567": "ask",  # Ireland
    "+13405550142": "ask",  # a country that the table does not know
    "+18005550142": "ask",  # toll-free: in the United States, nobody knows where
    "": "ask",  # withheld
}
NEW_JERSEY, CALIFORNIA = "+18565550100", "+14155550100"


def _of_states() -> dict[str, str]:
    """A number of each state, and what its law asks."""
    code_of = {state: code for code, (country, state) in current_pack().places.items() if country == "US"}
    assert len(code_of) == 51
    return {f"+1{code}5550142": "ask" if state in ALL_AGREE else "announce" for state, code in code_of.items()}


@pytest.mark.promise("P-LEX-1.3-1")
@pytest.mark.parametrize("of_workspace", STRICTNESS)
def test_the_strictest_of_workspace_agent_and_both_places_decides(dental: Any, of_workspace: str) -> None:
    PolicySetting.objects.create(workspace=dental.workspace, key="recording.flow", value=of_workspace)
    numbers = {**_of_states(), **ELSEWHERE}
    wrong = []
    with reading_once():
        for phone, of_business in ((NEW_JERSEY, "announce"), (CALIFORNIA, "ask"), ("+442079460100", "announce"), ("", "ask")):
            for of_agent in ("", *STRICTNESS):
                agent = msgspec.structs.replace(snapshot_of(dental.version), phone=phone, recording=of_agent)
                for theirs, law in numbers.items():
                    expected = max(of_workspace, of_agent or "announce", of_business, law, key=STRICTNESS.index)
                    if flow_of(dental.workspace.id, agent, theirs=theirs) != expected:
                        wrong.append((phone, of_agent, theirs))
    assert not wrong


@pytest.mark.promise("P-LEX-1.3-1")
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
@pytest.mark.parametrize(
    ("theirs", "refused", "expected"),
    [(NEW_JERSEY, False, "announce"), (NEW_JERSEY, True, "ask"), (CALIFORNIA, False, "ask")],
)
def test_the_call_is_served_as_it_was_decided(dental: Any, direction: str, theirs: str, refused: bool, expected: str) -> None:
    ours = "+18565550150"
    caller, called = (theirs, ours) if direction == "inbound" else (ours, theirs)
    opened, _ = open_call(dental.agent, line="twilio", from_number=caller, to_number=called, direction=direction)
    call = Call.objects.select_related("subject", "agent_version").get(id=opened.id)
    if refused:
        ledger.record(call.subject, "recording", granted=False, method="asked")
    assert order_for(call, snapshot_of(call.agent_version)).recording.flow == expected


def test_callers_are_told_so_in_what_is_published_and_signed(dental: Any) -> None:
    for told in (
        policies.write(dental.workspace.id, "notices", "Riverside Dental"),
        policies.write(dental.workspace.id, "privacy", "Riverside Dental"),
        declaring.attestation(dental.workspace.id, "Riverside Dental"),
    ):
        assert "wants everybody to agree" in told


def test_a_test_call_of_the_business_with_itself_goes_by_its_own_place(dental: Any) -> None:
    agent = snapshot_of(dental.version)
    assert flow_of(dental.workspace.id, agent, is_test=True) == "announce"
    assert flow_of(dental.workspace.id, msgspec.structs.replace(agent, phone=CALIFORNIA), is_test=True) == "ask"


def test_a_business_without_a_number_of_its_own_is_where_its_line_is(dental: Any) -> None:
    agent = msgspec.structs.replace(snapshot_of(dental.version), phone="+18005550142")
    assert flow_of(dental.workspace.id, agent, ours=NEW_JERSEY, theirs=NEW_JERSEY) == "announce"
    assert flow_of(dental.workspace.id, agent, ours="+18005550142", theirs=NEW_JERSEY) == "ask"


def test_without_a_readable_rules_pack_everybody_is_asked(dental: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Any:
        raise PackRefused("The rules pack or its signature is missing.")

    monkeypatch.setattr(agreeing_on_recording, "current_pack", refuse)
    assert flow_of(dental.workspace.id, snapshot_of(dental.version), theirs=NEW_JERSEY) == "ask"
