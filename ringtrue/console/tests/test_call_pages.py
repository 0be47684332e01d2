"""The list of calls and the page of one: found by what was said, heard in ranges, explained where something is missing."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import async_to_sync

from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.console.tests.showing import HELLO, play_call, said, show
from ringtrue.console.views.audio import A_RANGE
from ringtrue.core.models import AuditEntry


@pytest.fixture
def one(dental):
    return play_call(dental, said(*HELLO, ("caller", "Do you repair dentures on Wednesday?"), ("agent", "Let me look.")))


def whole(answer):
    async def gathered():
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(gathered)()


def test_the_page_tells_who_called_what_was_said_and_what_is_stored(signed_in, dental, at):
    shown = show(dental)
    page = signed_in.get(at(f"calls/{shown.message.id}/")).content.decode()
    for words in (
        "Maria Alvarez",
        "+1 856-555-0142",
        "my crown came loose",
        "Message taken",
        "Recording was announced",
        "12 months",
        "Delete for good",
    ):
        assert words in page, words
    assert 'data-testid="player"' in page


def test_what_was_never_kept_is_explained_and_not_shown(signed_in, dental, at):
    shown = show(dental)
    page = signed_in.get(at(f"calls/{shown.metadata.id}/")).content.decode()
    assert "Nothing that the caller said was kept" in page
    assert "never kept" not in page
    assert "(words not kept)" not in page  # a list of gaps would tell nothing
    assert 'data-testid="player"' not in page
    page = signed_in.get(at(f"calls/{shown.unrecorded.id}/")).content.decode()
    assert "was asked and said no" in page
    assert "Is there parking?" in page
    page = signed_in.get(at(f"calls/{shown.pii.id}/")).content.decode()
    assert "were taken out before anything was stored" in page


def test_search_finds_a_word_that_was_said_without_putting_it_in_an_address(signed_in, one, at):
    page = signed_in.post(at("calls/"), {"q": "dentures"}, headers={"HX-Request": "true"}).content.decode()
    assert str(one.id) in page
    assert "No call fits" in signed_in.post(at("calls/"), {"q": "wheelbarrow"}).content.decode()
    assert str(one.id) in signed_in.get(at("calls/?q=wheelbarrow")).content.decode()  # an address is no place for a search


def test_filters(signed_in, dental, at):
    shown = show(dental)

    def found(**chosen):
        page = signed_in.post(at("calls/"), chosen).content.decode()
        return {name for name, call in shown._asdict().items() if str(call.id) in page}

    assert found(outcome="booking") == {"booking"}
    assert found(recorded="no") == {"unrecorded", "metadata"}
    assert found(line="browser") == set()
    assert found(since="2031-01-01") == set()
    assert found(agent="another") == set()
    assert found() == set(shown._fields)


def test_audio_is_given_in_ranges(signed_in, one, at):
    everything = b"".join(reading.wav(one))
    address = at(f"calls/{one.id}/audio/")
    answer = signed_in.get(address, headers={"Range": "bytes=100-299"})
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes 100-299/{len(everything)}"
    assert answer.content == everything[100:300]
    last = signed_in.get(address, headers={"Range": "bytes=-50"})
    assert last.content == everything[-50:]
    rest = signed_in.get(address, headers={"Range": "bytes=0-"})
    assert rest.status_code == 206
    assert rest.content == everything[:A_RANGE]
    assert signed_in.get(address, headers={"Range": f"bytes={len(everything)}-"}).status_code == 416
    plain = signed_in.get(address)
    assert plain.status_code == 200
    assert whole(plain) == everything


def test_a_call_without_audio_has_none_to_give(signed_in, dental, at):
    call = play_call(dental, said(*HELLO), recorded=False)
    assert signed_in.get(at(f"calls/{call.id}/audio/")).status_code == 404
    assert signed_in.get(at(f"calls/{call.id}/peaks/")).json()["peaks"] == []


def test_downloads_are_written_down_and_name_nobody(signed_in, one, at):
    text = signed_in.get(at(f"calls/{one.id}/download/text/?purpose=quality"))
    assert "repair dentures" in text.content.decode()
    data = json.loads(signed_in.get(at(f"calls/{one.id}/download/json/?purpose=quality")).content)
    assert data["call"]["id"] == str(one.id)
    sound = signed_in.get(at(f"calls/{one.id}/download/audio/?purpose=legal"))
    assert whole(sound)[:4] == b"RIFF"
    assert "8565550142" not in text["Content-Disposition"] + sound["Content-Disposition"]
    noted = AuditEntry.objects.filter(action="call.downloaded", target=f"call:{one.id}")
    assert {entry.detail["form"] for entry in noted} == {"text", "json", "wav"}


def test_an_outcome_can_be_corrected_from_the_list_only(signed_in, one, at):
    signed_in.post(at(f"calls/{one.id}/outcome/"), {"outcome": "message"})
    one.refresh_from_db()
    assert one.outcome == "message"
    signed_in.post(at(f"calls/{one.id}/outcome/"), {"outcome": "invented"})
    one.refresh_from_db()
    assert one.outcome == "message"
    assert AuditEntry.objects.get(action="call.outcome_corrected").detail["after"] == "message"


def test_a_deleted_call_is_gone(signed_in, one, at):
    assert signed_in.post(at(f"calls/{one.id}/delete/")).status_code == 302
    assert not Call.objects.filter(id=one.id).exists()
    assert signed_in.get(at(f"calls/{one.id}/")).status_code == 404


def test_a_call_in_which_someone_speaks_is_not_deleted(signed_in, dental, at):
    call = play_call(dental, said(*HELLO), end=False)
    signed_in.post(at(f"calls/{call.id}/delete/"))
    assert Call.objects.filter(id=call.id).exists()


def test_a_message_waits_on_the_home_page_until_it_is_done(signed_in, dental, at):
    shown = show(dental)
    assert "A crown came loose" in signed_in.get(at()).content.decode()
    message = shown.message.messages.get()
    signed_in.post(at(f"messages/{message.id}/done/"))
    assert "Nothing waits." in signed_in.get(at()).content.decode()
    message.refresh_from_db()
    assert message.done_at is not None
