"""Nejix: material changes fourteen days before they hold, an answer within thirty days, metadata without end only while the account
lives (its sections 4, 7 and 11)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.privacy import announcing, closing, retention
from ringtrue.privacy.policy import effective
from ringtrue.rights import watching_clocks


def test_from_sign_up_to_the_end(signs_up: Any, mailoutbox: Any) -> None:
    customer = signs_up("nejix", "Phones of Ada")
    customer.choose("storage.mode", "excluding_pii")
    with workspace_scope(customer.id):
        change = announcing.ask(customer.id, "storage.mode", "everything", customer.owner, "owner")
        assert change is not None
        assert (change.effective_at - timezone.now()).days in (13, 14)
    mailoutbox.clear()
    announcing.send_notices()
    assert customer.owner.email in [letter.to[0] for letter in mailoutbox]
    announcing.apply_due(change.effective_at - timedelta(minutes=1))
    with workspace_scope(customer.id):
        assert effective(customer.id, "storage.mode").value == "excluding_pii"
    announcing.apply_due(change.effective_at + timedelta(minutes=1))
    with workspace_scope(customer.id):
        assert effective(customer.id, "storage.mode").value == "everything"

    first = customer.call()
    with workspace_scope(customer.id):
        request = customer.person_asks("access", place="US-TX")
        assert (request.due_at - request.received_at).days <= 30
    told = []
    for share in (0.4, 0.5, 0.8, 1.0, 1.1):
        mailoutbox.clear()
        watching_clocks.warn(request.received_at + (request.due_at - request.received_at) * share + timedelta(seconds=1))
        told.append(len(mailoutbox))
    assert told == [0, 1, 1, 1, 0]

    retention.expire(timezone.now() + timedelta(days=3 * 365))
    with workspace_scope(customer.id):
        kept = Call.objects.filter(id=first.call.id).exists()
        assert kept is (effective(customer.id, "retention.call_metadata").value == "perpetual")
        closure = closing.close(customer.id, customer.owner, "owner")
    assert closing.finish_due(closure.grace_until) == [customer.id], "the end of the account beats without end"
    assert (closure.delete_by - closure.asked_at).days <= 90
