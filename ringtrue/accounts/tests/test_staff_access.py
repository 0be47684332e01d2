"""Staff of the operator see a workspace only as its people let them, and its people see that they did."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts import staff_access, tickets
from ringtrue.accounts.models import StaffGrant, SupportTicket, User
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.core.models import AuditEntry

pytestmark = pytest.mark.usefixtures("fast_passwords")


@pytest.fixture
def staff(db):
    return User.objects.create_user("helper@operator.example", is_staff=True)


@pytest.fixture
def at_desk(staff):
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def ticket(dental):
    return tickets.open_ticket(dental.workspace.id, dental.owner, "help", "the agent mumbles")


def opens(client, dental, page=""):
    return client.get(f"/w/{dental.workspace.slug}/{page}").status_code


@pytest.mark.promise("P-CLX-5-2", "P-CLX-3-3")
def test_staff_get_in_by_a_grant_for_a_ticket_until_it_is_over_and_the_customer_sees_it(
    dental, ticket, staff, at_desk, monkeypatch
):
    assert opens(at_desk, dental, "agents/") == 404, "to staff as to anybody, the workspace does not exist"
    owner = Client()
    owner.force_login(dental.owner)
    asked = {"email": staff.email, "reason": "hear what it says", "hours": "4"}
    owner.post(f"/w/{dental.workspace.slug}/support/{ticket.id}/grant/", asked)
    grant = StaffGrant.objects.get()
    assert timedelta(hours=3) < grant.until - timezone.now() <= timedelta(hours=4)
    assert opens(at_desk, dental, "agents/") == 200
    assert opens(at_desk, dental, "calls/") == 403, "calls are not for staff"
    shown = owner.get(f"/w/{dental.workspace.slug}/support/").content.decode()
    assert staff.email in shown
    assert "hear what it says" in shown
    assert "Last looked" in shown
    looked = AuditEntry.objects.filter(action="staff.looked")
    assert looked.get().detail == {"ticket": str(ticket.id)}
    monkeypatch.setattr(staff_access.timezone, "now", lambda: grant.until)
    assert opens(at_desk, dental, "agents/") == 404, "it ended by itself"


@pytest.mark.promise("P-CLX-3-3")
@pytest.mark.parametrize("how", ["ended", "ticket closed"])
def test_the_customer_ends_it_at_once(dental, ticket, staff, at_desk, how):
    grant = staff_access.give(ticket, staff.email, "look", 24, dental.owner)
    assert opens(at_desk, dental, "agents/") == 200
    if how == "ended":
        staff_access.end(grant, dental.owner)
    else:
        staff_access.close(ticket, dental.owner)
    assert opens(at_desk, dental, "agents/") == 404


@pytest.mark.promise("P-CLX-3-3")
def test_no_grant_without_reason_ticket_staff_or_for_more_than_a_day(dental, ticket, staff):
    wrong = [(staff.email, " ", 4), (dental.owner.email, "x", 4), (staff.email, "x", 25), (staff.email, "x", 0)]
    for email, reason, hours in wrong:
        with pytest.raises(ValueError):  # noqa: PT011 - four sentences
            staff_access.give(ticket, email, reason, hours, dental.owner)
    staff_access.close(ticket, dental.owner)
    ticket.refresh_from_db()
    with pytest.raises(ValueError, match="closed"):
        staff_access.give(ticket, staff.email, "x", 4, dental.owner)
    assert not StaffGrant.objects.exists()


def test_isolation_a_grant_opens_one_workspace(dental, other_workspace, ticket, staff, at_desk):
    staff_access.give(ticket, staff.email, "look", 4, dental.owner)
    assert at_desk.get(f"/w/{other_workspace.workspace.slug}/").status_code == 404


@pytest.mark.promise("P-ALX-2.1-8", "P-ALX-2.1-10", "P-NEJ-1-9", "P-NEJ-1-8")
def test_what_was_written_is_kept_encrypted_exported_and_goes_with_the_account(dental, django_user_model):
    from ringtrue.accounts.models import Membership
    from ringtrue.rights import own_account

    writer = django_user_model.objects.create_user("writer@dental.example")
    Membership.objects.create(workspace=dental.workspace, user=writer, role="viewer")
    client = Client()
    client.force_login(writer)
    page = f"/w/{dental.workspace.slug}/support/"
    written = {"help": "how do I forward", "feedback": "the calendar is too small", "other": "a greeting to you all"}
    for kind, words in written.items():
        client.post(page, {"kind": kind, "words": words, "about": "page:calendar"})
    assert all(words not in row for row in SupportTicket.objects.values_list("sealed", flat=True) for words in written.values())
    exported = own_account.export(writer)["written_to_support"]
    assert {t["kind"]: t["words"] for t in exported} == written
    assert {t["about"] for t in exported} == {"page:calendar"}
    assert "the calendar is too small" in client.get(page).content.decode()
    own_account.end(writer)
    with workspace_scope(dental.workspace.id):
        assert not SupportTicket.objects.exists()
