"""Leximo Concierge: what a user asks for is done by telephone; people see, correct and delete what is kept (its sections 1, 6, 8)."""

from typing import Any

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.privacy import closing, erasing
from ringtrue.privacy.models import ConsentEvent, Erasure
from ringtrue.privacy.tests.playing import NAME, SENTENCE
from ringtrue.rights import answering
from tests.systems.conftest import opened


def test_from_sign_up_to_the_end(signs_up: Any) -> None:
    customer = signs_up("leximo", "Concierge of Ada")
    first = customer.call(method="asked")
    with workspace_scope(customer.id):
        call = Call.objects.get(id=first.call.id)
        notice = ConsentEvent.objects.get(call_id=call.id, purpose="recording")
        assert (notice.method, notice.wording) == ("asked", "This call is recorded."), "the caller was asked"
        assert call.recorded
        request = answering.answer(customer.person_asks("access", place="DE"), "user:x")
        held = opened(answering.download(request, "Concierge of Ada", "user:x"))
        assert SENTENCE in str(held["data/calls_call.json"])
        assert NAME in str(held["data/calls_message.json"])
        assert [name for name in held if name.startswith("recordings/")]
        answering.answer(customer.person_asks("correction", place="DE"), "user:x", corrections={"name": "Zebulon Quarn"})
        assert "Zebulon Quarn" in str(reading.summary(Call.objects.get()))

        gone = answering.answer(customer.person_asks("deletion", place="DE"), "user:x")
        assert not Call.objects.exists()
        assert erasing.verify(Erasure.objects.get(id=gone.erasure_id).certificate)

    account = customer.client.get("/accounts/data/export/")
    assert customer.owner.email in account.content.decode()
    with workspace_scope(customer.id):
        closure = closing.close(customer.id, customer.owner, "owner")
    certificate = closing.finish(customer.id, closure.grace_until).certificate
    assert certificate["in_time"]
    assert customer.page().status_code in (302, 404)
