"""What a law, a dispute or an agreement needs is neither expired nor erased, until the hold is lifted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ringtrue.calls import recording
from ringtrue.calls.models import Call, RecordingPiece
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.privacy import changing, erasing, legal_holds, retention
from ringtrue.privacy.models import Hold

OLD = datetime(2020, 1, 1, tzinfo=UTC)


def call_from(started, number):
    call = recording.begin_call(started.version, line="simulated", from_number=number)
    recording.store_piece(call, 1, 0, 1000, 8000, b"\x01\x02" * 16000)
    gathering.remember(call.subject, name="Ada", number=number, at=OLD)
    Call.objects.filter(id=call.id).update(state="ended", created_at=OLD, ended_at=OLD)
    return call


@pytest.fixture
def two(dental):
    return call_from(dental, "+16095550173"), call_from(dental, "+16095550174")


def hold(of, reason="dispute", law="Smith v. Riverside, No. 7", subject=None, days=90):
    return legal_holds.place(of.workspace.id, reason, law, of.owner, timezone.now() + timedelta(days=days), subject)


@pytest.mark.promise("P-LEX-2-6", "P-CLX-6-5", "P-CLX-3-6", "P-ALX-3-10", "P-NEJ-2-8", "P-ALX-6-8")
def test_a_held_person_survives_expiry_and_an_erasure_which_names_the_law(dental, two):
    kept, gone = two
    hold(dental, "legal", "26 CFR 1.6001-1", kept.subject)
    retention.expire(timezone.now())
    assert list(Call.objects.values_list("id", flat=True)) == [kept.id]
    assert RecordingPiece.objects.get().call_id == kept.id
    assert Contact.objects.get().subject_id == kept.subject_id
    with pytest.raises(legal_holds.OnHold, match=r"26 CFR 1\.6001-1"):
        erasing.erase_subject(kept.subject, "request", "user:x")
    assert Call.objects.filter(id=kept.id).exists()
    legal_holds.lift(Hold.objects.get(), "user:x")
    erasing.erase_subject(kept.subject, "request", "user:x")
    assert not Call.objects.exists()
    assert gone.id != kept.id


@pytest.mark.promise("P-ALX-6-2")
def test_a_hold_needs_a_reason_of_the_list_a_law_an_owner_and_a_day_of_review(dental):
    for wrong in ({"reason": "habit"}, {"law": " "}, {"days": -1}):
        with pytest.raises(ValueError, match=r"hold is for|which law|which day"):
            hold(dental, **wrong)
    assert not Hold.objects.exists()
    for reason in ("legal", "dispute", "agreement"):
        made = hold(dental, reason)
        assert (made.owner, made.lifted_at) == (dental.owner, None)


def test_a_hold_on_the_workspace_stops_expiry_and_the_preview_says_so(dental, two):
    held = hold(dental)
    assert "calls_call" not in retention.expire(timezone.now())
    assert any("Smith v. Riverside" in s for s in changing.preview(dental.workspace.id, "retention.recordings", "P30D"))
    assert Call.objects.count() == 2
    legal_holds.lift(held, "user:x")
    retention.expire(timezone.now())
    assert not Call.objects.exists()


def test_isolation_a_hold_of_one_workspace_keeps_nothing_of_another(dental, two, other_workspace):
    from ringtrue.accounts.scoping import workspace_scope

    with workspace_scope(other_workspace.workspace.id):
        legal_holds.place(
            other_workspace.workspace.id, "legal", "a law", other_workspace.owner, timezone.now() + timedelta(days=1)
        )
    retention.expire(timezone.now())
    assert not Call.objects.exists()


def test_expiry_that_is_killed_goes_on_with_the_next_run(dental, two, monkeypatch):
    """Killed after the rows of one store were deleted and before its transaction ended."""

    class Killed(BaseException):
        pass

    real = retention.audit.record

    def dies(action, **more):
        if more.get("target") == "calls_recordingpiece":
            raise Killed
        return real(action, **more)

    changing.change(dental.workspace.id, "retention.call_metadata", "P24M", "user:x")
    changing.change(dental.workspace.id, "retention.recordings", "P30D", "user:x")
    Call.objects.update(created_at=timezone.now() - timedelta(days=60))
    monkeypatch.setattr(retention.audit, "record", dies)
    with pytest.raises(Killed):
        retention.expire(timezone.now())
    assert RecordingPiece.objects.count() == 2, "nothing is half gone"
    monkeypatch.setattr(retention.audit, "record", real)
    assert retention.expire(timezone.now())["calls_recordingpiece"].rows == 2
    assert not RecordingPiece.objects.exists()
