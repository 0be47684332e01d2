"""Improving the service is a purpose of its own: off until it is switched on, and fed with counts that lead back to nobody."""

import pytest
from django.db import connection

from ringtrue.accounts import workspaces
from ringtrue.accounts.models import User
from ringtrue.calls import improving
from ringtrue.calls.models import Call, ImprovementFigure
from ringtrue.calls.recording import end_call
from ringtrue.calls.tests.making import NAME, NUMBER, SENTENCE, a_call, with_recording
from ringtrue.privacy import changing, data_map, processing_records, restricting
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.policy import effective

OTHER = "+18565550177"


def real_call(dental, number=NUMBER):
    call = with_recording(a_call(dental, end=False, number=number))
    call.is_test = False
    call.save()
    return call


def switch(dental, to):
    changing.change(dental.workspace.id, "improvement.figures", to, "user:x")


def everything_kept():
    """Each row as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT t::text FROM "{ImprovementFigure._meta.db_table}" t')  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def counts():
    return sorted(ImprovementFigure.objects.values_list("month", "what", "value", "calls"))


@pytest.mark.promise("P-LEX-2-2", "P-LDX-3-4")
def test_nothing_is_counted_until_it_is_switched_on_and_never_of_who_objected(dental):
    assert effective(dental.workspace.id, "improvement.figures").value == "off"
    end_call(real_call(dental))
    assert counts() == []
    switch(dental, "count")
    a_call(dental)  # a test call
    assert counts() == []
    first = end_call(real_call(dental))
    month = f"{first.created_at:%Y-%m}"
    assert counts() == [(month, "outcome", "message", 1), (month, "reply", "quick", 1), (month, "turns", "few", 1)]
    restricting.restrict(first.subject, "improvement", "user:x")
    end_call(real_call(dental))
    assert [figure[3] for figure in counts()] == [1, 1, 1]
    switch(dental, "off")
    end_call(real_call(dental, OTHER))
    assert [figure[3] for figure in counts()] == [1, 1, 1]
    assert processing_records.purpose_of(data_map.store_named("calls_improvementfigure")) == "improvement"


@pytest.mark.promise("P-LDX-6-3", "P-LDX-6-4")
def test_what_improves_the_service_holds_no_name_no_id_no_voice_and_leads_back_to_nobody(dental):
    switch(dental, "count")
    call = end_call(real_call(dental))
    kept = everything_kept()
    assert len(kept) == len(improving.VALUES)
    secrets = (NAME, NAME.split()[0], NUMBER[1:], SENTENCE, str(call.id), str(call.subject_id), call.subject.handle_hash)
    assert [(word, row) for word in secrets for row in kept if word.lower() in row.lower()] == []
    assert {f.name for f in ImprovementFigure._meta.get_fields()} == {"id", "workspace", "month", "what", "value", "calls"}
    assert all(value in improving.VALUES[what] for _, what, value, _ in counts())
    # Whose call it was cannot be told from what is kept: another's call would have left the same, and an erasure changes nothing.
    with_one = counts()
    ImprovementFigure.objects.all().delete()
    other = end_call(real_call(dental, OTHER))
    assert counts() == with_one
    erase(other.subject, reason="request", requested_by="user:x")
    assert not Call.objects.filter(subject=other.subject).exists()
    assert counts() == with_one
    assert [s.store for s in data_map.stores() if processing_records.OF[s.purpose] == "improvement"] == [
        "calls_improvementfigure"
    ]


@pytest.mark.promise("P-LDX-6-3")
def test_what_few_calls_have_in_common_is_not_told(dental):
    for value, calls in (("message", 10), ("emergency", 9)):
        ImprovementFigure.objects.create(workspace=dental.workspace, month="2026-11", what="outcome", value=value, calls=calls)
    assert improving.figures(dental.workspace.id) == [("2026-11", "outcome", "message", 10)]


@pytest.mark.promise("P-LDX-3-4")
def test_the_workspace_used_last_opens_only_for_who_switched_that_on(client, dental):
    second = workspaces.create_workspace(dental.owner, "Second practice")
    client.force_login(dental.owner)

    def kept():
        return User.objects.get(id=dental.owner.id)

    client.get(f"/w/{second.slug}/")
    assert kept().last_workspace_id is None, "off until a person wants it"
    assert client.get("/").headers["Location"] == "/w/dental-test/"
    of_person = {"name": "", "theme": "device", "calls_per_page": "25"}
    client.post("/accounts/", {**of_person, "remembers_place": "on"})
    client.get(f"/w/{second.slug}/")
    assert client.get("/").headers["Location"] == f"/w/{second.slug}/"
    client.post("/accounts/", of_person)
    assert kept().last_workspace_id is None, "switched off, it is forgotten"
    assert client.get("/").headers["Location"] == "/w/dental-test/"
    assert processing_records.purpose_of(data_map.store_named("column:accounts_user.last_workspace")) == "personalisation"
