"""Who may call by a button: exact origins, limits, tickets bound to the page that asked, and switching off at once."""

from __future__ import annotations

import pytest
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.agents.starters import starter_workspace
from ringtrue.call_us import origins
from ringtrue.call_us.data_map import export_button_calls
from ringtrue.call_us.models import ButtonCall, CallButton
from ringtrue.call_us.words import ink
from ringtrue.calls.models import Call
from ringtrue.core.models import AuditEntry
from ringtrue.media.scribe import Scribe
from ringtrue.privacy import erasing
from ringtrue.reception.tickets import TicketRefused

SITE = "https://www.riverside.example"
OTHERS = (
    "http://www.riverside.example", "https://riverside.example", "https://www.riverside.example:8443", "https://www.riverside.example.evil.example",
    "https://WWW.riverside.example", "https://www.riverside.example/", "null", "",
)  # fmt: skip


@pytest.fixture
def shop(db, fast_passwords):
    return starter_workspace("dental", owner_email="owner@dental.example", slug="call-us")


@pytest.fixture
def button(shop):
    with workspace_scope(shop.workspace.id):
        return CallButton.objects.create(
            workspace=shop.workspace, agent=shop.agent, label="Call us", color="#14574a", language="en", origins=[SITE], at_once=2
        )  # fmt: skip


def ask(button, origin=SITE, *, post=True, address="203.0.113.7"):
    client = Client(enforce_csrf_checks=True)
    send = client.post if post else client.get
    headers = {"Origin": origin} if origin else {}
    answer = send(f"/call-us/{button.key}/", headers=headers, REMOTE_ADDR=address)
    assert not answer.cookies
    assert "Origin" in answer.headers["Vary"]
    return answer


def token_of(answer):
    assert answer.status_code == 200
    address, _, token = answer.json()["url"].partition("?ticket=")
    assert address.endswith("/website")
    return token


def test_only_a_listed_origin_is_answered_and_only_to_itself(button):
    for post in (False, True):
        answer = ask(button, post=post)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, SITE)
        assert answer.headers["Cache-Control"] == "no-store"
        for origin in OTHERS:
            answer = ask(button, origin, post=post)
            assert answer.status_code == 403
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert b"ws" not in answer.content
    assert ask(CallButton(key="made-up")).status_code == 404


def test_a_ticket_works_once_from_the_page_that_asked_and_the_call_is_marked(shop, button):
    _at_once(button, 3)
    first, second, third = (token_of(ask(button, address=f"203.0.{n}.7")) for n in (1, 2, 3))
    order = Scribe().redeem(first, "website", SITE)
    assert order.line == "website"
    with pytest.raises(TicketRefused, match="used"):
        Scribe().redeem(first, "website", SITE)
    with pytest.raises(TicketRefused, match="wrong_origin"):
        Scribe().redeem(second, "website", "https://evil.example")
    with pytest.raises(TicketRefused, match="used"):  # and it is used up
        Scribe().redeem(second, "website", SITE)
    with pytest.raises(TicketRefused, match="wrong_line"):
        Scribe().redeem(third, "browser", SITE)
    with workspace_scope(shop.workspace.id):
        call = Call.objects.get(id=order.call_id)
        assert not call.is_test
        [held] = export_button_calls(call.subject)
        assert held == {"call": order.call_id, "button": "Call us", "site": SITE}
        erasing.erase(call.subject, reason="request", requested_by="test")
        assert not ButtonCall.objects.filter(call_id=order.call_id).exists()


def _at_once(button, most):
    with workspace_scope(button.workspace_id):
        return CallButton.objects.filter(id=button.id).update(at_once=most)


def test_calls_at_once_and_calls_in_a_time_are_limited(shop, button, monkeypatch):
    token_of(ask(button))
    token_of(ask(button, address="198.51.100.9"))
    answer = ask(button, address="192.0.2.9")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (429, SITE)
    assert "busy" in answer.json()["error"]
    _at_once(button, 20)
    token_of(ask(button))
    assert "often" in ask(button).json()["error"]  # two at once from one place
    with workspace_scope(shop.workspace.id):
        Call.objects.update(state="ended")
    for _ in range(3):
        token_of(ask(button))
        with workspace_scope(shop.workspace.id):
            Call.objects.update(state="ended")
    assert "often" in ask(button).json()["error"]  # six in ten minutes, refused ones among them
    token_of(ask(button, address="192.0.2.10"))


def test_switching_off_counts_at_once_also_for_a_ticket_that_was_given(shop, button):
    token = token_of(ask(button))
    with workspace_scope(shop.workspace.id):
        CallButton.objects.update(on=False)
    for post in (False, True):
        answer = ask(button, post=post)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (410, SITE)
    with pytest.raises(TicketRefused, match="switched_off"):
        Scribe().redeem(token, "website", SITE)
    with workspace_scope(shop.workspace.id):
        CallButton.objects.update(on=True)
        Agent.objects.update(live=False)
    answer = ask(button)
    assert (answer.status_code, "Nobody answers" in answer.json()["error"]) == (409, True)


def test_a_visitor_is_told_before_the_call_what_the_policy_says(shop, button):
    told = ask(button, post=False).json()
    assert told["notice"][0] == "You will speak with an AI assistant of Riverside Dental, not with a person."
    assert "You are asked first whether the call may be recorded." in told["notice"], "nobody knows where a visitor is"
    assert told["more"]["address"].endswith("/privacy/call-us/trust/")
    from ringtrue.privacy import changing

    with workspace_scope(shop.workspace.id):
        CallButton.objects.update(language="de")
        changing.change(shop.workspace.id, "storage.mode", "metadata_only", by="test")
    told = ask(button, post=False).json()
    assert told["notice"][1:] == [
        "Der Anruf wird nicht aufgezeichnet.", "Von dem, was Sie sagen, wird nichts behalten.", "Der Assistent spricht Englisch.",
    ]  # fmt: skip


def test_origins_are_read_in_one_form():
    assert origins.read("https://Example.com/about\n www.example.com \nhttps://example.com:443\nhttps://bücher.example:8443") == [
        "https://example.com", "https://www.example.com", "https://xn--bcher-kva.example:8443",
    ]  # fmt: skip
    assert origins.read("http://localhost:5000") == ["http://localhost:5000"]
    for wrong in (
        "",
        "http://example.com",
        "https://*.example.com",
        "ftp://example.com",
        "https://a@b.example",
        "hello world",
        "https://x:99999",
        "https://[x.example",
    ):
        with pytest.raises(origins.NotAnOrigin):
            origins.read(wrong)
    with pytest.raises(origins.NotAnOrigin):
        origins.read("\n".join(f"https://{n}.example.com" for n in range(11)))
    assert (ink("#14574a"), ink("#ffd84d")) == ("#ffffff", "#000000")


def test_the_owner_makes_changes_and_removes_a_button(shop):
    client = Client()
    client.force_login(shop.owner)
    at = "/w/call-us/settings/buttons/"
    given = {
        "agent": shop.agent.slug,
        "label": "Ring us",
        "color": "#14574A",
        "language": "en",
        "at_once": "4",
        "origins": f"{SITE}/contact",
    }
    for wrong, words in (
        ({"origins": "http://x.example"}, "does not begin with https://"), ({"color": "red"}, "Choose a color"), ({"at_once": "0"}, "from 1 to 20"),
        ({"at_once": "00010000"}, "from 1 to 20"),
        ({"label": ""}, "what stands on the button"), ({"agent": "nobody"}, "Choose who answers"), ({"language": "xx"}, "Choose from the list"),
    ):  # fmt: skip
        answer = client.post(f"{at}make/", {**given, **wrong})
        assert (answer.status_code, words in answer.text) == (422, True), words
    page = client.post(f"{at}make/", given, follow=True).text
    with workspace_scope(shop.workspace.id):
        button = CallButton.objects.get()
    assert (button.origins, button.color) == ([SITE], "#14574a")
    assert f"/static/console/call-us.js?button={button.key}&quot;&gt;" in page
    client.post(f"{at}{button.id}/", {**given, "origins": "https://new.example"})
    assert ask(button).status_code == 403
    assert ask(button, "https://new.example", post=False).status_code == 200
    client.post(f"{at}{button.id}/switch/", {"do": "off"})
    assert ask(button, "https://new.example").status_code == 410
    client.post(f"{at}{button.id}/switch/", {"do": "remove"})
    assert ask(button, "https://new.example").status_code == 404
    done = AuditEntry.objects.filter(workspace_id=shop.workspace.id, action__startswith="button.").order_by("seq")
    assert [entry.action for entry in done] == ["button.made", "button.changed", "button.switched_off", "button.removed"]
