from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ringtrue.accounts.models import SignIn
from ringtrue.calls import recording
from ringtrue.calls.models import Call, CallEventRow, RecordingPiece
from ringtrue.privacy import changing, retention
from ringtrue.privacy.data_map import Removed

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def call_of(started, months_and_a_day):
    """A call that ended so long ago, with a recording."""
    call = recording.begin_call(started.version, line="simulated", from_number="+16095550173")
    recording.store_piece(call, 1, 0, 1000, 8000, b"\x01\x02" * 16000)
    recording.store_event(call, 1, "heard", {"at_ms": 1, "turn": 1, "start_ms": 0, "end_ms": 1, "text": "good morning"})
    Call.objects.filter(id=call.id).update(state="ended", created_at=months_and_a_day, ended_at=months_and_a_day)
    return call


@pytest.mark.promise("P-CLX-6-2")
def test_recording_and_transcript_are_there_the_day_before_and_gone_the_day_after(dental):
    kept = call_of(dental, datetime(2025, 11, 22, tzinfo=UTC))
    old = call_of(dental, datetime(2025, 11, 20, tzinfo=UTC))
    gone = retention.expire(NOW)
    assert gone["calls_recordingpiece"].files == 1
    assert list(RecordingPiece.objects.values_list("call_id", flat=True)) == [kept.id]
    with_text = CallEventRow.objects.exclude(sealed=b"").values_list("call_id", flat=True)
    assert list(with_text) == [kept.id]
    assert Call.objects.filter(id=old.id).exists(), "that there was a call is kept longer"
    assert retention.expire(NOW) == {}, "a second run finds nothing"


def test_a_workspace_may_keep_less_and_a_preview_counts_what_would_go(dental):
    call_of(dental, NOW - timedelta(days=40))
    said = changing.preview(dental.workspace.id, "retention.recordings", "P30D")
    assert said[0] == "Kept for 30 days."
    assert said[1].startswith("1 is older")
    assert RecordingPiece.objects.count() == 1
    changing.change(dental.workspace.id, "retention.recordings", "P30D", "user:x")
    retention.expire(timezone.now())
    assert RecordingPiece.objects.count() == 0


def test_a_store_that_fails_does_not_keep_the_others(dental, monkeypatch):
    call_of(dental, datetime(2024, 1, 1, tzinfo=UTC))
    real = retention._expiring

    def broken(workspace_id, cutoff):
        raise RuntimeError

    import msgspec

    def with_a_broken_one(*, installation):
        return [
            msgspec.structs.replace(s, expire=broken) if s.store == "contacts_contact" else s
            for s in real(installation=installation)
        ]

    monkeypatch.setattr(retention, "_expiring", with_a_broken_one)
    assert "calls_call" in retention.expire(NOW)
    assert not Call.objects.exists()


@pytest.mark.promise("P-LEX-1.4-1")
def test_addresses_of_sessions_go_before_the_sessions(dental):
    def session(days, n):
        return SignIn.objects.create(user=dental.owner, session_hash=str(n), ip="203.0.113.7", seen_at=NOW - timedelta(days=days))

    fresh, middle, old = session(1, 1), session(40, 2), session(100, 3)
    gone = retention.expire(NOW)
    assert gone["accounts_signin"] == Removed(rows=1)
    fresh.refresh_from_db()
    middle.refresh_from_db()
    assert (fresh.ip, middle.ip) == ("203.0.113.7", None)
    assert not SignIn.objects.filter(id=old.id).exists()


def test_isolation_expiry_of_one_workspace_leaves_the_other(dental, other_workspace):
    from ringtrue.accounts.scoping import workspace_scope

    with workspace_scope(other_workspace.workspace.id):
        call_of(other_workspace, NOW - timedelta(days=40))
    changing.change(dental.workspace.id, "retention.recordings", "P30D", "user:x")
    retention.expire(NOW)
    with workspace_scope(other_workspace.workspace.id):
        assert RecordingPiece.objects.count() == 1
