"""Notes of a business lie under the key of its workspace, and can be taken along."""

import pytest

from ringtrue.agents import notes
from ringtrue.agents.models import Note
from ringtrue.privacy.keystore import store
from ringtrue.privacy.vault import Tampered

WORDS = "Fridays the blue van stands at Quillgate"


@pytest.mark.promise("P-NEJ-1-7")
def test_a_note_is_sealed_under_the_workspaces_key_read_downloaded_and_removed(signed_in, dental, at, monkeypatch):
    assert signed_in.post(at("settings/notes/"), {"title": "Vans", "text": WORDS}).status_code == 302
    row = Note.objects.get()
    assert b"Quillgate" not in bytes(row.sealed)
    assert WORDS in signed_in.get(at("settings/notes/")).content.decode()
    assert "What is the file for?" in signed_in.get(at("settings/notes/download/")).content.decode()
    told = signed_in.get(at("settings/notes/download/?purpose=own_system")).json()["notes"]
    assert [(note["title"], note["text"]) for note in told] == [("Vans", WORDS)]
    with monkeypatch.context() as without:
        without.setattr(store(), "workspace_key", lambda workspace: bytes(32))
        with pytest.raises(Tampered):
            notes.written(dental.workspace.id)
    signed_in.post(at(f"settings/notes/{row.id}/remove/"))
    assert not Note.objects.exists()
