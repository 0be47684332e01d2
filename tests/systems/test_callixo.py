"""Callixo: recordings and transcripts for twelve months, restriction on request, gone ninety days after the end (its sections 5 to 8)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import reading, recording
from ringtrue.calls.models import Call, RecordingPiece
from ringtrue.notifications.models import Mail
from ringtrue.privacy import closing, retention
from ringtrue.privacy.models import ClosedWorkspace
from ringtrue.privacy.policy import effective
from ringtrue.rights import answering


def test_from_sign_up_to_the_end(signs_up: Any) -> None:
    customer = signs_up("callixo", "Outbound of Ada")
    assert customer.owner.check_password("seven lanterns under the pier")
    with workspace_scope(customer.id):
        assert effective(customer.id, "retention.recordings").value == "P12M"
        assert effective(customer.id, "residency.at_rest").value == "eu-central-1"
    first = customer.call()
    with workspace_scope(customer.id):
        assert reading.summary(Call.objects.get()).kept
        assert RecordingPiece.objects.filter(call_id=first.call.id).exists()
        answering.answer(customer.person_asks("restriction", place="FR"), "user:x")
        mails = Mail.objects.count()
    with workspace_scope(customer.id):
        again = recording.begin_call(customer.made.version, line="simulated", from_number="+16095550173")
        recording.store_event(again, 1, "heard", {"at_ms": 2, "turn": 1, "start_ms": 1, "end_ms": 2, "text": "it is me again"})
        again = recording.end_call(again)
        assert not reading.summary(again).kept, "what is restricted is kept and not worked on"
        assert Mail.objects.count() == mails
        assert Call.objects.count() == 2

    retention.expire(timezone.now() + timedelta(days=360))
    with workspace_scope(customer.id):
        assert RecordingPiece.objects.filter(call_id=first.call.id).exists()
    retention.expire(timezone.now() + timedelta(days=370))
    with workspace_scope(customer.id):
        assert not RecordingPiece.objects.exists()
        closure = closing.close(customer.id, customer.owner, "owner")
        assert (closure.delete_by - closure.asked_at).days <= 90
    assert closing.finish_due(closure.grace_until) == [customer.id]
    assert ClosedWorkspace.objects.get(id=customer.id).certificate["in_time"]
