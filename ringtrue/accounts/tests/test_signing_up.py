import msgspec
import pytest
from django.core import mail
from django.test import Client

from ringtrue.accounts import sign_up_fields
from ringtrue.accounts.models import Acceptance, Membership, User
from ringtrue.accounts.scoping import system_scope
from ringtrue.accounts.tests.people import PASSWORD, browser, link_in, person, sign_in
from ringtrue.agents.models import Agent
from ringtrue.rights import own_account

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
    declared = {(k, "2026-11") for k in ("terms", "policy", "adult")}
    assert set(Acceptance.objects.values_list("kind", "version")) == declared | {("transfer", "undeclared")}


@pytest.mark.promise("P-ALX-12-2", "P-LDX-12-2")
@pytest.mark.parametrize(
    ("region", "country"), [("us-east-1", "the United States"), ("eu-central-1", "the European Union"), ("mars-1", "mars-1")]
)
def test_who_lives_elsewhere_is_told_of_the_transfer_and_it_is_recorded(monkeypatch, region, country):
    monkeypatch.setattr(sign_up_fields, "CONFIG", msgspec.structs.replace(sign_up_fields.CONFIG, region=region))
    page = Client().get("/accounts/signup/").content.decode()
    assert f"Your data is kept in {country}, wherever you live." in page
    assert f"I agree that my data is transferred to {country}" in page
    for unsaid in (None, "", "nowhere"):
        assert sign_up(lives=unsaid).status_code == 200
    assert not User.objects.exists(), "nobody is let in who has not said it"
    sign_up(lives="here")
    sign_up(lives="elsewhere", email="bob@example.org", workspace_name="Bob")
    kept = Acceptance.objects.filter(kind="transfer").values_list("user__email", "version")
    assert list(kept) == [("bob@example.org", region)]
    accepted = own_account.export(User.objects.get(email="bob@example.org"))["accepted"]
    assert ("transfer", region) in {(row["kind"], row["version"]) for row in accepted}


@pytest.mark.promise("P-ALX-12-2", "P-LDX-12-2")
def test_where_nobody_said_where_data_lies_everybody_is_told_that_it_may_lie_elsewhere(monkeypatch):
    monkeypatch.setattr(sign_up_fields, "CONFIG", msgspec.structs.replace(sign_up_fields.CONFIG, region=""))
    assert "my data may be kept in another country than mine" in Client().get("/accounts/signup/").content.decode()
    sign_up()
    assert Acceptance.objects.get(kind="transfer").version == "undeclared"


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
    browser(user).post(
        "/accounts/",
        {
            "name": "New",
            "theme": "device",
            "calls_per_page": "25",
            "is_staff": "1",
            "is_superuser": "1",
            "email": "x@example.org",
        },
    )
    user.refresh_from_db()
    assert (user.name, user.is_staff, user.is_superuser, user.email) == ("New", False, False, "ada@example.org")


def test_two_workspaces_of_one_name_have_two_addresses():
    from ringtrue.accounts.workspaces import create_workspace

    user = person("ada@example.org")
    first, second = create_workspace(user, "Mill Street"), create_workspace(user, "Mill Street")
    assert first.slug == "mill-street"
    assert second.slug != first.slug
    assert create_workspace(user, "日本").slug.startswith("workspace")
