"""Every door through which a file about people leaves asks what it is for. The last test knows all places that hand over a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import ringtrue
from ringtrue.accounts import keys
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.console.tests.planting import plant
from ringtrue.core.models import AuditEntry
from ringtrue.privacy.models import Subject
from ringtrue.rights import disclosing, exporting
from ringtrue.rights.models import RightsRequest

DOORS = {
    "call_text": ("call_id", "call.downloaded"),
    "call_json": ("call_id", "call.downloaded"),
    "call_vcon": ("call_id", "call.downloaded"),
    "call_wav": ("call_id", "call.downloaded"),
    "campaign_table": ("campaign_id", "campaign.downloaded"),
    "upload_rejected": ("upload_id", "upload.rejected_fetched"),
    "rights_archive": ("request_id", "rights.fetched"),
}
"""Name of a page -> the id in its address, and what the audit chain calls a download there."""
HANDED_OVER = {
    "console/views/call.py": "asks",
    "console/views/audio.py": "asks",
    "console/views/campaigns_progress.py": "asks",
    "console/views/leads_upload.py": "asks",
    "console/views/rights_desk.py": "asks; the person's own page hands the same file to the person it is about",
    "console/views/notes.py": "asks",
    "api/calls.py": "asks",
    "console/views/registers.py": "a disclosure: its kind and reason are approved and written down before",
    "console/views/contacts.py": "the certificate of an erasure: nothing about a person is left in it",
    "console/views/own_data.py": "one's own account, to oneself",
}
"""Source -> why the file it hands over needs a purpose that is chosen, or none."""


@pytest.fixture
def planted(db, fast_passwords):
    made = plant("dental", "exports", "umber", "0173")
    with workspace_scope(made.workspace.id):
        about = Subject.objects.get(id=made.values["subject_id"])
        RightsRequest.objects.update(state="answered", closed_at=timezone.now(), subject=about)
    return made


@pytest.mark.promise("P-ALX-14-4")
def test_no_page_gives_a_file_before_a_purpose_is_chosen_and_each_choice_is_written_down(planted):
    client = Client()
    client.force_login(planted.owner)
    for name, (key, action) in DOORS.items():
        page = reverse(f"console:{name}", args=[planted.workspace.slug, planted.values[key]])
        before = AuditEntry.objects.count()
        asked, wrong = client.get(page), client.get(page, {"purpose": "curiosity"})
        assert (asked.status_code, wrong.status_code) == (200, 422), name
        for answer in (asked, wrong):
            assert "What is the file for?" in answer.content.decode()
            assert "Content-Disposition" not in answer
            assert not [word for word in (*planted.words, planted.number) if word in _inside(answer)], name
        assert AuditEntry.objects.count() == before, name
        given = client.get(page, {"purpose": "quality"})
        assert (given.status_code, "attachment" in given["Content-Disposition"]) == (200, True), name
        noted = AuditEntry.objects.filter(action=action).latest("seq")
        assert noted.detail["purpose"] == "quality"
        assert (noted.actor, noted.target.split(":")[1]) == (f"user:{planted.owner.id}", str(planted.values[key]))


def _inside(answer):
    """The question itself, without the frame that names the workspace."""
    return answer.content.decode().split('<form method="get"')[1].split("</form>")[0]


@pytest.mark.promise("P-ALX-14-4")
def test_a_program_names_its_purpose_too(planted):
    _, token = keys.make(planted.workspace, "crm", ["calls:read"], planted.owner)
    page = f"/api/v1/calls/{planted.values['call_id']}/recording"

    def ask(**sent):
        return Client().get(page, sent, headers={"Authorization": f"Bearer {token}"})

    for answer in (ask(), ask(purpose="curiosity")):
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert all(purpose in answer.json()["detail"] for purpose in exporting.PURPOSES)
    assert not AuditEntry.objects.filter(action="call.downloaded").exists()
    assert ask(purpose="own_system")["Content-Type"] == "audio/wav"
    noted = AuditEntry.objects.get(action="call.downloaded")
    assert (noted.detail["purpose"], noted.actor.split(":")[0]) == ("own_system", "key")


@pytest.mark.promise("P-ALX-14-4")
def test_a_disclosure_needs_its_reason(planted):
    with workspace_scope(planted.workspace.id):
        about = Subject.objects.get(id=planted.values["subject_id"])
        with pytest.raises(ValueError, match="why it is necessary"):
            disclosing.ask(planted.workspace.id, "legal", about, "The court", " ", ["calls_call"], planted.owner)


@pytest.mark.promise("P-ALX-14-4")
def test_there_is_no_other_place_that_hands_over_a_file():
    root = Path(ringtrue.__file__).parent
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "tests" not in path.parts and re.search(r"attachment; filename|FileResponse|as_attachment", path.read_text())
    }
    assert found <= set(HANDED_OVER)
