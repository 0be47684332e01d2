import pytest

from ringtrue.calls.deleting import delete_call, delete_transcript
from ringtrue.calls.searching import search
from ringtrue.calls.tests.making import a_call
from ringtrue.contacts.gathering import correct
from ringtrue.contacts.models import Contact, SearchToken


@pytest.mark.parametrize(
    "text",
    [
        "Marigold",
        "marigold ashdown",
        "+18565550142",
        "0142",
        "(856) 555-0142",
        "555 0142",
        "breakfast",
        "CROWN breakfast",
        "Ashdown crown",
    ],
)
def test_a_call_is_found_by_name_number_and_word(dental, text):
    call = a_call(dental)
    a_call(dental, events=[], number="+18565550199")
    assert search(dental.workspace.id, text).calls == {call.id}


@pytest.mark.parametrize("text", ["", "  ", "the", "Marigold tulip", "9999", "142", "Ashdow"])
def test_what_does_not_fit_finds_nothing(dental, text):
    a_call(dental)
    assert search(dental.workspace.id, text) == (set(), set())


def test_accents_and_case_do_not_matter(dental):
    call = a_call(dental)
    contact = Contact.objects.get(subject=call.subject)
    from ringtrue.calls.searching import index_contact

    index_contact(correct(contact, name="Zoë O’Brien", email="Zoe@Example.com"))
    for text in ("zoe", "ZOË obrien", "o'brien", "zoe@example.com"):
        assert search(dental.workspace.id, text).contacts == {contact.id}, text
    assert search(dental.workspace.id, "Marigold").contacts == set()  # the old name went


def test_the_index_holds_no_readable_word(dental):
    a_call(dental)
    tokens = list(SearchToken.objects.values_list("token", flat=True))
    assert len(tokens) > 10
    assert all(len(token) == 32 and set(token) <= set("0123456789abcdef") for token in tokens)


def test_isolation_search_finds_nothing_of_another_workspace(dental, other_workspace):
    a_call(dental)
    assert search(other_workspace.workspace.id, "Marigold") == (set(), set())


def test_nothing_is_found_after_deletion(dental):
    call = a_call(dental)
    delete_call(call, actor="user:test")
    for text in ("Marigold", "0142", "breakfast"):
        assert search(dental.workspace.id, text) == (set(), set()), text
    assert not SearchToken.objects.exists()


def test_words_go_with_the_transcript(dental):
    call = a_call(dental)
    delete_transcript(call)
    assert search(dental.workspace.id, "breakfast").calls == set()


def test_what_the_mode_did_not_keep_cannot_be_found(dental):
    a_call(dental, mode="metadata_only")
    assert not SearchToken.objects.exists()
