import itertools

import pytest

from ringtrue.accounts import keys
from ringtrue.accounts.models import ApiKey
from ringtrue.accounts.roles import SCOPES
from ringtrue.api import doors
from ringtrue.api.tests.conftest import Asking
from ringtrue.api.urls import api
from ringtrue.calls.tests.making import NAME, a_call, with_recording
from ringtrue.console.tests.planting_parts import plant_campaign
from ringtrue.contacts.models import Contact
from ringtrue.leads.models import Lead
from ringtrue.notifications import webhooks

PROBLEM = "application/problem+json"


def every_operation(ids):
    """(method, path, scope) of each operation, with these ids in the path."""
    for path, route in api.get_openapi_schema()["paths"].items():
        for method, operation in route.items():
            yield method, path.removeprefix("/api/v1").format(**ids), operation["x-scope"]


@pytest.fixture
def ids(dental):
    """Of things that exist in the first workspace."""
    call = with_recording(a_call(dental))
    endpoint, _ = webhooks.add(dental.workspace.id, "https://example.com/hooks")
    delivery = webhooks.send_test(endpoint)
    contact = Contact.objects.get()
    campaign = plant_campaign(dental.workspace, contact.subject, dental.agent, call.id, "Recall")
    return {
        "slug": dental.agent.slug, "number": 1, "call_id": call.id, "contact_id": contact.id, "webhook_id": endpoint.id,
        "delivery_id": delivery.id, "campaign_id": campaign.id, "lead_id": Lead.objects.get().id,
        "lead_list_id": Lead.objects.get().lead_list_id,
    }  # fmt: skip


def test_every_operation_has_a_door():
    assert len(api.operations()) >= 22
    assert all(operation.view_func.scope in {*SCOPES, doors.ANY_KEY} for operation in api.operations())


@pytest.mark.parametrize("token", ["", "rt_wrong", "nonsense", "rt_" + "a" * 43, "rt_" + "x" * 500])
def test_without_a_living_key_every_operation_answers_401(client, ids, token):
    for method, path, _ in every_operation(ids):
        response = Asking(client, token)(method, path)
        assert (response.status_code, response["Content-Type"]) == (401, PROBLEM), (method, path)
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert NAME not in response.content.decode()
        if not token:
            continue
        break  # a wrong key is counted against its address: one operation is enough


def test_a_revoked_key_ends_at_once(ask, dental):
    assert ask("get", "/me").status_code == 200
    keys.revoke(ApiKey.objects.get(), dental.owner)
    assert ask("get", "/me").status_code == 401


@pytest.mark.promise("P-ALX-1-2")
def test_role_matrix_a_key_does_only_what_its_scope_says(client, ids, make_key):
    """Every operation with a key of every single scope: 403 exactly where the matrix says so."""
    tokens = {scope: make_key(scope) for scope in SCOPES}
    seen = set()
    for (method, path, wanted), scope in itertools.product(list(every_operation(ids)), SCOPES):
        if method == "delete" and wanted and SCOPES[wanted] <= SCOPES[scope]:
            continue  # allowed, and would take away what the next ones need; tried in the tests of each part
        response = Asking(client, tokens[scope])(method, path)
        allowed = not wanted or SCOPES[wanted] <= SCOPES[scope]
        assert (response.status_code != 403) is allowed, (method, path, scope, response.content)
        if not allowed:
            assert response["Content-Type"] == PROBLEM
            assert NAME not in response.content.decode()
        seen.add((allowed, wanted))
    assert (False, "calls:read") in seen
    assert (True, "calls:read") in seen


def test_isolation_every_operation_with_another_workspaces_ids_is_404_and_shows_nothing(stranger, ids, dental):
    canaries = [
        NAME,
        dental.workspace.name,
        "Marigold",
        str(dental.workspace.id),
        *(str(i) for k, i in ids.items() if k.endswith("_id")),
    ]
    bodies = {"post": {}, "patch": {}}
    for method, path, _ in every_operation(ids):
        response = stranger(method, path, bodies.get(method))
        if "{" not in path and any(str(value) in path for key, value in ids.items() if key != "number"):
            assert response.status_code == 404, (method, path, response.content)
        text = b"".join(response.streaming_content).decode(errors="replace") if response.streaming else response.content.decode()
        assert not [canary for canary in canaries if canary in text], (method, path)
    assert Contact.objects.count() == 1


def test_too_many_requests_are_told_when_to_come_back(ask, monkeypatch):
    monkeypatch.setattr(doors, "PER_KEY", (doors.Window(3, 60),))
    answers = [ask("get", "/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Content-Type"] == PROBLEM
    assert 1 <= int(answers[3]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nothing", 404),
        ("get", "/calls/not-an-id", 404),
        ("put", "/me", 405),
        ("post", "/calls", 405),
        ("delete", "/agents", 405),
    ],
)
def test_problems_are_problem_details_everywhere(ask, method, path, status):
    response = ask(method, path)
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    assert set(response.body) >= {"type", "title", "status", "detail"}
    assert response.body["status"] == status
    if status == 405:
        assert response["Allow"]


def test_a_failure_of_ours_says_nothing_about_itself_and_undoes_its_work(ask, monkeypatch, dental):
    from ringtrue.agents.models import Agent

    def breaks(agent, by):
        Agent.objects.filter(id=agent.id).update(name="half done")
        raise RuntimeError(NAME)

    monkeypatch.setattr("ringtrue.api.agents.publish", breaks)
    response = ask("post", f"/agents/{dental.agent.slug}/publish")
    assert (response.status_code, response["Content-Type"]) == (500, PROBLEM)
    assert NAME not in response.content.decode()
    assert Agent.objects.get().name != "half done"


@pytest.mark.parametrize("path", ["/calls?shoe=1", "/calls?limit=5&limit=6", "/calls?limit=0", "/calls?limit=101", "/calls?outcome=great",
                                  "/calls?cursor=abc", "/calls?cursor=%00", "/calls?q=%00", "/calls?since=yesterday", "/calls?since=2026-01-01T00:00:00",
                                  "/contacts?agent=x", "/me?x=1"])  # fmt: skip
def test_a_parameter_that_is_not_known_or_does_not_fit_is_refused(ask, path):
    response = ask("get", path)
    assert (response.status_code, response["Content-Type"]) == (422, PROBLEM), response.content


def test_me(ask, dental):
    body = ask("get", "/me").body
    assert body["workspace"]["slug"] == "dental-test"
    assert body["key"]["scopes"] == sorted(SCOPES)
    assert ask.token not in str(body)
