from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from ringtrue.privacy import ledger
from ringtrue.privacy.models import ConsentEvent
from ringtrue.privacy.subjects import subject_for_number

NOW = timezone.now()


@pytest.fixture
def caller(dental):
    return subject_for_number(dental.workspace.id, "+16095550173")


def put(caller, *events):
    for minute, granted, method in events:
        ledger.record(caller, "recording", granted, method, "our words", at=NOW + timedelta(minutes=minute))


@pytest.mark.parametrize(
    ("events", "yes"),
    [
        ([], False),
        ([(0, True, "announced")], True),
        ([(0, True, "asked"), (1, False, "withdrawn")], False),
        ([(1, False, "withdrawn"), (0, True, "asked")], False),
        ([(0, True, "asked"), (0, False, "withdrawn")], False),
        ([(0, False, "withdrawn"), (1, True, "announced")], False),
        ([(0, False, "withdrawn"), (1, True, "asked")], True),
        ([(0, False, "off"), (1, True, "announced")], True),
    ],
)
def test_the_newest_word_counts_and_in_doubt_it_is_no(caller, events, yes):
    put(caller, *events)
    assert ledger.granted(caller, "recording") is yes
    assert not ledger.granted(caller, "training"), "a consent is for its purpose only"


def test_a_refusal_is_remembered_for_the_next_call(caller):
    put(caller, (0, True, "announced"))
    assert not ledger.refused_before(caller, "recording")
    put(caller, (1, False, "withdrawn"))
    assert ledger.refused_before(caller, "recording")
    put(caller, (2, True, "announced"))
    assert ledger.refused_before(caller, "recording")
    put(caller, (3, True, "asked"))
    assert not ledger.refused_before(caller, "recording")


def test_unknown_words_are_refused(caller):
    with pytest.raises(ValueError, match="purpose"):
        ledger.record(caller, "curiosity", True, "asked")
    with pytest.raises(ValueError, match="method"):
        ledger.record(caller, "recording", True, "guessed")


@pytest.mark.parametrize("statement", ["UPDATE privacy_consentevent SET granted = true", "DELETE FROM privacy_consentevent"])
def test_the_database_refuses_to_change_or_remove_a_consent(caller, statement):
    put(caller, (0, False, "withdrawn"))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ConsentEvent.objects.get().granted is False


def test_only_closing_a_workspace_removes_its_consents(caller, dental):
    put(caller, (0, True, "asked"))
    with ledger.closing_workspace(dental.workspace.id):
        ConsentEvent.objects.all().delete()
    put(caller, (0, True, "asked"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentEvent.objects.all().delete()
