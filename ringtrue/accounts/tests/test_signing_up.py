import pytest
from django.core import mail
from django.test import Client

from ringtrue.accounts.models import Acceptance, Membership, User
from ringtrue.accounts.scoping import system_scope
from ringtrue.accounts.tests.people import PASSWORD, browser, link_in, person, sign_in
from ringtrue.agents.models import Agent

FORM = {
    "name": "Ada Example",
    "email": "ada@example.org",
    "password1": PASSWORD,
    "workspace_name": "Ada & Daughters",
    "starter": "dental",
    "terms": "on",
    "adult": "on",
}
pytestmark = pytest.mark.usefixtures("db", "fast_passwords")


def sign_up(client=None, **changes):
    data = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
    return (client or Client()).post("/accounts/signup/", data)


def test_sign_up_makes_a_workspace_owned_by_the_person_after_the_mail_is_confirmed():
    client = Client()
    assert sign_up(client)["Location"] == "/accounts/confirm-email/"
    assert client.get("/accounts/sessions/").status_code == 302  # not in yet
    assert [m.to for m in mail.outbox] == [["ada@example.org"]]
    path = link_in(mail.outbox[0])
    assert client.get(path).status_code == 200  # shows a button: a link checker does not confirm
    answer = client.post(path)
    assert answer.status_code == 302
    if answer["Location"].startswith("/accounts/login"):
        answer = sign_in(client, FORM["email"])
    assert answer["Location"] == "/w/ada-daughters/"
    with system_scope("looking"):
        membership = Membership.objects.select_related("workspace", "user").get()
        agent = Agent.objects.get()
    assert (membership.role, membership.workspace.name, membership.user.name) == ("owner", "Ada & Daughters", "Ada Example")
    assert agent.draft["business"] == "Ada & Daughters"
    assert agent.draft["address"] == ""


def test_what_was_accepted_and_declared_is_recorded_with_its_version():
    sign_up()
    assert set(Acceptance.objects.values_list("kind", "version")) == {(k, "2026-11") for k in ("terms", "policy", "adult")}


@pytest.mark.parametrize("missing", ["terms", "adult", "name", "workspace_name", "password1", "email"])
@pytest.mark.promise("P-CLX-10-1", "P-ALX-1-4", "P-NEJ-0-1", "P-NEJ-9-1", "P-ALX-8-1")
def test_nothing_is_made_when_something_is_missing(missing):
    assert sign_up(**{missing: None}).status_code == 200
    assert not User.objects.exists()


@pytest.mark.promise("P-LEX-1.1-2")
@pytest.mark.parametrize("email", ["ada@example.org", "ADA@Example.ORG", " Ada@example.org "])
def test_a_second_sign_up_with_the_address_in_any_case_is_refused_and_tells_nothing(email):
    fresh = sign_up(email="new@example.org")
    person("ada@example.org")
    mail.outbox.clear()
    again = sign_up(email=email, workspace_name="Second")
    assert (again.status_code, again["Location"]) == (fresh.status_code, fresh["Location"])
    assert again.content == fresh.content
    assert User.objects.filter(email__iexact="ada@example.org").count() == 1
    with system_scope("looking"):
        assert not Membership.objects.filter(workspace__name="Second").exists()
    assert "already" in mail.outbox[0].body  # only the holder of the address learns it
    assert mail.outbox[0].to == ["ada@example.org"]


@pytest.mark.promise("P-LEX-1.1-2")
def test_the_same_password_work_is_done_for_an_address_that_is_taken(monkeypatch):
    person("ada@example.org")
    hashed = []
    monkeypatch.setattr("ringtrue.accounts.signing_up.make_password", hashed.append)
    sign_up()
    assert hashed == [PASSWORD]


@pytest.mark.promise("P-LEX-1.1-2")
def test_a_changed_address_has_to_be_confirmed_before_it_counts():
    user = person("ada@example.org")
    client = Client()
    sign_in(client, "ada@example.org")
    client.post("/accounts/email/", {"action_add": "", "email": "Ada.New@Example.org"})
    user.refresh_from_db()
    assert user.email == "ada@example.org"
    assert sign_in(Client(), "ada.new@example.org").status_code == 200  # refused


@pytest.mark.promise("P-ALX-2.1-3")
@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "role", "id", "workspace"])
def test_fields_that_were_not_asked_for_are_refused_and_not_stored(field):
    assert sign_up(**{field: "1"}).status_code == 200
    assert not User.objects.exists()


@pytest.mark.promise("P-ALX-2.1-3")
def test_the_profile_takes_only_the_name():
    user = person("ada@example.org")
    browser(user).post("/accounts/", {"name": "New", "is_staff": "1", "is_superuser": "1", "email": "x@example.org"})
    user.refresh_from_db()
    assert (user.name, user.is_staff, user.is_superuser, user.email) == ("New", False, False, "ada@example.org")


def test_two_workspaces_of_one_name_have_two_addresses():
    from ringtrue.accounts.workspaces import create_workspace

    user = person("ada@example.org")
    first, second = create_workspace(user, "Mill Street"), create_workspace(user, "Mill Street")
    assert first.slug == "mill-street"
    assert second.slug != first.slug
    assert create_workspace(user, "日本").slug.startswith("workspace")
