"""LeadiumX: three ways to store a call, chosen by the workspace; objections; erased from active systems at once (its sections 6, 8
and 9)."""

from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import reading
from ringtrue.calls.models import Call, RecordingPiece
from ringtrue.privacy import erasing, legal_holds, restricting
from ringtrue.privacy.keystore import KeyDestroyed, store
from ringtrue.privacy.models import Subject
from ringtrue.privacy.tests.playing import NAME, SENTENCE
from ringtrue.rights import answering

KEPT = {"everything": (True, True, True), "excluding_pii": (True, False, True), "metadata_only": (False, False, False)}


def test_from_sign_up_to_the_end(signs_up: Any) -> None:
    customer = signs_up("leadiumx", "Leads of Ada")
    seen = {}
    for number, mode in enumerate(KEPT):
        play = customer.call(storage_mode=mode, number=f"+1609555017{number}")
        with workspace_scope(customer.id):
            call = Call.objects.get(id=play.call.id)
            said = " ".join(line.text.lower() for line in reading.transcript(call))
            recorded = RecordingPiece.objects.filter(call=call).exists()
            seen[mode] = (SENTENCE in said, NAME.lower() in said, recorded)
            assert call.duration_ms == 20_000, "that there was a call is known in each"
    assert seen == KEPT

    customer.call()
    with workspace_scope(customer.id):
        person = Subject.objects.get(id=customer.person_asks("objection", place="GB", purposes=["calls"]).subject_id)
        request = customer.person_asks("objection", place="GB", purposes=["calls", "marketing"])
        answering.answer(request, "user:x")
        assert not restricting.allowed(person, "calls")
        assert not restricting.allowed(person, "marketing")
        others = Call.objects.exclude(subject=person).count()
        erasing.erase_subject(person, "request", "user:x")
        assert Call.objects.count() == others
        with pytest.raises(KeyDestroyed):
            store().get(customer.id, person.id)
        assert legal_holds.on(person) is None
