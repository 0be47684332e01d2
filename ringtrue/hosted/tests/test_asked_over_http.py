"""An engine that asks over HTTP, through the web and the media process: OpenAI's official SDK asks, as Vapi does with its custom models."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import publish
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.tests.grounds import NOON
from ringtrue.hosted.metadata import TICKET
from ringtrue.hosted.tests.test_conforming import CALLER, calls


@pytest.mark.parametrize("engine", ["vapi"])
def test_over_the_official_sdk_a_caller_is_put_through_with_a_permit(
    shop: Any, stand_in: Any, client: Client, engine: str
) -> None:
    with workspace_scope(shop.workspace.id):
        person = {"id": "desk", "situation": "a person", "person": "Ana", "number": "+12125550111", "transfer": "blind"}
        shop.agent.draft = {
            **shop.agent.draft,
            "escalations": [person],
            "handling": {**shop.agent.draft.get("handling", {}), "transfer": True},
        }
        shop.agent.save()
        publish(shop.agent, None)
    with time_machine.travel(NOON, tick=True):  # an hour in which people may be called
        reference = stand_in.ring_in(client, CALLER)
        stand_in.answer(reference)
        far = stand_in.hold(reference, ["What time do you open?", "Please connect me to Ana."])
        assert far.tool == "transferCall"
        assert far.messages[-1]["content"] == "I will connect you."
        assert stand_in.wants_transfer(client, reference) == "+12125550111"
    [kept] = calls(shop)
    assert kept.state == "ended"
    with workspace_scope(shop.workspace.id):
        Attempt.objects.update(closed_at=NOON)
    assert stand_in.wants_transfer(client, reference) == "", "without a permit nobody is put through"

    # Who does not know the account's secret is told nothing; nor who knows it and has no ticket.
    url = urlsplit(stand_in.agents[stand_in.calls[reference]["assistantId"]]["model"]["url"]).path
    body = json.dumps({"messages": [], "metadata": {TICKET: "t"}, "call": {}})
    assert client.post(f"{url}/chat/completions", body, content_type="application/json").status_code == 403
    known = {"X-Vapi-Secret": stand_in.secret}
    assert client.post(f"{url}/chat/completions", b"{}", content_type="application/json", headers=known).status_code == 400
