"""Breaches: a clock, who is affected, drafts, and one step that contains."""

from datetime import timedelta

import pytest
from django.test import Client

from ringtrue.accounts import keys
from ringtrue.accounts.models import SignIn
from ringtrue.core.models import AuditEntry
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.rights import answering, incidents
from ringtrue.rights.models import Incident

pytestmark = pytest.mark.usefixtures("fast_passwords")


@pytest.fixture
def incident(ada, dental):
    return incidents.report(dental.workspace.id, "A laptop was stolen", ["calls_message"], dental.owner)


@pytest.mark.promise("P-LDX-10-3", "P-NEJ-5-3")
def test_an_incident_says_who_is_affected_what_to_tell_them_and_by_when(ada, dental, incident, mails):
    subject_for_number(dental.workspace.id, "+16095550199")  # of whom no message is kept
    assert incidents.affected(incident) == [ada]
    assert incident.due_at - incident.noticed_at == timedelta(hours=72)
    letters = incidents.drafts(incident)
    assert "A laptop was stolen" in letters["authority"]
    assert "about 1" in letters["authority"]
    assert "messages that callers left" in letters["people"]

    mails.clear()
    marks = []
    for hours in (23, 25, 26, 61, 73, 100):
        incidents.warn(incident.noticed_at + timedelta(hours=hours))
        marks.append(len(mails))
    assert marks == [0, 1, 1, 2, 3, 3], "at a day, at sixty hours and when it is due, each once"
    assert mails[0].to == [dental.owner.email]
    other = incidents.report(dental.workspace.id, "Again", ["calls_message"], dental.owner)
    incidents.told(other, "authority", dental.owner)
    incidents.warn(other.noticed_at + timedelta(hours=99))
    assert len(mails) == 3, "the authority knows"
    for what, stores in ((" ", ["calls_message"]), ("x", []), ("x", ["nowhere"])):
        with pytest.raises(ValueError, match="say what"):
            incidents.report(dental.workspace.id, what, stores, dental.owner)


@pytest.mark.promise("P-LDX-10-4")
def test_one_step_ends_sessions_and_keys_and_stops_exports_until_it_is_closed(ada, dental, incident, asked):
    client = Client()
    client.force_login(dental.owner)
    client.get(f"/w/{dental.workspace.slug}/")
    _, token = keys.make(dental.workspace, "crm", ["calls:read"], dental.owner)
    request = answering.answer(asked("access"), "user:x")
    assert keys.find(token)
    call = ada.calls.get()
    download = f"/w/{dental.workspace.slug}/calls/{call.id}/download/text/?purpose=records"
    assert client.get(download).status_code == 200

    client.post(f"/w/{dental.workspace.slug}/settings/registers/incidents/{incident.id}/", {"act": "contain"})

    assert client.get(f"/w/{dental.workspace.slug}/").status_code == 302, "signed out"
    assert not SignIn.objects.filter(user=dental.owner).exists()
    assert keys.find(token) is None
    with pytest.raises(incidents.Frozen):
        answering.download(request, "Riverside Dental", "user:x")
    client.force_login(dental.owner)
    assert client.get(download).status_code == 403
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"incident.contained", "session.revoked", "key.revoked"} <= actions
    incidents.close(Incident.objects.get(), dental.owner)
    assert answering.download(request, "Riverside Dental", "user:x")
    assert client.get(download).status_code == 200
