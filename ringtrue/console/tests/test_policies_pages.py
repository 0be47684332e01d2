"""Policies on their pages: accepted before anything else, read by anybody with their days; cookies; counting; who gets data."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.models import Membership, User
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.console.tests.surface import workspace_pages
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import changing, cookies, publishing, register_stores, usage
from ringtrue.privacy.register_models import PageCount, PolicyVersion, Signature, Subprocessor

CONTACT = {
    "contact.privacy": "privacy@dental.example",
    "contact.support": "help@dental.example",
    "contact.postal": "1 Main St, Town",
}


def member(dental, role="owner"):
    user = User.objects.create_user(f"{role}2@dental.example")
    Membership.objects.create(workspace=dental.workspace, user=user, role=role)
    client = Client()
    client.force_login(user)
    return user, client


def at(rest=""):
    return f"/w/dental-test/{rest}"


def settle(dental, **settings):
    for key, value in {**CONTACT, **settings}.items():
        changing.change(dental.workspace.id, key.replace("__", "."), value, "user:x")


def counts(dental):
    return {row.page: row.visits for row in PageCount.objects.filter(workspace=dental.workspace)}


@pytest.mark.promise("P-LEX-0-2", "P-CLX-1-2", "P-ALX-1-3", "P-LDX-0-2")
def test_nobody_goes_on_before_they_accepted_the_version_that_holds(dental):
    settle(dental)
    user, client = member(dental)
    assert client.get(at("calls/")).status_code == 200
    version = publishing.publish(dental.workspace.id, "privacy", "Bright", material=False, by="user:x")
    for page in workspace_pages():
        if (
            page.ids
            or page.keywords != ("slug",)
            or page.name in ("console:policy_accept", "policy_accept", "leave", "analytics_choice")
        ):
            continue
        answer = client.get("/" + page.route.replace("<slug:slug>", "dental-test"))
        assert answer.status_code in (403, 405), page.route
        if answer.status_code == 403:
            assert b"Please read this first" in answer.content, page.route
    asked = client.get(at("calls/"), headers={"HX-Request": "true"})
    assert (asked.status_code, asked.content) == (403, b"policy_acceptance_required")
    client.post(at("policy/accept/"))
    signature = Signature.objects.get(user=user)
    assert (signature.version, signature.method, signature.sha256) == (version, "explicit", version.sha256)
    assert client.get(at("calls/")).status_code == 200


@pytest.mark.promise("P-ALX-9-1", "P-NEJ-11-1", "P-LEX-8-1", "P-LDX-14-2", "P-CLX-11-3", "P-LDX-14-4", "P-NEJ-11-5")
def test_anybody_reads_the_policy_with_its_days_and_every_older_version(dental, client):
    settle(dental)
    assert client.get("/privacy/dental-test/policy/privacy/").status_code == 404
    first = publishing.publish(dental.workspace.id, "privacy", "Bright", material=False, by="user:x")
    PolicyVersion.objects.filter(id=first.id).update(
        published_at=timezone.now() - timedelta(days=400), effective_at=timezone.now() - timedelta(days=390)
    )
    first.refresh_from_db()
    settle(dental, retention__recordings="P6M")
    second = publishing.publish(dental.workspace.id, "privacy", "Bright", material=False, by="user:x")

    def read(path):
        return re.sub(r"<[^>]+>", "", client.get(path).content.decode())

    for version, page in (
        (second, read("/privacy/dental-test/policy/privacy/")),
        (first, read("/privacy/dental-test/policy/privacy/1/")),
    ):
        days = [f"{day.day} {day:%B} {day.year}" for day in (version.effective_at, version.published_at)]
        assert f"Effective date: {days[0]} · Last updated: {days[1]} · Version {version.number}" in page
        assert version.sha256 in page
        assert "Privacy: privacy@dental.example" in page
    assert "Recordings: 6 months." in read("/privacy/dental-test/policy/privacy/")
    assert "Recordings: 12 months." in read("/privacy/dental-test/policy/privacy/1/")


def test_the_owner_publishes_from_the_page_and_is_told_what_is_missing(dental):
    _, client = member(dental)
    page = client.get(at("settings/policies/")).content.decode()
    assert "There is no postal address." in page
    assert "Publish</button>" not in page
    settle(dental)
    assert client.post(at("settings/policies/"), {"kind": "privacy"}).status_code == 302
    assert PolicyVersion.objects.get().kind == "privacy"
    assert client.post(at("policy/accept/")).status_code == 302
    refused = client.post(at("settings/policies/"), {"kind": "privacy"})
    assert (refused.status_code, "Nothing has changed" in refused.content.decode()) == (422, True)
    assert "accounts_user" in client.get(at("settings/policies/records/")).content.decode()


def test_a_company_is_entered_and_ended_on_its_page(dental):
    _, client = member(dental)
    given = {"provider": "twilio", "name": "Twilio", "kind": "telephony", "does": "carries calls", "region": "us-east-1"}
    assert "agreement" in client.post(at("settings/subprocessors/"), given).content.decode()
    more = {"agreement": "folder 12", "agreed_on": "2026-03-01", "transfer_tool": "scc", "clauses": "2021/914 module 3"}
    assert client.post(at("settings/subprocessors/"), given | more).status_code == 302
    row = Subprocessor.objects.get()
    assert "Twilio" in client.get(at("settings/subprocessors/")).content.decode()
    client.post(at(f"settings/subprocessors/{row.id}/end/"))
    assert "Twilio</h2>" not in client.get(at("settings/subprocessors/")).content.decode()


@pytest.mark.promise("P-LEX-5-4", "P-ALX-2.4-3", "P-ALX-2.4-2", "P-LDX-7-2", "P-NEJ-6-4")
def test_without_cookies_the_sign_in_says_what_stops_working():
    blocked = Client(enforce_csrf_checks=True)
    for _ in range(2):  # no loop either
        blocked.cookies.clear()
        answer = blocked.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "cookies are turned off" in page
        assert all(what in page for what in cookies.STOPS_WITHOUT)
    listed = blocked.get("/cookies/").content.decode()
    assert all(f"<li>{what}</li>" in listed for what in cookies.STOPS_WITHOUT)


@pytest.mark.promise("P-NEJ-6-1")
def test_necessary_cookies_are_shown_and_cannot_be_switched_off(client, db):
    page = client.get("/cookies/").content.decode()
    necessary = [item for item in cookies.INVENTORY if item.category == "necessary"]
    assert {item.name for item in cookies.INVENTORY if item.kind == "cookie"} == {settings.SESSION_COOKIE_NAME}
    for item in necessary:
        row = page[page.index(f"<b>{item.name}</b>") - 120 :]
        assert row.index("checked disabled") < row.index(item.name)
    assert len(re.findall("<input", page)) == len(necessary)
    assert all(f"<b>{item.name}</b>" in page for item in cookies.INVENTORY)


@pytest.mark.promise("P-CLX-2-8", "P-ALX-2.3-4", "P-ALX-2.4-1", "P-NEJ-1-10", "P-ALX-2.3-5", "P-LDX-7-4")
def test_opened_pages_are_counted_by_day_of_nobody_and_without_a_cookie(dental):
    settle(dental, profile="callixo", retention__usage="P30D")
    user, client = member(dental)
    for _ in range(3):
        client.get(
            at("calls/"), headers={"User-Agent": "Canary/7", "Referer": "https://from.example/?q=1"}, REMOTE_ADDR="203.0.113.7"
        )
    assert counts(dental) == {"calls": 3}
    assert set(client.cookies) <= {item.name for item in cookies.INVENTORY if item.category == "necessary"}
    # All that a row can hold: nothing of a person, a browser, an address or where somebody came from.
    assert {f.name for f in PageCount._meta.get_fields()} == {"id", "workspace", "day", "page", "visits"}
    assert not AuditEntry.objects.filter(actor=f"user:{user.id}", action__contains="page").exists()
    row = PageCount.objects.get()
    register_stores.expire_counts(dental.workspace.id, timezone.now())
    assert PageCount.objects.exists()
    register_stores.expire_counts(dental.workspace.id, timezone.now() + timedelta(days=1, seconds=1))
    assert not PageCount.objects.filter(id=row.id).exists()


@pytest.mark.promise("P-ALX-11-1")
@pytest.mark.parametrize(
    ("profile", "signals", "counted"),
    [
        ("callixo", {}, True), ("callixo", {"DNT": "1"}, False), ("callixo", {"Sec-GPC": "1"}, False),
        ("alex", {"DNT": "1"}, True), ("alex", {"Sec-GPC": "1"}, False), ("alex", {"DNT": "0", "Sec-GPC": "0"}, True),
        ("default", {}, False),
    ],
)  # fmt: skip
def test_signals_of_a_browser(dental, profile, signals, counted):
    settle(dental, profile=profile)
    user, client = member(dental)
    if profile == "alex":  # counts after a yes only
        usage.choose(dental.workspace.id, user, yes=True)
    client.get(at("contacts/"), headers=signals)
    assert bool(counts(dental)) is counted


@pytest.mark.promise("P-NEJ-1-12", "P-NEJ-6-2", "P-NEJ-6-3", "P-LDX-7-3")
def test_counting_waits_for_a_yes_and_a_no_weighs_the_same(dental):
    settle(dental, profile="nejix")
    user, client = member(dental)
    page = client.get(at("calls/")).content.decode()
    assert counts(dental) == {}
    banner = page[page.index('data-testid="analytics-banner"') :].partition("</form>")[0]
    buttons = re.findall(r'<button class="([^"]+)" name="answer" value="(yes|no)">', banner)
    assert [value for _, value in buttons] == ["yes", "no"]
    assert buttons[0][0] == buttons[1][0]  # neither stands out
    assert "checkbox" not in banner
    assert "analytics-banner" not in client.get(at("calls/"), headers={"Sec-GPC": "1"}).content.decode()  # already answered
    client.post(at("policy/counting/"), {"answer": "no"})
    assert "analytics-banner" not in client.get(at("calls/")).content.decode()
    assert counts(dental) == {}
    client.post(at("policy/counting/"), {"answer": "yes"})
    client.get(at("calls/"))
    assert counts(dental) == {"calls": 1}
    client.post(at("policy/counting/"), {"answer": "no"})
    client.get(at("calls/"))
    assert counts(dental) == {"calls": 1}
    with workspace_scope(dental.workspace.id):
        assert usage.choice(dental.workspace.id, user) == "no"
    assert AuditEntry.objects.filter(action="analytics.chosen").count() == 3
