"""A number that was not bought here is shown only after a code, told in a call to it, was entered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls.models import Call
from ringtrue.campaigns.tests.making import make_shop
from ringtrue.core.encrypting import unlock_credentials
from ringtrue.core.models import AuditEntry
from ringtrue.dialing.models import Attempt, CallerIdCode, VerifiedCallerId
from ringtrue.dialing.tests.dials import ringing_carrier
from ringtrue.dialing.tests.grounds import LEAD, NOON, OURS
from ringtrue.media.gating import order_for
from ringtrue.reception import verifying_caller_ids
from ringtrue.reception.calling_out import CannotCall, call_out
from ringtrue.voice.agent import Mission
from ringtrue.voice.brains.telling_code import TellingCode
from ringtrue.voice.lines import finding

OFFICE, PREMIUM = "+12125550177", "+19005550142"
DIALED: list[tuple[str, str]] = []


@pytest.fixture
def shop(transactional_db: Any, monkeypatch: pytest.MonkeyPatch, fast_passwords: None) -> Iterator[Any]:
    carrier = ringing_carrier(lambda order: DIALED.append((order.number, order.caller_id)))
    monkeypatch.setattr(finding, "part", lambda line, name: carrier)
    DIALED.clear()
    with time_machine.travel(NOON, tick=False):
        yield make_shop("caller-ids")


class Owner:
    def __init__(self, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client = Client()
        self.client.force_login(shop.owner)
        self.told: list[dict[str, str]] = []
        monkeypatch.setattr("ringtrue.console.views.caller_ids.tell_code.defer", lambda **given: self.told.append(given))

    def post(self, what: str, **fields: str) -> Any:
        return self.client.post(f"/w/caller-ids/settings/calling/shown/{what}", fields, follow=True)


async def test_the_brain_tells_the_code_twice_and_hangs_up() -> None:
    brain = TellingCode(Mission(goal="code", reason="Why. The code is 1, 2.", facts="The code is 1, 2."))
    said = [act async for act in brain.greet()]
    assert [getattr(act, "text", "") for act in said] == ["Why. The code is 1, 2.", "Once more. The code is 1, 2. Goodbye."]


def test_a_code_told_in_a_permitted_call_makes_a_number_ones_own(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Owner(shop, monkeypatch)
    with pytest.raises(CannotCall):
        call_out(shop.agent, OFFICE, purpose="errand", party="business", claim="x", caller_id=OFFICE)
    assert "not a telephone number" in owner.post("ring/", agent=shop.agent.slug, number="12").text
    assert "may be shown already" in owner.post("ring/", agent=shop.agent.slug, number=OURS).text
    assert "is called now" in owner.post("ring/", agent=shop.agent.slug, number=OFFICE).text
    [given] = owner.told
    for _ in range(2):  # a job that runs twice calls once
        verifying_caller_ids.tell(UUID(given["workspace"]), UUID(given["code"]))
    assert DIALED == [(OFFICE, OURS)]
    with workspace_scope(shop.workspace.id):
        call = Call.objects.get()
        code = unlock_credentials(CallerIdCode.objects.get().locked)["code"]
        mission = order_for(call, snapshot_of(call.agent_version)).mission
        assert Attempt.objects.get().purpose == "errand"
    assert mission is not None
    assert mission.goal == "code"
    assert f"The code is {', '.join(code)}." in mission.reason
    wrong = "000000" if code != "000000" else "000001"
    assert "not the code" in owner.post("enter/", code=wrong).text
    assert "may be shown now" in owner.post("enter/", code=f" {code[:3]} {code[3:]} ").text
    with workspace_scope(shop.workspace.id):
        verified = VerifiedCallerId.objects.get()
    call_out(shop.agent, LEAD, purpose="errand", party="business", claim="shown", caller_id=OFFICE)
    assert DIALED[-1] == (LEAD, OFFICE)
    owner.post(f"{verified.id}/remove/")
    with pytest.raises(CannotCall):
        call_out(shop.agent, LEAD, purpose="errand", party="business", claim="again", caller_id=OFFICE)
    noted = AuditEntry.objects.filter(workspace_id=shop.workspace.id, action__startswith="caller_id.").order_by("seq")
    assert [entry.action for entry in noted] == ["caller_id.asked", "caller_id.verified", "caller_id.removed"]


def test_what_the_permit_forbids_is_not_called_and_guessing_ends(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Owner(shop, monkeypatch)
    owner.post("ring/", agent=shop.agent.slug, number=PREMIUM)
    verifying_caller_ids.tell(UUID(owner.told[0]["workspace"]), UUID(owner.told[0]["code"]))
    assert DIALED == []
    page = owner.client.get("/w/caller-ids/settings/calling/shown/").text
    assert "was not called" in page
    assert "premium" in page
    owner.post("ring/", agent=shop.agent.slug, number=OFFICE)
    verifying_caller_ids.tell(UUID(owner.told[1]["workspace"]), UUID(owner.told[1]["code"]))
    with workspace_scope(shop.workspace.id):
        code = unlock_credentials(CallerIdCode.objects.get().locked)["code"]
    for n in range(verifying_caller_ids.TRIES):
        owner.post("enter/", code=f"{(int(code) + n + 1) % 10**6:06d}")
    assert "no longer good" in owner.post("enter/", code=code).text
    for _ in range(3):
        page = owner.post("ring/", agent=shop.agent.slug, number=OFFICE).text
    assert "several times already" in page
    with workspace_scope(shop.workspace.id):
        assert not VerifiedCallerId.objects.exists()
