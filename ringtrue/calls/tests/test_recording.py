import struct

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ringtrue.calls import reading
from ringtrue.calls.listening import NoRecording
from ringtrue.calls.models import Call, CallEventRow, RecordingPiece
from ringtrue.calls.recording import NewEvent, recordings_folder, store_all, store_event, store_piece
from ringtrue.calls.tests.making import NAME, SENTENCE, a_call, tone, with_recording
from ringtrue.privacy.modes import MODES


def test_what_was_said_is_only_in_sealed_columns(dental):
    call = a_call(dental)
    plain = str(list(CallEventRow.objects.filter(call=call).values("fields", "kind"))) + str(
        Call.objects.values().get(id=call.id)
    )
    assert SENTENCE not in plain
    assert NAME not in plain
    sealed = b"".join(bytes(row.sealed) for row in CallEventRow.objects.filter(call=call))
    assert len(sealed) > 200
    assert SENTENCE.encode() not in sealed


def test_an_event_that_is_sent_twice_is_kept_once(dental):
    call = a_call(dental, end=False)
    before = CallEventRow.objects.filter(call=call).count()
    assert store_event(call, 1, "answered", {"at_ms": 0, "started_at": 1.0}) is None
    assert CallEventRow.objects.filter(call=call).count() == before


def test_turns_of_many_calls_are_counted_in_one_statement(dental):
    calls = [a_call(dental, end=False) for _ in range(5)]
    counted = {call.id: Call.objects.get(id=call.id).turns for call in calls}
    heard = [NewEvent(call, 50 + turn, "heard", {"at_ms": 9000, "turn": 7 + turn}) for turn in range(2) for call in calls[:4]]
    with CaptureQueriesContext(connection) as asked:
        store_all(heard, [])
    assert sum(query["sql"].startswith("UPDATE") for query in asked) == 1
    assert {call.id: Call.objects.get(id=call.id).turns for call in calls} == {
        **dict.fromkeys([call.id for call in calls[:4]], 8), calls[4].id: counted[calls[4].id],
    }  # fmt: skip


def test_the_gate_may_give_content_apart_from_fields(dental):
    call = a_call(dental, end=False, events=[])
    store_event(call, 1, "understood", {"at_ms": 5, "turn": 1}, {"intent": "hours"})
    row = CallEventRow.objects.get(call=call)
    assert row.fields == {"turn": 1}
    assert reading.told(call)[0].fields == {"turn": 1, "intent": "hours"}


@pytest.mark.promise("P-ALX-2.2-2", "P-LEX-1.3-3")
def test_the_transcript_tells_both_sides_with_times_and_what_was_cut_off(dental):
    lines = reading.transcript(a_call(dental))
    assert [(line.speaker, line.start_ms) for line in lines] == [
        ("agent", 200),
        ("caller", 4000),
        ("agent", 6600),
        ("caller", 9100),
    ]
    assert SENTENCE in lines[1].text
    assert lines[1].words == [("Hello,", 4000, 4300)]
    assert lines[2].complete is False


@pytest.mark.promise("P-LEX-1.3-3")
def test_a_recording_stands_without_a_transcript_and_the_reverse(dental):
    both = with_recording(a_call(dental, end=False))
    without_text = with_recording(a_call(dental, events=[]))
    assert [line.text for line in reading.transcript(without_text)] == []
    assert reading.wav(without_text).duration_ms > 0
    without_sound = a_call(dental)
    assert reading.transcript(without_sound)
    with pytest.raises(NoRecording):
        reading.wav(without_sound)
    assert reading.wav(both).duration_ms > 0


@pytest.mark.promise("P-LEX-1.3-2", "P-ALX-2.2-1", "P-CLX-2-5")
def test_the_wav_has_two_channels_in_their_place_with_silence_in_the_gaps(dental):
    call = with_recording(a_call(dental, end=False))
    call.duration_ms = 6000
    wav = reading.wav(call)
    data = b"".join(wav)
    assert len(data) == wav.length
    riff, size, form, fmt, _, code, channels, rate, _, _, bits, tag, length = struct.unpack("<4sI4s4sIHHIIHH4sI", data[:44])
    assert (riff, form, fmt, tag) == (b"RIFF", b"WAVE", b"fmt ", b"data")
    assert (code, channels, rate, bits, size, length) == (1, 2, 8000, 16, len(data) - 8, len(data) - 44)
    frames = np.frombuffer(data[44:], np.int16).reshape(-1, 2)
    assert len(frames) == 6 * 8000  # within a second of the call's own length: to the sample
    assert set(frames[: 3 * 8000, 0]) == {0}
    assert set(frames[3 * 8000 : 4 * 8000, 0]) == {1000}
    assert set(frames[4 * 8000 : 36000, 0]) == {0}
    assert set(frames[36000:44000, 1]) == {-2000}
    assert set(frames[44000:, 1]) == {0}


def test_any_range_of_the_wav_equals_that_range_of_the_whole(dental):
    call = with_recording(a_call(dental))
    wav = reading.wav(call)
    data = b"".join(wav)
    for start, stop in (
        (0, 10),
        (40, 60),
        (44, 45),
        (43, 24000 * 4 + 47),
        (24001 * 4 + 1, 36000 * 4 + 3),
        (len(data) - 5, len(data) + 99),
    ):
        assert b"".join(wav.read(start, stop)) == data[start:stop], (start, stop)


def test_peaks_show_who_speaks_when(dental):
    call = with_recording(a_call(dental))
    caller, agent = reading.peaks(call, 14)
    assert len(caller) == len(agent) == 14
    assert max(caller) == pytest.approx(1000 / 32768, abs=1e-3)
    assert max(agent) == pytest.approx(2000 / 32768, abs=1e-3)
    assert caller[0] == agent[0] == 0
    assert reading.peaks(a_call(dental)) == []


@pytest.mark.promise("P-LEX-1.3-2")
def test_recorded_audio_lies_on_the_disk_only_sealed(dental):
    pcm = tone(1000, caller=12345)
    call = a_call(dental, end=False)
    piece = store_piece(call, 1, 0, 1000, 8000, pcm)
    path = recordings_folder() / piece.file_name
    assert path.stat().st_mode & 0o777 == 0o600
    assert pcm[:64] not in path.read_bytes()
    assert not list(path.parent.glob("*.part"))
    assert Call.objects.get(id=call.id).recorded


def test_a_piece_moved_to_another_call_does_not_open(dental):
    from ringtrue.privacy.vault import Tampered

    one, other = a_call(dental, end=False), a_call(dental, end=False, number="+18565550177")
    a = store_piece(one, 1, 0, 1000, 8000, tone(1000, caller=1))
    b = store_piece(other, 1, 0, 1000, 8000, tone(1000, caller=2))
    (recordings_folder() / b.file_name).write_bytes((recordings_folder() / a.file_name).read_bytes())
    with pytest.raises(Tampered):
        b"".join(reading.wav(other))


def test_metadata_only_keeps_no_word_and_no_sound_even_when_they_come(dental):
    call = a_call(dental, mode="metadata_only", end=False)
    assert store_piece(call, 1, 0, 1000, 8000, tone(1000, caller=5)) is None
    assert not RecordingPiece.objects.exists()
    assert not (recordings_folder() / str(call.id)).exists()
    assert all(not bytes(row.sealed) for row in CallEventRow.objects.filter(call=call))
    assert all(line.text == "" and not line.kept for line in reading.transcript(call))


@pytest.mark.parametrize("mode", MODES)
def test_the_callers_number_is_kept_where_the_mode_keeps_it(dental, mode):
    from ringtrue.privacy.modes import keeps

    assert bool(reading.numbers(a_call(dental, mode=mode)).get("from_number")) is keeps(mode).number


@pytest.mark.promise("P-LEX-1.3-4", "P-CLX-2-7", "P-NEJ-1-14")
def test_the_call_says_when_it_began_and_ended_to_the_millisecond(dental):
    call = a_call(dental)
    assert call.answered_at.timestamp() == 1795284000.0
    assert (call.ended_at - call.answered_at).total_seconds() == 14.0
    assert call.duration_ms == 14000
    assert (call.turns, call.reply_ms_p50, call.end_reason, call.outcome) == (2, 620, "caller_hung_up", "message")
    assert reading.numbers(call)["from_number"] == "+18565550142"
    assert call.agent_version_id == dental.version.id


def test_text_and_json_hold_the_whole_call_and_say_that_it_was_made_automatically(dental):
    import msgspec

    call = a_call(dental)
    text = reading.as_text(call)
    assert "Summary (made automatically):" in text
    assert f"[00:04] Caller: Hello, {SENTENCE}." in text
    assert "(cut off)" in text
    held = msgspec.json.decode(msgspec.json.encode(reading.as_json(call)))
    assert held["summary"]["automatic"] is True
    assert len(held["events"]) == 12
    assert held["call"]["from_number"] == "+18565550142"
