from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts import invitations, members
from ringtrue.accounts.models import Invitation, Membership, User
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.accounts.tests.people import PASSWORD, browser, link_in, member, person, sign_in
from ringtrue.accounts.workspaces import create_workspace
from ringtrue.core.models import AuditEntry

pytestmark = pytest.mark.usefixtures("db", "fast_passwords")


@pytest.fixture
def place():
    owner = person("owner@example.org", "Olga Owner")
    workspace = create_workspace(owner, "Mill Street")
    return workspace, owner


def role_in(workspace, user):
    with workspace_scope(workspace.id):
        found = Membership.objects.filter(user=user).first()
    return found.role if found else None


def invite(place, email="bo@example.org", role="viewer"):
    workspace, owner = place
    return browser(owner).post(f"/w/{workspace.slug}/members/invite/", {"email": email, "role": role})


def test_a_known_person_joins_by_the_mailed_link_once(place, mailoutbox):
    workspace, _ = place
    bo = person("bo@example.org")
    assert invite(place, "Bo@Example.org").status_code == 302
    (mail,) = mailoutbox
    assert mail.to == ["bo@example.org"]
    path = link_in(mail)
    client = browser(bo)
    assert "Mill Street" in client.get(path).content.decode()
    assert role_in(workspace, bo) is None  # looking is not joining
    assert client.post(path)["Location"] == "/w/mill-street/"
    assert role_in(workspace, bo) == "viewer"
    assert client.post(path).status_code == 410
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert actions.count("member.invited") == actions.count("member.joined") == 1


def test_a_new_person_signs_up_through_the_link_and_needs_no_second_mail(place, mailoutbox):
    workspace, _ = place
    invite(place, role="builder")
    client = Client()
    path = link_in(mailoutbox[0])
    assert client.post(path, {"way": "new"})["Location"] == "/accounts/signup/"
    page = client.get("/accounts/signup/").content.decode()
    assert "Mill Street" in page
    assert "bo@example.org" in page
    # Another address in the form changes nothing: the mail that carried the link went to this one.
    form = {"name": "Bo", "email": "eve@example.org", "password1": PASSWORD, "terms": "on", "adult": "on"}
    answer = client.post("/accounts/signup/", form)
    assert answer["Location"] == "/", answer.content
    assert client.get("/")["Location"] == "/w/mill-street/"
    bo = User.objects.get(email="bo@example.org")
    assert role_in(workspace, bo) == "builder"
    assert not User.objects.filter(email="eve@example.org").exists()
    assert len(mailoutbox) == 1


def test_someone_with_an_account_is_led_through_sign_in_and_back(place, mailoutbox):
    person("bo@example.org")
    invite(place)
    path = link_in(mailoutbox[0])
    client = Client()
    to_sign_in = client.post(path, {"way": "known"})["Location"]
    assert to_sign_in == f"/accounts/login/?next={path}"
    answer = client.post(to_sign_in, {"login": "bo@example.org", "password": PASSWORD, "next": path})
    assert answer["Location"] == path


def test_the_link_is_for_its_address_only(place, mailoutbox):
    workspace, _ = place
    eve = person("eve@example.org")
    invite(place)
    path = link_in(mailoutbox[0])
    assert browser(eve).post(path).status_code == 200
    assert role_in(workspace, eve) is None
    with pytest.raises(invitations.NotForYou), system_scope("a test"):
        invitations.accept(Invitation.objects.get(), eve)


def test_the_database_holds_no_link_that_works(place, mailoutbox):
    invite(place)
    token = link_in(mailoutbox[0]).rstrip("/").rpartition("/")[2]
    with system_scope("a test"):
        held = Invitation.objects.get()
    assert token not in repr(held.__dict__)
    assert invitations.find(held.token_hash) is None
    assert invitations.find(token) == held


def test_a_link_ends_when_it_is_taken_back_replaced_or_a_week_old(place, mailoutbox):
    workspace, owner = place
    bo = person("bo@example.org")
    invite(place)
    invite(place, role="qa")
    first, second = (link_in(mail) for mail in mailoutbox)
    assert browser(bo).post(first).status_code == 410
    with system_scope("a test"):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser(bo).post(second).status_code == 410
    invite(place)
    with system_scope("a test"):
        newest = Invitation.objects.order_by("-created_at").first()
    browser(owner).post(f"/w/{workspace.slug}/invitations/{newest.id}/end/")
    assert browser(bo).post(link_in(mailoutbox[2])).status_code == 410
    assert role_in(workspace, bo) is None


def test_an_invitation_cannot_lift_anyone_above_who_sends_it(place, mailoutbox):
    workspace, _ = place
    admin = member(workspace, "admin@example.org", "admin")
    path = f"/w/{workspace.slug}/members/invite/"
    assert browser(admin).post(path, {"email": "bo@example.org", "role": "owner"}).status_code == 400
    assert browser(admin).post(path, {"email": "bo@example.org", "role": "root"}).status_code == 400
    assert mailoutbox == []
    assert browser(admin).post(path, {"email": "bo@example.org", "role": "admin"}).status_code == 302


def change(workspace, by, whom, **data):
    with workspace_scope(workspace.id):
        held = Membership.objects.get(user=whom)
    return browser(by).post(f"/w/{workspace.slug}/members/{held.id}/", data)


def test_the_last_owner_can_be_neither_removed_nor_demoted_nor_leave(place):
    workspace, owner = place
    change(workspace, owner, owner, role="viewer")
    change(workspace, owner, owner, remove="1")
    browser(owner).post(f"/w/{workspace.slug}/members/leave/")
    assert role_in(workspace, owner) == "owner"
    second = member(workspace, "second@example.org", "owner")
    change(workspace, owner, owner, role="viewer")
    assert role_in(workspace, owner) == "viewer"
    change(workspace, second, second, remove="1")
    assert role_in(workspace, second) == "owner"


def test_an_admin_changes_everyone_but_owners(place):
    workspace, owner = place
    admin, viewer = member(workspace, "admin@example.org", "admin"), member(workspace, "viewer@example.org", "viewer")
    member(workspace, "owner2@example.org", "owner")
    for data in ({"role": "viewer"}, {"remove": "1"}):
        change(workspace, admin, owner, **data)
        assert role_in(workspace, owner) == "owner"
    change(workspace, admin, admin, role="owner")
    assert role_in(workspace, admin) == "admin"
    change(workspace, admin, viewer, role="owner")
    assert role_in(workspace, viewer) == "viewer"
    change(workspace, admin, viewer, role="qa")
    assert role_in(workspace, viewer) == "qa"
    change(workspace, admin, viewer, remove="1")
    assert role_in(workspace, viewer) is None
    changed = AuditEntry.objects.get(action="member.role_changed")
    assert (changed.detail, changed.actor) == ({"before": "viewer", "after": "qa"}, f"user:{admin.id}")


def test_a_role_that_may_not_change_members_cannot_through_the_functions_either(place):
    workspace, _ = place
    viewer, other = member(workspace, "v@example.org", "viewer"), member(workspace, "q@example.org", "qa")
    with workspace_scope(workspace.id):
        held = Membership.objects.get(user=other)
    with pytest.raises(members.NotAllowed):
        members.change_role(workspace, held, "viewer", viewer, "viewer")
    with pytest.raises(members.NotAllowed):
        members.remove(workspace, held, viewer, "viewer")


def test_anyone_may_leave(place):
    workspace, _ = place
    billing = member(workspace, "b@example.org", "billing")
    assert browser(billing).post(f"/w/{workspace.slug}/members/leave/")["Location"] == "/"
    assert role_in(workspace, billing) is None


def test_where_a_person_lands(place):
    workspace, owner = place
    client = Client()
    assert sign_in(client, "owner@example.org")["Location"] == f"/w/{workspace.slug}/"
    person("alone@example.org")
    assert sign_in(Client(), "alone@example.org")["Location"] == "/accounts/workspaces/new/"
    del owner
