"""The page of hosted engines: connecting one, choosing the agent of a number, and what is said where a promise forbids it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ringtrue.calls.models import Call
from ringtrue.console.tests.showing import HELLO, play_call, said
from ringtrue.hosted.models import HostedAgent
from ringtrue.hosted.vapi import agents
from ringtrue.hosted.vapi.tests.stand_in import NUMBER, StandIn
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy.models import PolicySetting, ProviderDeletion

KEY = StandIn.key


@pytest.fixture
def vapi(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    made = StandIn()
    monkeypatch.setattr(agents.API, "base", made.url)
    yield made
    made.close()


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_engine_is_connected_its_number_given_to_an_agent_and_taken_away_again(signed_in, at, dental, vapi):
    assert "Connect Vapi" in shown(signed_in.get(at("settings/engines/")))
    wrong = signed_in.post(at("settings/engines/vapi/connect/"), {"key": "key_that_is_wrong_123", "voice": "Elliot"})
    assert wrong.status_code == 422
    assert "Vapi does not take this key." in shown(wrong)
    assert "key_that_is_wrong_123" not in shown(wrong)
    assert 'value="Elliot"' in shown(wrong)
    page = shown(signed_in.post(at("settings/engines/vapi/connect/"), {"key": KEY, "voice": "Clara"}, follow=True))
    assert "knows 1 number" in page
    assert KEY not in page
    answer = {"number": NUMBER, "agent": dental.agent.slug}
    page = shown(signed_in.post(at("settings/engines/vapi/answer/"), answer, follow=True))
    assert f"held by {dental.agent.name}" in page
    assert PhoneNumber.objects.get().agent_id == dental.agent.id
    [there] = vapi.agents.values()
    assert there["voice"]["voiceId"] == "Clara"
    assert HostedAgent.objects.count() == 1
    assert "Vapi" not in shown(signed_in.get(at("settings/lines/"))).split("Carrier accounts")[1], "an engine is no carrier"
    assert "gone there too" in shown(signed_in.post(at("settings/engines/vapi/disconnect/"), follow=True))
    assert (vapi.agents, LineAccount.objects.count()) == ({}, 0)


def test_a_promise_that_the_engine_cannot_keep_is_said_and_no_form_is_shown(signed_in, at, dental):
    PolicySetting.objects.create(workspace=dental.workspace, key="storage.mode", value="metadata_only")
    page = shown(signed_in.get(at("settings/engines/")))
    vapi, retell = (page.split(f'data-testid="engine-{name}"')[1].split("</section>")[0] for name in ("vapi", "retell"))
    assert "Vapi cannot hold a call without keeping what is said." in vapi
    assert "Connect Vapi" not in vapi
    assert "Connect Retell" in retell


def test_what_a_call_cost_and_what_was_deleted_elsewhere_is_shown(signed_in, at, dental):
    call = play_call(dental, said(*HELLO), number="+18565550142")
    Call.objects.filter(id=call.id).update(line="vapi", cost_micros=123_400)
    assert "What Vapi asks for this call" in shown(signed_in.get(at(f"calls/{call.id}/")))
    assert "$0.12" in shown(signed_in.get(at(f"calls/{call.id}/")))
    row = ProviderDeletion.objects.create(
        workspace=dental.workspace, provider="vapi", kind="call", reference="there-1", state="given_up", answer="status_500"
    )
    page = shown(signed_in.get(at("settings/elsewhere/")))
    assert "no answer for five days" in page
    assert "status 500" in page
    signed_in.post(at(f"settings/elsewhere/{row.id}/again/"))
    row.refresh_from_db()
    assert row.state == "open"
