"""The stand-ins speak what the official SDKs speak, base URL overridden: what our own requests say is no dialect of ours."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest

from ringtrue.hosted.engine import Definition
from ringtrue.hosted.finding import part
from ringtrue.hosted.requesting import Refused

pytestmark = pytest.mark.skipif(
    not os.environ.get("RINGTRUE_LONG"), reason="make test-long: importing Vapi's SDK takes 14 s of CPU"
)

HOOK = "https://ringtrue.example/engines/x/y"
DEFINITION = Definition(
    name="Cedar Dental", language="en-US", records=True, longest_s=600, silence_s=24, transfers=True, hook_url=HOOK, words_url="wss://ringtrue.example/x",
)  # fmt: skip


@pytest.fixture
def without_permits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK dials here, not we."""
    for engine in ("vapi", "retell"):
        monkeypatch.setattr(part(engine, "tests.stand_in"), "rang", lambda number: None)


@pytest.mark.parametrize("engine", ["vapi"])
def test_vapis_sdk(stand_in: Any, without_permits: None) -> None:
    import vapi
    from vapi.types.call_hook_customer_speech_timeout import CallHookCustomerSpeechTimeout

    credentials = {"key": stand_in.key, "hook_secret": "s" * 32}
    agents, calls = part("vapi", "agents"), part("vapi", "calls")
    client = vapi.Vapi(token=stand_in.key, base_url=stand_in.url)
    assert [number.number for number in client.phone_numbers.list()] == list(agents.check(credentials).numbers)
    made = client.assistants.create(
        name="By the SDK", first_message_mode="assistant-speaks-first-with-model-generated-message", max_duration_seconds=600, hooks=[],
        model={"provider": "custom-llm", "model": "ringtrue", "url": HOOK, "headers": {"X-Vapi-Secret": "s" * 32}},
        server={"url": HOOK, "headers": {"X-Vapi-Secret": "s" * 32}},
    )  # fmt: skip
    assert made.id in stand_in.agents
    # Ours, as the SDK reads it.
    reference = agents.provision(credentials, DEFINITION, "")
    stand_in.routes.append((re.compile("GET /assistant/(.+)"), lambda found, _: (200, stand_in.agents[found[1]])))
    read = client.assistants.get(reference)
    assert (read.model.provider, read.model.url, read.model.headers) == ("custom-llm", HOOK, {"X-Vapi-Secret": "s" * 32})
    # This version of the SDK leaves hooks of an assistant as they are; those of a call have the same shape.
    hooks = [CallHookCustomerSpeechTimeout.model_validate(hook) for hook in stand_in.agents[reference]["hooks"]]
    assert [hook.options.timeout_seconds for hook in hooks] == [10, 24]
    assert read.artifact_plan.recording_enabled is True
    assert read.server.url == HOOK
    assert {tool.type for tool in read.model.tools} == {"endCall", "transferCall"}
    call = client.calls.create(assistant_id=reference, phone_number_id="pn-1", customer={"number": "+12125550142"})
    stand_in.answer(call.id)
    stand_in.end(call.id, ["When do you open?"])
    theirs, ours = client.calls.get(call.id), calls.fetch(credentials, call.id)
    assert (theirs.status, theirs.ended_reason, theirs.cost) == ("ended", "customer-ended-call", ours.cost_usd)
    assert [m.message for m in theirs.artifact.messages if m.role in ("user", "bot")] == [turn.text for turn in ours.turns]
    report = json.loads(stand_in.hooks[-1].body)["message"]
    from vapi.types.server_message_end_of_call_report import ServerMessageEndOfCallReport

    parsed = ServerMessageEndOfCallReport.model_validate({**report, "analysis": {}})
    assert parsed.ended_reason == "customer-ended-call"
    client.calls.delete(call.id)
    assert calls.delete(credentials, call.id) == 404


@pytest.mark.parametrize("engine", ["retell"])
def test_retells_sdk(stand_in: Any, without_permits: None) -> None:
    import retell

    credentials = {"key": stand_in.key}
    agents, calls, webhooks = part("retell", "agents"), part("retell", "calls"), part("retell", "webhooks")
    client = retell.Retell(api_key=stand_in.key, base_url=stand_in.url)
    assert [row.phone_number for row in client.phone_number.list().items] == list(agents.check(credentials).numbers)
    reference = agents.provision(credentials, DEFINITION, "")
    stand_in.routes.append((re.compile("GET /get-agent/(.+)"), lambda found, _: (200, stand_in.agents[found[1]])))
    read = client.agent.retrieve(reference)
    assert read.response_engine.llm_websocket_url == DEFINITION.words_url
    assert read.data_storage_setting == "everything"
    call = client.call.create_phone_call(
        from_number="+12125550100", to_number="+12125550142", override_agent_id=reference, metadata={"ringtrue_call": "x"}
    )
    stand_in.answer(call.call_id)
    stand_in.end(call.call_id, ["When do you open?"])
    theirs, ours = client.call.retrieve(call.call_id), calls.fetch(credentials, call.call_id)
    assert theirs.disconnection_reason == "user_hangup"
    assert theirs.call_cost.combined_cost / 100 == pytest.approx(ours.cost_usd)
    assert [row.content for row in theirs.transcript_object] == [turn.text for turn in ours.turns]
    body = stand_in.hooks[-1].body
    made = stand_in.headers(body)["X-Retell-Signature"]
    assert client.verify(body.decode(), stand_in.key, made)
    now = int(made[2:].split(",")[0]) / 1000
    assert webhooks.signed({"x-retell-signature": made}, body, credentials, now)
    assert not webhooks.signed({"x-retell-signature": made}, body, credentials, now + 301)
    client.call.delete(call.call_id)
    with pytest.raises(Refused):
        calls.fetch(credentials, call.call_id)
