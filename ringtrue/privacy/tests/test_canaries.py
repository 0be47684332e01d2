"""Nothing of a caller is where it may not be: looked for in all that is stored, opened with every key at hand.

For each rule the same scan is run with the rule taken out, and must then find: a scan that cannot find proves nothing.
"""

import shutil
import time

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.privacy import backing_up_keys, data_map, erasing, holding, modes
from ringtrue.privacy.keystore import KeyStore
from ringtrue.privacy.models import Subject
from ringtrue.privacy.scanning import scan
from ringtrue.privacy.tests import playing
from ringtrue.privacy.tests.playing import TEXTS, Play


def subject_of(call):
    with workspace_scope(call.workspace_id):
        return Subject.objects.get(id=call.subject_id)


def erase(call):
    return erasing.erase_subject(subject_of(call), "request", "user:test")


@pytest.mark.promise("P-LEX-6-3", "P-LEX-3-2", "P-CLX-8-3", "P-ALX-7-3", "P-LDX-9-3", "P-LDX-6-8")
def test_every_canary_is_found_before_an_erasure_and_none_after_it_with_every_kept_backup_of_the_keys(started, tmp_path):
    play = Play(started).whole()
    sounds = [play.sounds.canary("voice", playing.SPOKEN_SENTENCE), play.sounds.canary("voice, later", playing.SPOKEN_LATER)]
    canaries = [*TEXTS, *sounds]
    backups = [backing_up_keys.back_up(), backing_up_keys.back_up()]
    carried_away = [shutil.copy(path, tmp_path / path.name) for path in backups]

    before = scan(canaries)
    assert before.names() == {canary.name for canary in canaries}
    unsealed = {hit.place.split("/")[1] for hit in before.hits if hit.how != "sealed"}
    assert unsealed == {"mail"}, "only the mail that the business got can be read without a key"

    erasure = erase(play.call)

    after = scan(canaries, extra_backups=carried_away, also=[tmp_path])
    assert after.hits == []
    assert erasing.verify(erasure.certificate)


def test_without_destroying_the_key_the_scan_finds(started, monkeypatch):
    play = Play(started).whole()
    monkeypatch.setattr(KeyStore, "destroy", lambda self, subject, workspace="": False)
    erase(play.call)
    found = scan(TEXTS)
    assert {"name", "sentence"} <= found.names()
    assert any("postgres" in hit.place and hit.how == "sealed" for hit in found.hits), "in dead rows and the write-ahead log"


def test_without_rewriting_the_backups_of_the_keys_the_scan_finds(started, monkeypatch):
    play = Play(started).whole()
    backing_up_keys.back_up()
    monkeypatch.setattr(backing_up_keys, "forget", lambda subject: 0)
    erase(play.call)
    assert {"name", "sentence"} <= scan(TEXTS).names()


def test_without_walking_the_data_map_the_scan_finds(started, monkeypatch):
    play = Play(started).whole()
    monkeypatch.setattr(erasing, "stores", list)
    erase(play.call)
    assert "name" in scan(TEXTS).names(), "the mail that became a file is not sealed"
    assert data_map.stores()


def test_a_second_caller_keeps_what_is_theirs(started):
    gone, stays = Play(started).whole(), Play(started, number="+16095550199").whole()
    sound = stays.sounds.canary("voice", playing.SPOKEN_SENTENCE)
    erase(gone.call)
    # The two say the same, so only the other's folder may give anything out.
    hits = [hit for hit in scan([sound]).hits if "recordings" in hit.place]
    assert hits
    assert all(str(stays.call.id) in hit.place for hit in hits)


@pytest.mark.promise("P-ALX-5-1", "P-LEX-1.2-4", "P-LDX-10-1", "P-NEJ-5-1")
def test_while_a_call_goes_on_what_is_stored_of_it_can_be_read_with_a_key_only(started):
    play = Play(started)
    sound = play.sounds.canary("voice", playing.SPOKEN_SENTENCE)
    since = time.time() - 60
    play.opening()
    play.consent()
    play.conversation()
    found = scan([*TEXTS, sound], since=since)
    assert {"name", "sentence", "voice"} <= found.names()
    assert {hit.how for hit in found.hits} == {"sealed"}


@pytest.mark.promise("P-LDX-6-10")
def test_in_metadata_only_nothing_that_the_caller_said_is_stored(started):
    play = Play(started, storage_mode="metadata_only").whole()
    sound = play.sounds.canary("voice", playing.SPOKEN_SENTENCE)
    since = time.time() - 60
    assert scan([*TEXTS, sound], since=since).hits == []
    with workspace_scope(started.workspace.id):
        play.call.refresh_from_db()
        assert (play.call.state, play.call.duration_ms) == ("ended", 20_000), "that there was a call is stored"


def test_in_metadata_only_with_the_mode_taken_out_the_scan_finds(started, monkeypatch):
    monkeypatch.setitem(modes.KEEPS, "metadata_only", modes.KEEPS["everything"])
    play = Play(started, storage_mode="metadata_only").whole()
    sound = play.sounds.canary("voice", playing.SPOKEN_SENTENCE)
    assert scan([*TEXTS, sound]).names() == {canary.name for canary in [*TEXTS, sound]}


@pytest.mark.promise("P-LDX-6-6")
def test_before_the_consent_event_no_audio_is_stored_and_what_came_before_never_is(started):
    play = Play(started)
    early = play.sounds.canary("before consent", playing.BEFORE_CONSENT)
    play.opening()
    play.hear(2, playing.LATER)
    assert scan([early, *TEXTS]).names() <= {"caller id"}, "what a kill at this point would leave"
    play.consent()
    play.conversation()
    play.end()
    assert scan([early]).hits == []
    assert scan([play.sounds.canary("after consent", playing.SPOKEN_SENTENCE)]).hits


def test_without_the_consent_gate_the_scan_finds_the_audio_from_before(started, monkeypatch):
    def always_open(self, **kw):
        holding_init(self, **kw)
        self._open_ms = 0

    holding_init = holding.HeldAudio.__init__
    monkeypatch.setattr(holding.HeldAudio, "__init__", always_open)
    play = Play(started)
    early = play.sounds.canary("before consent", playing.BEFORE_CONSENT)
    play.opening()
    assert scan([early]).hits


@pytest.mark.promise("P-CLX-5-3", "P-ALX-14-3")
def test_a_call_without_any_consent_leaves_no_audio_and_no_words(started):
    play = Play(started, flow="ask")
    play.opening()
    play.consent(granted=False, method="asked")
    play.conversation()
    play.end()
    sounds = [play.sounds.canary("voice", second) for second in (playing.BEFORE_CONSENT, playing.SPOKEN_SENTENCE)]
    assert scan(sounds).hits == []
    assert "later sentence" not in scan(TEXTS).names(), "said in the call and given to no tool"


@pytest.mark.promise("P-LEX-6-6", "P-ALX-7-7", "P-LDX-9-7")
@pytest.mark.parametrize("prior", ["keep", "delete_prior"])
def test_after_a_withdrawal_nothing_more_is_recorded_and_what_was_before_is_kept_or_deleted_by_policy(started, prior):
    from ringtrue.privacy import changing

    with workspace_scope(started.workspace.id):
        changing.change(started.workspace.id, "recording.on_withdrawal", prior, "user:test")
    play = Play(started)
    play.opening()
    play.consent()
    play.conversation()
    play.withdraw()
    play.end()
    assert scan([play.sounds.canary("after", playing.AFTER)]).hits == []
    found = {h.place.split("/")[1] for h in scan([play.sounds.canary("prior", playing.SPOKEN_SENTENCE)]).hits}
    assert found == ({"recordings"} if prior == "keep" else set())


@pytest.mark.promise("P-LDX-6-9")
def test_excluding_pii_leaves_the_sentence_and_neither_name_nor_number_in_text_or_sound(started):
    play = Play(started, storage_mode="excluding_pii").whole()
    telling = [play.sounds.canary("name, heard", playing.SPOKEN_NAME), play.sounds.canary("number, heard", playing.SPOKEN_NUMBER)]
    harmless = play.sounds.canary("sentence, heard", playing.SPOKEN_SENTENCE)
    found = scan([*TEXTS, *telling, harmless]).names()
    assert found == {"sentence", "later sentence", "sentence, heard"}


def test_excluding_pii_with_redaction_taken_out_the_scan_finds(started, monkeypatch):
    from ringtrue.privacy import redaction

    monkeypatch.setattr(redaction, "find_spans", lambda *args, **kw: [])
    monkeypatch.setattr(redaction.CallRedactor, "values", lambda self, value, key="": value)
    play = Play(started, storage_mode="excluding_pii").whole()
    telling = play.sounds.canary("name, heard", playing.SPOKEN_NAME)
    assert {"name", "number told", "name, heard"} <= scan([*TEXTS, telling]).names()
