"""A call as a vCon and a person's consents as records: whole, beside the page to read, and only what was kept."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile

import pytest
from django.test import Client

from ringtrue.calls.models import Call
from ringtrue.calls.vcon import vcon_of
from ringtrue.console.tests.showing import play_call, said
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import ledger
from ringtrue.privacy.consent_records import records_of
from ringtrue.rights.archive import archive_of

pytestmark = pytest.mark.usefixtures("fast_passwords")


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.promise("P-LEX-6-5", "P-CLX-8-5")
def test_the_archive_holds_each_call_as_a_vcon_that_leads_to_its_recording(ada):
    ledger.record(ada, "recording", True, "announced", "This call is recorded.")
    files = zipfile.ZipFile(io.BytesIO(archive_of(ada, business="Riverside Dental")))
    call = Call.objects.get()
    held = json.loads(files.read(f"vcon/{call.id}.json"))
    assert held["uuid"] == str(call.id)
    assert [party["role"] for party in held["parties"]] == ["caller", "agent"]
    assert held["parties"][0]["tel"] == "+16095550173"
    recording, words = held["dialog"]
    sound = files.read(recording["url"].removeprefix("../"))
    assert unpadded(recording["content_hash"].removeprefix("sha512-")) == hashlib.sha512(sound).digest()
    assert (words["type"], words["originator"], words["body"]) == ("text", 0, "my crown fell out")
    consent = next(json.loads(a["body"]) for a in held["attachments"] if a["purpose"] == "consent")
    assert consent == json.loads(files.read("consent-records.json"))[0]
    assert [event["event_type"] for event in consent["events"]] == ["given"]
    assert held["analysis"][0]["vendor"]
    assert "vCon" in files.read("index.html").decode()
    assert f"vcon/{call.id}.json" in json.loads(files.read("manifest.json"))["files"]


def test_a_consent_record_tells_giving_refusing_and_taking_back(ada, dental):
    ledger.record(ada, "recording", True, "announced", "This call is recorded.")
    ledger.record(ada, "recording", False, "withdrawn", "Please stop recording.")
    ledger.record(ada, "training", False, "web", "No, thank you.")
    recording, training = records_of(ada)
    assert [event["event_type"] for event in recording["events"]] == ["given", "withdrawn"]
    assert [event["event_state"] for event in recording["events"]] == ["superseded", "active"]
    assert recording["record_header"]["schema_version"] == "ISO/IEC TS 27560:2023"
    assert recording["record_header"]["pii_principal_id"] == str(ada.id)
    assert recording["pii_processing"]["privacy_notice"] == "Please stop recording."
    purpose = recording["pii_processing"]["purposes"][0]
    assert (purpose["purpose"], purpose["lawful_basis"], purpose["retention_period"]) == ("recording", "consent", "12 months")
    assert recording["party_identification"][0]["party_name"] == dental.workspace.name
    assert [event["event_type"] for event in training["events"]] == ["refused"]
    again = records_of(ada)
    assert again[0]["record_header"]["record_id"] == recording["record_header"]["record_id"], "the same record, exported again"


def test_the_call_page_gives_a_vcon_with_the_sound_inside_and_nothing_that_was_not_kept(ada, dental):
    client = Client()
    client.force_login(dental.owner)
    call = Call.objects.get()
    page = f"/w/{dental.workspace.slug}/calls/{call.id}/"
    assert f"{page}download/vcon/" in client.get(page).content.decode()
    held = client.get(f"{page}download/vcon/?purpose=own_system").json()
    assert unpadded(held["dialog"][0]["body"])[:4] == b"RIFF"
    assert AuditEntry.objects.get(action="call.downloaded").detail == {"form": "vcon", "purpose": "own_system"}
    bare = vcon_of(play_call(dental, said(("caller", "never kept")), mode="metadata_only", recorded=False))
    assert bare["dialog"] == []
    assert bare["analysis"] == []
    assert "tel" not in bare["parties"][0]
