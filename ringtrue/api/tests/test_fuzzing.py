"""Schemathesis over the whole description, in process: whatever is sent, no operation answers with a fault of ours (5xx), and
every refusal is problem details. Few examples by default, many with RINGTRUE_LONG=1."""

import os
from functools import cache

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from ringtrue.api import doors
from ringtrue.api.urls import api
from ringtrue.calls.tests.making import a_call, with_recording
from ringtrue.console.tests.planting_parts import plant_campaign
from ringtrue.contacts.models import Contact
from ringtrue.leads.models import Lead
from ringtrue.notifications import webhooks

EXAMPLES = 200 if os.environ.get("RINGTRUE_LONG") else 12
OPERATIONS = sorted(operation.view_func.__name__ for operation in api.operations())


@cache
def description():
    import json

    raw = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return schemathesis.openapi.from_dict(raw)


@pytest.fixture
def target(dental, make_key, monkeypatch):
    monkeypatch.setattr(doors, "PER_KEY", (doors.Window(10**6, 60),))
    call = with_recording(a_call(dental))
    endpoint, _ = webhooks.add(dental.workspace.id, "https://example.com/hooks")
    delivery = webhooks.send_test(endpoint)
    contact = Contact.objects.get()
    campaign = plant_campaign(dental.workspace, contact.subject, dental.agent, call.id, "Recall")
    real = {
        "call_id": str(call.id), "contact_id": str(contact.id), "webhook_id": str(endpoint.id), "delivery_id": str(delivery.id),
        "slug": "demo-dental", "number": 1, "campaign_id": str(campaign.id), "lead_id": str(Lead.objects.get().id),
        "lead_list_id": str(Lead.objects.get().lead_list_id),
    }  # fmt: skip
    return make_key(), real


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_makes_an_operation_fail(client, target, name):
    token, real = target
    operation = description().find_operation_by_id(name)
    seen = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def attack(case, there):
        if there:
            case.path_parameters = {key: real[key] for key in (case.path_parameters or {}) if key in real}
        wire = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        headers = {name: value for name, value in wire.headers.items() if name not in ("Authorization", "Content-Length")}
        headers["Authorization"] = f"Bearer {token}"
        kind = headers.pop("Content-Type", "application/json")
        body = wire.body.encode() if isinstance(wire.body, str) else wire.body or b""
        response = client.generic(wire.method, wire.path_url, body, content_type=kind, headers=headers)
        seen.append(response.status_code)
        assert response.status_code < 500, (wire.method, wire.path_url, body)
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json", (wire.path_url, response.status_code)

    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    either = fitting | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    given(case=either, there=st.sampled_from([True, True, False]))(attack)()  # two of three reach something that exists
    assert len(seen) >= min(EXAMPLES, 2)
