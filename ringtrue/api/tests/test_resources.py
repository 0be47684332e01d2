import json

import pytest
from django.utils import timezone

from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.calendars.models import Calendar
from ringtrue.calls.models import Call
from ringtrue.calls.tests.making import NAME, NUMBER, SENTENCE, a_call, conversation, with_recording
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.contacts.gathering import read
from ringtrue.contacts.models import Contact
from ringtrue.core.models import AuditEntry
from ringtrue.leads.models import Lead
from ringtrue.notifications import delivering
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.privacy.keystore import KeyDestroyed, store

DRAFT = {"business": "Corner Florist", "hours": {"weekly": {"monday": [["09:00", "17:00"]]}}, "services": [{"name": "Bouquet"}]}


# Calls


@pytest.mark.promise("P-ALX-6-5", "P-ALX-2.2-1", "P-ALX-2.2-2")
def test_calls_can_be_listed_read_downloaded_and_deleted(ask, dental, django_capture_on_commit_callbacks):
    call = with_recording(a_call(dental))
    assert [row["id"] for row in ask("get", "/calls").body["data"]] == [str(call.id)]
    one = ask("get", f"/calls/{call.id}").body
    assert (one["from_number"], one["outcome"], one["summary"]["name"]) == (NUMBER, "message", NAME)
    assert one["summary"]["automatic"] is True
    lines = ask("get", f"/calls/{call.id}/transcript").body["data"]
    assert SENTENCE in lines[1]["text"]
    sound = ask("get", f"/calls/{call.id}/recording?purpose=records")
    data = b"".join(sound.streaming_content)
    assert (sound["Content-Type"], int(sound["Content-Length"]), data[:4]) == ("audio/wav", len(data), b"RIFF")
    with django_capture_on_commit_callbacks(execute=True):
        assert ask("delete", f"/calls/{call.id}").status_code == 204
    for path in ("", "/transcript", "/events", "/recording?purpose=records"):
        assert ask("get", f"/calls/{call.id}{path}").status_code == 404
    assert AuditEntry.objects.get(action="call.deleted").actor.startswith("key:")


def test_the_pages_of_a_list_hold_each_call_once_also_while_new_ones_come(ask, dental):
    made = [a_call(dental, events=[], number="") for _ in range(5)]
    Call.objects.update(created_at=made[0].created_at)  # all at one instant: only the id keeps them apart
    seen, cursor = [], ""
    for _ in range(9):
        body = ask("get", f"/calls?limit=2&cursor={cursor}").body
        seen += [row["id"] for row in body["data"]]
        if len(seen) == 2:
            a_call(dental, events=[], number="")
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == {str(call.id) for call in made}


def test_filters(ask, dental):
    message = a_call(dental)
    live = a_call(dental, end=False, events=conversation()[:3], number="+18565550177")
    found = lambda query: {row["id"] for row in ask("get", f"/calls?{query}").body["data"]}  # noqa: E731
    assert found("outcome=message") == {str(message.id)} == found("q=Marigold") == found("q=0142&state=ended")
    assert found("state=live") == {str(live.id)}
    assert found("agent=demo-dental&line=simulated&is_test=true") == {str(message.id), str(live.id)}
    assert found("agent=other") == found("is_test=false") == found("q=nobody") == set()
    assert found("since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z") == set()


def test_events_are_given_in_order_and_can_be_followed(ask, dental):
    call = a_call(dental)
    first = ask("get", f"/calls/{call.id}/events?limit=5").body
    assert [event["kind"] for event in first["data"]] == ["answered", "disclosed", "said", "consent", "heard"]
    rest = ask("get", f"/calls/{call.id}/events?cursor={first['next_cursor']}").body
    assert [event["seq"] for event in rest["data"]] == list(range(6, 13))
    assert rest["next_cursor"] is None


def test_a_live_call_is_not_deleted(ask, dental):
    call = a_call(dental, end=False, events=conversation()[:3])
    assert ask("delete", f"/calls/{call.id}").status_code == 409
    assert ask("get", f"/calls/{call.id}/recording?purpose=records").status_code == 404


def test_in_metadata_only_the_api_gives_nothing_that_was_said(ask, dental):
    call = with_recording(a_call(dental, mode="metadata_only"))
    text = "".join(ask("get", f"/calls/{call.id}{path}").content.decode() for path in ("", "/events", "/transcript"))
    assert "metadata_only" in text
    for canary in (SENTENCE, "breakfast", NAME, "Marigold"):
        assert canary not in text
    assert ask("get", f"/calls/{call.id}/recording?purpose=records").status_code == 404


# Contacts


def test_contacts_are_read_found_corrected_and_erased(ask, dental, django_capture_on_commit_callbacks):
    call = a_call(dental)
    (one,) = ask("get", "/contacts?q=marigold").body["data"]
    assert (one["name"], one["number"], one["call_count"]) == (NAME, NUMBER, 1)
    changed = ask("patch", f"/contacts/{one['id']}", {"name": "M. Ashdown", "note": "Prefers mornings"}).body
    assert (changed["name"], changed["typed"]) == ("M. Ashdown", ["name", "note"])
    assert ask("get", "/contacts?q=mornings").body["data"][0]["id"] == one["id"]
    assert ask("get", "/contacts?q=marigold").body["data"] == []
    assert read(Contact.objects.get())["number"] == NUMBER
    with django_capture_on_commit_callbacks(execute=True):
        assert ask("delete", f"/contacts/{one['id']}").status_code == 204
    assert ask("get", f"/contacts/{one['id']}").status_code == 404
    assert ask("get", f"/calls/{call.id}").status_code == 404
    with pytest.raises(KeyDestroyed):
        store().get(dental.workspace.id, call.subject_id)


@pytest.mark.parametrize(
    "body", [{"shoe_size": 38}, {"name": 5}, {"name": "x" * 121}, {"note": "a\x00b"}, {"name": "\ud800"}, [], "nonsense", "{"]
)
def test_a_change_that_does_not_fit_is_refused(ask, dental, body):
    a_call(dental)
    contact = Contact.objects.get()
    response = ask("patch", f"/contacts/{contact.id}", body)
    assert response.status_code in (400, 422), response.content
    assert response["Content-Type"] == "application/problem+json"
    assert read(Contact.objects.get())["name"] == NAME


# Agents


def test_an_agent_is_made_changed_and_published(ask, dental):
    made = ask("post", "/agents", {"slug": "florist", "name": "Florist", "draft": DRAFT})
    assert (made.status_code, made.body["version"], made.body["live"]) == (201, None, False)
    assert Calendar.objects.filter(agent__slug="florist").exists()
    first = ask("post", "/agents/florist/publish")
    assert (first.status_code, first.body["number"]) == (201, 1)
    draft = {**DRAFT, "business": "Corner Flowers"}
    assert ask("patch", "/agents/florist", {"draft": draft, "live": True}).body["draft"]["business"] == "Corner Flowers"
    second = ask("post", "/agents/florist/publish").body
    assert (second["number"], second["document"]["business"]) == (2, "Corner Flowers")
    assert ask("get", "/agents/florist/versions/1").body["document"]["business"] == "Corner Florist"
    assert {agent["slug"]: agent["version"] for agent in ask("get", "/agents").body["data"]} == {"demo-dental": 1, "florist": 2}
    assert AgentVersion.objects.get(agent__slug="florist", number=2).document["version"] == 2


def test_a_slug_is_given_once(ask, dental):
    response = ask("post", "/agents", {"slug": "demo-dental", "name": "Again", "draft": DRAFT})
    assert (response.status_code, response.body["type"]) == (409, "/api/v1/docs#slug-taken")
    assert Agent.objects.count() == 1


@pytest.mark.promise("P-ALX-2.1-3")
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"shoe_size": 38}, "/draft/shoe_size"),
        ({"handling": {"sell": True}}, "/draft/handling/sell"),
        ({"services": [{"name": "A", "cost": 1}]}, "/draft/services/0/cost"),
        ({"business": 5}, "/draft/business"),
        ({"time_zone": "Mars/Olympus"}, "/draft/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/draft/time_zone"),
        ({"hours": {"weekly": {"monday": [["17:00", "09:00"]]}}}, "/draft/hours/weekly/monday"),
        ({"hours": {"weekly": {"someday": []}}}, "/draft/hours/weekly"),
        ({"hours": {"holidays": [{"date": "Christmas", "name": "x"}]}}, "/draft/hours/holidays/0/date"),
        ({"escalations": [{"id": "a", "situation": "s", "person": "p", "number": "911"}]}, "/draft/escalations/0/number"),
        ({"services": [{"name": "A", "minutes": -5}]}, "/draft/services/0/minutes"),
        ({"language": "fr-FR"}, "/draft/language"),
    ],
)
def test_a_draft_that_does_not_describe_a_business_is_refused_with_a_pointer(ask, dental, change, pointer):
    response = ask("patch", "/agents/demo-dental", {"draft": {**DRAFT, **change}})
    assert response.status_code == 422, response.content
    assert pointer in [error["pointer"] for error in response.body["errors"]]
    assert Agent.objects.get().draft["business"] == "Riverside Dental"


@pytest.mark.promise("P-ALX-2.1-3")
def test_unknown_fields_are_refused_not_silently_stored(ask, dental):
    response = ask("post", "/agents", {"slug": "a", "name": "A", "draft": DRAFT, "workspace_id": "x"})
    assert response.status_code == 422
    assert response.body["errors"][0]["pointer"] == "/workspace_id"
    assert ask("patch", "/agents/demo-dental", {"id": "x"}).status_code == 422
    assert ask("post", "/webhooks", {"url": "https://example.com", "secret": "mine"}).status_code == 422


# Webhooks


def test_a_webhook_is_made_tried_changed_and_removed(ask, dental):
    made = ask("post", "/webhooks", {"url": "https://example.com/hooks", "events": ["call.ended"]})
    assert made.status_code == 201
    assert made.body["secret"].startswith("whsec_")
    path = f"/webhooks/{made.body['id']}"
    assert "secret" not in ask("get", path).body
    a_call(dental)
    tried = ask("post", f"{path}/test")
    assert (tried.status_code, tried.body["event"]) == (202, "test")
    log = ask("get", f"{path}/deliveries").body["data"]
    assert {row["event"] for row in log} == {"test", "call.ended"}
    assert SENTENCE not in str(log)
    again = ask("post", f"{path}/deliveries/{log[0]['id']}/resend")
    assert (again.status_code, again.body["state"]) == (202, "queued")
    assert ask("patch", path, {"active": False}).body["active"] is False
    assert ask("delete", path).status_code == 204
    assert not WebhookEndpoint.objects.exists()
    assert ask("get", path).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "https://localhost/",
        "https://[::1]/",
        "javascript:x",
        "https://a.internal/",
    ],
)
def test_an_address_inside_is_refused_when_it_is_typed(ask, url):
    response = ask("post", "/webhooks", {"url": url})
    assert response.status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_a_body_that_is_erased_is_not_sent_again(ask, dental):
    made = ask("post", "/webhooks", {"url": "https://example.com/hooks", "events": ["call.ended"]}).body
    call = a_call(dental)
    store().destroy(call.subject_id, call.workspace_id)
    row = WebhookDelivery.objects.get()
    assert ask("post", f"/webhooks/{made['id']}/deliveries/{row.id}/resend").status_code == 410
    with pytest.raises(delivering.Gone):
        delivering.body_of(row)


# The description


def test_the_description_is_openapi_and_names_every_scope(client, db):
    schema = json.loads(client.get("/api/v1/openapi.json").content)
    assert schema["openapi"].startswith("3.1")
    operations = [operation for route in schema["paths"].values() for operation in route.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) >= 22
    assert schema["paths"]["/api/v1/calls"]["get"]["x-scope"] == "calls:read"
    assert schema["components"]["schemas"]["AgentIn"]["properties"]["draft"] == {"$ref": "#/components/schemas/AgentDocument"}
    names = {ref.rsplit("/", 1)[-1] for ref in _refs(schema)}
    assert names <= set(schema["components"]["schemas"])


def test_the_page_of_documentation_needs_no_script_and_nothing_from_elsewhere(client, db):
    response = client.get("/api/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<script" not in page
    assert "src=" not in page
    assert "//" not in page.replace("http://testserver/api/v1/me", "").replace("https://", "")
    for path in json.loads(client.get("/api/v1/openapi.json").content)["paths"]:
        assert path in page
    assert "script-src 'self'" in response["Content-Security-Policy"]


def _refs(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _refs(value)
    elif isinstance(part, list):
        for value in part:
            yield from _refs(value)


# Lists of leads


def test_a_list_is_renamed_and_removed_by_the_checks_of_the_pages(ask, dental):
    made = ask("post", "/leads/lists", {"name": "Fair", "country": "US", "provenance": "Cards"}).body
    ask("post", "/leads/lists", {"name": "Spring", "country": "US", "provenance": "Cards"})
    place = f"/leads/lists/{made['id']}"
    assert ask("patch", place, {"name": "Spring"}).status_code == 409
    assert ask("patch", place, {"country": "XX"}).status_code == 422
    changed = ask("patch", place, {"name": "Autumn fair"}).body
    assert (changed["name"], changed["country"], changed["provenance"]) == ("Autumn fair", "US", "Cards")
    lead = ask("post", "/leads", {"list": made["id"], "number": "+12125550187", "name": "Ann"}).body
    campaign = Campaign.objects.create(workspace=dental.workspace, name="Check-ups", agent=dental.agent, reason="Hello.")
    held = Lead.objects.get(id=lead["id"])
    target = Target.objects.create(
        workspace=dental.workspace,
        campaign=campaign,
        lead=held,
        subject=held.subject,
        number_hash=held.number_hash,
        agent=dental.agent,
    )
    going = Try.objects.create(
        workspace=dental.workspace, campaign=campaign, target=target, n=1, agent=dental.agent, begun_at=timezone.now()
    )
    refused = ask("delete", place)
    assert (refused.status_code, refused.body["type"].rsplit("#", 1)[-1]) == (409, "being-called")
    Try.objects.filter(id=going.id).update(closed_at=timezone.now())
    assert ask("delete", place).status_code == 204
    assert [each["name"] for each in ask("get", "/leads/lists").body["data"]] == ["Spring"]
    assert ask("patch", place, {"name": "Gone"}).status_code == 404
    assert AuditEntry.objects.get(action="lead_list.removed").actor.startswith("key:")
