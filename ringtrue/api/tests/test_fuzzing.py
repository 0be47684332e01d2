"""Schemathesis over the whole description, in process: whatever is sent, no operation answers with a fault of ours (5xx), and
every refusal is problem details. Few examples by default, many with RINGTRUE_LONG=1."""

import os
from functools import cache

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from ringtrue.api import doors
from ringtrue.api.urls import api
from ringtrue.calls.tests.making import a_call, with_recording
from ringtrue.contacts.models import Contact
from ringtrue.notifications import webhooks

EXAMPLES = 200 if os.environ.get("RINGTRUE_LONG") else 12
OPERATIONS = sorted(operation.view_func.__name__ for operation in api.operations())


@cache
def description():
    import json

    raw = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    config = schemathesis.Config()
    config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schemathesis.openapi.from_dict(raw, config=config)


@pytest.fixture
def target(dental, make_key, monkeypatch):
    monkeypatch.setattr(doors, "PER_KEY", (doors.Window(10**6, 60),))
    call = with_recording(a_call(dental))
    endpoint, _ = webhooks.add(dental.workspace.id, "https://example.com/hooks")
    delivery = webhooks.send_test(endpoint)
    real = {
        "call_id": str(call.id), "contact_id": str(Contact.objects.get().id), "webhook_id": str(endpoint.id),
        "delivery_id": str(delivery.id), "slug": "demo-dental", "number": 1,
    }  # fmt: skip
    return make_key(), real


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_makes_an_operation_fail(target, name):
    token, real = target
    operation = description().find_operation_by_id(name)
    seen = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @pytest.mark.filterwarnings("ignore")
    def attack(case):
        if len(seen) % 3:  # two of three reach something that exists
            case.path_parameters = {key: real[key] for key in (case.path_parameters or {}) if key in real}
        case.headers = {
            **{k: v for k, v in (case.headers or {}).items() if k != "Authorization"},
            "Authorization": f"Bearer {token}",
        }
        response = case.call(app=WSGIHandler())
        seen.append(response.status_code)
        case.validate_response(response, checks=[not_a_server_error])
        if response.status_code >= 400:
            assert response.headers["content-type"][0] == "application/problem+json", response.status_code

    from hypothesis import given

    given(case=operation.as_strategy())(attack)()
    assert len(seen) >= min(EXAMPLES, 2)
