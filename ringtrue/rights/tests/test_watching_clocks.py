"""Half, four fifths, due: each told once, by mail, without a word about the person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ringtrue.privacy import changing
from ringtrue.rights import answering, watching_clocks
from ringtrue.rights.models import RequestStep, RightsRequest


@pytest.mark.promise("P-NEJ-7-6")
def test_thirty_days_with_warnings_at_half_four_fifths_and_due(ada, asked, mails, dental):
    changing.change(dental.workspace.id, "profile", "nejix", "user:x")
    changing.change(dental.workspace.id, "rights.for_all", False, "user:x")
    request = asked("access", place="US-CA")
    assert request.due_at - request.received_at == timedelta(days=30)
    mails.clear()
    for day, total in ((14.9, 0), (15, 1), (15.1, 1), (23.9, 1), (24, 2), (29.9, 2), (30, 3), (40, 3)):
        watching_clocks.warn(request.received_at + timedelta(days=day))
        assert len(mails) == total, day
    assert all(letter.to == ["owner@dental.example"] for letter in mails)
    assert ["Half" in mails[0].body, "fifth" in mails[1].body, "due" in mails[2].subject] == [True] * 3
    assert not any("Ada" in f"{letter.subject}{letter.body}" or "ada@" in letter.body for letter in mails)
    assert RequestStep.objects.filter(request=request, what="warned").count() == 3


def test_an_answered_request_warns_nobody(ada, asked, mails):
    request = answering.answer(asked("access"), "user:x")
    mails.clear()
    assert watching_clocks.warn(request.due_at) == 0
    assert mails == []


def test_a_request_that_nobody_verified_lapses(ada, asked):
    request = asked("access", verified=False)
    assert watching_clocks.lapse(timezone.now() + timedelta(days=59)) == 0
    assert watching_clocks.lapse(timezone.now() + timedelta(days=61)) == 1
    assert RightsRequest.objects.get(id=request.id).state == "lapsed"
