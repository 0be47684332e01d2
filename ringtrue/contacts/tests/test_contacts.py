from datetime import UTC, datetime

import pytest

from ringtrue.calls.tests.making import NAME, NUMBER, a_call
from ringtrue.contacts.gathering import correct, read, remember
from ringtrue.contacts.models import Contact
from ringtrue.privacy.subjects import subject_for_number

AT = datetime(2026, 11, 21, 18, tzinfo=UTC)


@pytest.mark.promise("P-ALX-2.2-3")
def test_the_caller_becomes_a_contact_that_can_be_corrected(dental):
    a_call(dental)
    contact = Contact.objects.get()
    assert read(contact) == {"name": NAME, "number": NUMBER}
    assert NAME.encode() not in bytes(contact.sealed)
    assert read(correct(contact, email="marigold@example.com"))["email"] == "marigold@example.com"


def test_calls_of_one_person_are_one_contact(dental):
    a_call(dental)
    a_call(dental)
    assert Contact.objects.get().call_count == 2
    a_call(dental, number="+18565550177")
    assert Contact.objects.count() == 2


def test_a_later_call_fills_in_but_never_overwrites_what_a_person_typed(dental):
    subject = subject_for_number(dental.workspace.id, NUMBER)
    contact = remember(subject, name="Mary Gold", number=NUMBER, at=AT)
    assert read(remember(subject, name="Marigold", at=AT))["name"] == "Marigold"
    correct(contact, name="Ms. Ashdown")
    again = remember(subject, name="Mary Golden", email="m@example.com", at=AT)
    assert read(again)["name"] == "Ms. Ashdown"
    assert read(again)["email"] == "m@example.com"
    correct(contact, note="")
    assert read(remember(subject, at=AT))["typed"] == ["name", "note"]


def test_an_unknown_field_is_refused(dental):
    contact = remember(subject_for_number(dental.workspace.id, NUMBER), name="A", at=AT)
    with pytest.raises(KeyError):
        correct(contact, shoe_size="38")


@pytest.mark.parametrize("mode", ["excluding_pii", "metadata_only"])
def test_where_the_mode_keeps_no_person_there_is_no_contact(dental, mode):
    a_call(dental, mode=mode)
    assert not Contact.objects.exists()


def test_isolation_a_contact_is_seen_in_its_workspace_only(dental, other_workspace):
    from ringtrue.accounts.scoping import workspace_scope

    a_call(dental)
    with workspace_scope(other_workspace.workspace.id):
        assert not Contact.objects.exists()
