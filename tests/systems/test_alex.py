"""ALEX: answers a business's calls as its processor; the business deletes calls itself; a closed account can be taken up again
(its sections 3, 4.2, 6 and 7)."""

from datetime import timedelta
from typing import Any

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.privacy import closing
from ringtrue.privacy.policy import effective
from ringtrue.rights import watching_clocks


def test_from_sign_up_to_the_end(signs_up: Any, mailoutbox: Any) -> None:
    customer = signs_up("alex", "Ada Plumbing")
    first, second = customer.call(), customer.call(number="+16095550188")
    assert customer.page("calls/").status_code == 200
    customer.client.post(f"/w/{customer.workspace.slug}/calls/{second.call.id}/delete/")
    with workspace_scope(customer.id):
        assert list(Call.objects.values_list("id", flat=True)) == [first.call.id], "one call went, by the business's own hand"
        request = customer.person_asks("know", place="US-CA")
        assert (request.due_at - request.received_at).days <= 45, "by the law, or sooner where more was promised"
        mailoutbox.clear()
    watching_clocks.warn(request.received_at + (request.due_at - request.received_at) / 2 + timedelta(hours=1))
    assert [letter.to for letter in mailoutbox] == [[customer.owner.email]], (
        "a caller's request goes to the business, with its clock"
    )

    with workspace_scope(customer.id):
        closure = closing.close(customer.id, customer.owner, "owner")
        assert (closure.grace_until - closure.asked_at).days in (59, 60)
        assert effective(customer.id, "voice.enabled").value is False
        assert closing.take_up(customer.id, customer.owner, "owner")
        assert effective(customer.id, "voice.enabled").value is True
        assert Call.objects.filter(id=first.call.id).exists()
        again = closing.close(customer.id, customer.owner, "owner")
    assert closing.finish_due(again.grace_until) == [customer.id]
