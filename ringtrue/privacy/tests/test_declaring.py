"""What an owner signs for the business: who declared it, of which words, and what waits for it."""

import pytest

from ringtrue.core.models import AuditEntry
from ringtrue.leads import uploading
from ringtrue.leads.models import LeadList, Upload
from ringtrue.leads.reading_tables import FileRefused
from ringtrue.media import gating
from ringtrue.privacy import changing, declaring, ledger, publishing
from ringtrue.privacy.register_models import Signature

FILE = b"name,number\nAda,+12125550111\n"


def sign(dental, kind, role="owner"):
    words = {"attestation": declaring.attestation, "dpa": declaring.agreement}[kind](dental.workspace.id, dental.workspace.name)
    return declaring.sign(dental.workspace.id, dental.owner, role, kind, words, dental.workspace.name)


def put_in(dental):
    lead_list, _ = LeadList.objects.get_or_create(workspace=dental.workspace, name="spring")
    return uploading.receive(lead_list, FILE, dental.owner)


@pytest.mark.promise("P-LDX-1-3", "P-LDX-0-1")
def test_no_data_is_brought_in_before_the_agreement_is_signed_by_an_owner(dental):
    changing.change(dental.workspace.id, "profile", "leadiumx", "user:x")
    with pytest.raises(FileRefused, match="signs the agreement"):
        put_in(dental)
    assert not Upload.objects.exists()
    with pytest.raises(declaring.OnlyAnOwner):
        sign(dental, "dpa", role="admin")
    paper = sign(dental, "dpa")
    assert sign(dental, "dpa") == paper
    assert put_in(dental).id
    authority = Signature.objects.get(kind="authority")
    assert (authority.user, authority.words) == (dental.owner, f"I may sign for {dental.workspace.name}, and I do so for it.")
    assert authority.at
    assert "is the controller" in paper.words
    assert AuditEntry.objects.get(action="dpa.signed").detail["sha256"] == paper.sha256
    changing.change(dental.workspace.id, "closure.days", "P30D", "user:x")  # other words: another version
    with pytest.raises(FileRefused):
        put_in(dental)


@pytest.mark.promise("P-ALX-4.2-4", "P-NEJ-1-16")
def test_an_agent_goes_live_only_after_the_owner_confirmed_notices_and_consents(dental, client):
    agent = dental.agent
    agent.live = False
    agent.save()
    changing.change(dental.workspace.id, "profile", "callixo", "user:x")
    client.force_login(dental.owner)
    address = f"/w/dental-test/agents/{agent.slug}/switch/"
    client.post(address, {"live": "on"})
    agent.refresh_from_db()
    assert not agent.live
    page = client.get("/w/dental-test/settings/policies/").content.decode()
    assert "You are speaking with an AI assistant. This call is recorded." in page  # the text to use
    client.post("/w/dental-test/settings/policies/sign/", {"kind": "attestation"})
    assert not Signature.objects.filter(kind="attestation").exists()  # not ticked
    client.post("/w/dental-test/settings/policies/sign/", {"kind": "attestation", "may": "on"})
    client.post(address, {"live": "on"})
    agent.refresh_from_db()
    assert agent.live
    changing.change(dental.workspace.id, "recording.flow", "ask", "user:x")
    assert declaring.needs_attestation(dental.workspace.id, dental.workspace.name)  # its callers hear something else now


@pytest.mark.promise("P-LDX-6-1")
def test_what_the_account_holder_agreed_to_is_no_consent_of_the_other_party(dental):
    from ringtrue.agents.publishing import snapshot_of
    from ringtrue.privacy.tests import test_gate
    from ringtrue.reception.answering import open_call

    of = dental.workspace.id
    for key, value in {"contact.privacy": "p@dental.example", "contact.postal": "1 Main St"}.items():
        changing.change(of, key, value, "user:x")
    signature = publishing.accept(
        publishing.publish(of, "privacy", "Bright", material=False, by="user:x"), dental.owner, "explicit"
    )
    sign(dental, "attestation")
    assert signature.user == dental.owner
    call, _ = open_call(dental.agent, line="simulated", from_number="+12125550145", to_number="+12125550100")
    assert not ledger.granted(call.subject, "recording")
    gate = gating.gate_for(call, snapshot_of(dental.version))
    gate.let_audio(0, 0, test_gate.RATE, test_gate.tone(1))
    assert test_gate.heard(gate, "hello there").content == {}
    assert gate.close() == []
