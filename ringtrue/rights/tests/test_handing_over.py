"""A workspace passes to another company only after its people were told and had time to choose."""

from datetime import timedelta

import pytest

from ringtrue.accounts.models import Membership, User
from ringtrue.rights import handing_over

pytestmark = pytest.mark.usefixtures("fast_passwords")


@pytest.fixture
def announced(dental, mails):
    member = User.objects.create_user("mary@dental.example")
    Membership.objects.create(workspace=dental.workspace, user=member, role="viewer")
    User.objects.create_user("boss@bigger.example")
    return handing_over.announce(dental.workspace.id, "Bigger Dental", "boss@bigger.example", f"user:{dental.owner.id}")


@pytest.mark.promise("P-ALX-4-2", "P-ALX-13-1", "P-NEJ-3-4", "P-LDX-5-6")
def test_everybody_is_told_with_what_they_may_choose_before_anything_passes(dental, announced, mails):
    assert {mail.to[0] for mail in mails} == {"owner@dental.example", "mary@dental.example"}
    for choice in ("/accounts/data/", "/settings/registers/", "/settings/close/"):
        assert choice in mails[0].body
    assert "Bigger Dental" in mails[0].subject
    for days in (0, 29):
        with pytest.raises(handing_over.NotYet):
            handing_over.complete(announced, "user:x", announced.announced_at + timedelta(days=days))
    assert Membership.objects.get(role="owner").user == dental.owner
    handing_over.complete(announced, "user:x", announced.effective_at)
    assert Membership.objects.get(role="owner").user.email == "boss@bigger.example"
    assert not Membership.objects.filter(user=dental.owner).exists()
    with pytest.raises(handing_over.NotYet):
        handing_over.complete(announced, "user:x", announced.effective_at)


@pytest.mark.promise("P-ALX-4-2", "P-NEJ-3-4")
def test_an_owner_who_objects_in_time_stops_it(dental, announced):
    assert not handing_over.object_to(announced, dental.owner, "admin")
    assert handing_over.object_to(announced, dental.owner, "owner")
    with pytest.raises(handing_over.NotYet):
        handing_over.complete(announced, "user:x", announced.effective_at + timedelta(days=1))
    assert Membership.objects.get(role="owner").user == dental.owner


def test_nothing_passes_to_an_account_that_there_is_not(dental, announced):
    User.objects.filter(email="boss@bigger.example").delete()
    with pytest.raises(handing_over.NotYet):
        handing_over.complete(announced, "user:x", announced.effective_at)
    for company, email in (("", "a@b.c"), ("X", "nobody")):
        with pytest.raises(ValueError, match="say which company"):
            handing_over.announce(dental.workspace.id, company, email, "user:x")
