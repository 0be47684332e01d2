import pytest

from ringtrue.accounts.scoping import system_scope
from ringtrue.calls import reading
from ringtrue.calls.deleting import CallIsLive, delete_call, delete_recording, delete_transcript, orphans
from ringtrue.calls.listening import NoRecording
from ringtrue.calls.messages import NotKept, read, take
from ringtrue.calls.models import Call, CallEventRow, Message, RecordingPiece
from ringtrue.calls.reconciling import end_lost_calls, remove_orphans
from ringtrue.calls.recording import recordings_folder
from ringtrue.calls.stored import stored
from ringtrue.calls.tests.making import SENTENCE, STARTED, a_call, conversation, with_recording
from ringtrue.contacts.gathering import correct
from ringtrue.contacts.models import Contact
from ringtrue.core.models import AuditEntry
from ringtrue.notifications.models import Mail, WebhookDelivery
from ringtrue.notifications.webhooks import add
from ringtrue.privacy.keystore import KeyDestroyed, store
from ringtrue.privacy.models import Erasure


@pytest.mark.promise("P-ALX-6-5", "P-NEJ-4-5", "P-CLX-6-3")
def test_deleting_a_call_leaves_nothing_of_it_and_its_siblings_whole(dental, django_capture_on_commit_callbacks):
    add(dental.workspace.id, "https://example.com/hooks")
    sibling = with_recording(a_call(dental))
    call = with_recording(a_call(dental))
    take(call, name="A", number="1", reason="b")
    with django_capture_on_commit_callbacks(execute=True):
        delete_call(call, actor="user:test")
    assert not Call.objects.filter(id=call.id).exists()
    for rows in (CallEventRow, RecordingPiece, Message, Mail, WebhookDelivery):
        assert not rows.objects.filter(call_id=call.id).exists(), rows
        assert rows is Message or rows.objects.filter(call_id=sibling.id).exists(), rows
    assert not (recordings_folder() / str(call.id)).exists()
    assert b"".join(reading.wav(sibling))
    assert SENTENCE in reading.as_text(sibling)
    store().get(dental.workspace.id, call.subject_id)  # the person still has a call: the key stays
    entry = AuditEntry.objects.get(action="call.deleted")
    assert entry.target == f"call:{call.id}"


@pytest.mark.promise("P-ALX-6-5")
def test_with_the_last_call_the_persons_key_is_destroyed(dental):
    call = a_call(dental)
    delete_call(call, actor="user:test")
    with pytest.raises(KeyDestroyed):
        store().get(dental.workspace.id, call.subject_id)
    assert Erasure.objects.get().reason == "call_deleted"
    assert not Contact.objects.exists()


def test_a_contact_that_a_person_wrote_stays_and_so_does_the_key(dental):
    call = a_call(dental)
    correct(Contact.objects.get(), note="Prefers mornings")
    delete_call(call, actor="user:test")
    assert Contact.objects.get().call_count == 0
    store().get(dental.workspace.id, call.subject_id)


def test_a_live_call_is_not_deleted(dental):
    call = a_call(dental, end=False, events=conversation()[:4])
    with pytest.raises(CallIsLive):
        delete_call(call, actor="user:test")
    assert Call.objects.filter(id=call.id).exists()


def test_isolation_a_call_of_another_workspace_is_out_of_reach(dental, other_workspace):
    from ringtrue.accounts.scoping import workspace_scope

    call = a_call(dental)
    with workspace_scope(other_workspace.workspace.id):
        assert not Call.objects.filter(id=call.id).exists()
        assert reading.told(call) == []


def test_only_the_recording_can_go(dental, django_capture_on_commit_callbacks):
    call = with_recording(a_call(dental))
    with django_capture_on_commit_callbacks(execute=True):
        removed = delete_recording(call)
    assert removed.files == 2
    assert removed.bytes > 2 * 8000 * 4
    with pytest.raises(NoRecording):
        reading.wav(call)
    assert SENTENCE in reading.as_text(call)
    assert not Call.objects.get(id=call.id).recorded


def test_only_the_words_can_go(dental):
    call = with_recording(a_call(dental))
    delete_transcript(call)
    assert SENTENCE not in reading.as_text(call)
    assert not reading.summary(call).kept
    assert reading.numbers(call)["from_number"]
    assert b"".join(reading.wav(call))


def test_what_is_stored_is_listed_with_why_and_until_when(dental):
    call = with_recording(a_call(dental))
    held = {entry.what: entry for entry in stored(call)}
    assert set(held) == {"the fact of the call", "recording", "transcript", "summary"}
    assert held["recording"].period == "12 months, from profile default"
    assert held["recording"].amount == "0 min 2 s in 2 sealed files"
    assert 364 <= (held["recording"].until - call.created_at).days <= 366
    bare = {entry.what for entry in stored(a_call(dental, mode="metadata_only", number="+18565550155"))}
    assert bare == {"the fact of the call"}


def test_no_message_is_kept_in_metadata_only(dental):
    with pytest.raises(NotKept):
        take(a_call(dental, mode="metadata_only"), name="A", number="1", reason="b")
    message = take(a_call(dental, number="+18565550111"), name="Ann", number="+1", reason="teeth")
    assert read(message) == {"name": "Ann", "number": "+1", "reason": "teeth"}
    assert b"teeth" not in bytes(message.sealed)


def test_files_without_a_call_are_removed(dental):
    call = with_recording(a_call(dental))
    with system_scope("as a crash between commit and removal would leave it"):
        Call.objects.filter(id=call.id).delete()
    assert call.id in orphans()
    remove_orphans()
    assert not (recordings_folder() / str(call.id)).exists()


@pytest.mark.promise("P-LEX-1.3-4")
def test_a_call_of_a_dead_process_is_ended_as_lost_with_what_was_told(dental, time_machine):
    time_machine.move_to(STARTED)
    call = a_call(dental, end=False, events=conversation()[:8])
    time_machine.shift(60)
    assert end_lost_calls() == 0  # it may still be going on
    time_machine.shift(3600)
    assert end_lost_calls() == 1
    lost = Call.objects.get(id=call.id)
    assert (lost.state, lost.end_reason, lost.outcome, lost.duration_ms) == ("ended", "lost", "failed", 9000)
    assert SENTENCE in reading.as_text(lost)
    assert end_lost_calls() == 0


def test_a_call_that_no_running_process_serves_is_lost_at_once(dental):
    one = a_call(dental, end=False, events=conversation()[:4])
    other = a_call(dental, end=False, events=conversation()[:4], number="+18565550188")
    assert end_lost_calls(running={str(other.id)}) == 1
    assert Call.objects.get(id=one.id).state == "ended"
    assert Call.objects.get(id=other.id).state == "live"
