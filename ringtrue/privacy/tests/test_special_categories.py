"""Talk of health, origin, belief and the like is left out of what is stored, unless the person agreed to that."""

import msgspec
import pytest
from django.apps import apps

from ringtrue.core.configuring import ROOT
from ringtrue.media import gating
from ringtrue.privacy import changing, ledger, special_categories
from ringtrue.privacy.gate import Gate
from ringtrue.privacy.policy_keys import UnknownSetting, check
from ringtrue.privacy.tests import test_gate

SEEDED = (
    "I was diagnosed with diabetes last year", "I'm HIV positive", "my mother has dementia", "I am Muslim and fast until sunset",
    "I'm black and want to know if that matters", "I voted for the other party", "I'm gay", "I am a union member",
    "they did a genetic test", "I’m pregnant", "I had chemotherapy in May",
)  # fmt: skip
HARMLESS = (
    "I need a cleaning next week", "do you have parking", "my name is Ada Union", "the crown fell out", "I have a black car",
    "we are open to any time", "I work at the church street office", "call me tomorrow",
)  # fmt: skip


@pytest.mark.promise("P-LDX-2.1-7")
@pytest.mark.parametrize("words", SEEDED)
def test_what_speaks_of_a_special_category_is_stored_nowhere(words):
    g = test_gate.gate(leave_out_special=True)
    test_gate.grant(g)
    g.let_audio(0, 1000, test_gate.RATE, test_gate.tone(6))
    kept = test_gate.heard(g, words, 3000, 4000)
    assert kept.content == {"text": special_categories.PLACEHOLDER}
    assert g.let_facts({"reason": words, "notes": [words], "day": "Monday"}) == {
        "reason": special_categories.PLACEHOLDER, "notes": [special_categories.PLACEHOLDER], "day": "Monday",
    }  # fmt: skip
    test_gate.heard(g, "and a cleaning please", 5000, 6000)
    pieces = g.close()
    silent = [bool((test_gate.channels(p)[:, 0] == 0).any()) for p in pieces]
    assert any(silent), "its sound is muted"


@pytest.mark.parametrize("words", HARMLESS)
def test_what_speaks_of_none_is_kept(words):
    g = test_gate.gate(leave_out_special=True)
    test_gate.grant(g)
    assert test_gate.heard(g, words, 3000, 4000).content["text"] == words


@pytest.mark.promise("P-LDX-2.1-8")
def test_only_an_explicit_consent_to_that_purpose_lets_it_be_stored(dental):
    from ringtrue.agents.publishing import snapshot_of
    from ringtrue.reception.answering import open_call

    changing.change(dental.workspace.id, "profile", "leadiumx", "user:x")
    call, _ = open_call(dental.agent, line="simulated", from_number="+12125550144", to_number="+12125550100")

    def stored() -> str:
        made = gating.gate_for(call, snapshot_of(dental.version))
        g = Gate(msgspec.structs.replace(made.call, storage_mode="everything"))
        test_gate.grant(g)
        return test_gate.heard(g, "I was diagnosed with diabetes", 3000, 4000).content["text"]

    assert stored() == special_categories.PLACEHOLDER
    ledger.record(call.subject, "recording", True, "asked")  # another purpose
    assert stored() == special_categories.PLACEHOLDER
    ledger.record(call.subject, "special_category", True, "signed")
    assert stored() == "I was diagnosed with diabetes"
    ledger.record(call.subject, "special_category", False, "withdrawn")
    assert stored() == special_categories.PLACEHOLDER


@pytest.mark.promise("P-LEX-1.4-5")
def test_there_is_no_place_for_a_voice_print_and_no_program_that_makes_one(db):
    banned = ("voiceprint", "voice_print", "speaker_embedding", "speaker_vector", "emotion", "sentiment", "diariz")
    columns = {f"{model._meta.db_table}.{field.name}" for model in apps.get_models() for field in model._meta.get_fields()}
    assert len(columns) > 200
    assert not [column for column in columns if any(word in column.lower() for word in banned)]
    programs = ("resemblyzer", "pyannote", "speechbrain", "wespeaker", "titanet", "opensmile", "deepface", "hume")
    for path in sorted((ROOT / "requirements").glob("*")):
        needed = path.read_text().lower()
        assert not [program for program in programs if program in needed], path.name
    with pytest.raises(UnknownSetting, match="never"):
        check("sensitive.biometrics", "allow")


@pytest.mark.promise("P-NEJ-8-5")
def test_whoever_limits_the_use_of_sensitive_data_has_it_left_out_and_nothing_else(dental):
    from ringtrue.agents.publishing import snapshot_of
    from ringtrue.privacy import restricting
    from ringtrue.reception.answering import open_call

    call, _ = open_call(dental.agent, line="simulated", from_number="+12125550144", to_number="+12125550100")

    def stored(words: str) -> str:
        g = gating.gate_for(call, snapshot_of(dental.version))
        test_gate.grant(g)
        return test_gate.heard(g, words, 3000, 4000).content["text"]

    assert "diabetes" in stored(SEEDED[0]), "this workspace keeps it otherwise"
    restricting.restrict(call.subject, "sensitive", "user:x")
    assert stored(SEEDED[0]) == special_categories.PLACEHOLDER
    assert stored(HARMLESS[0]) == HARMLESS[0], "what is necessary goes on"
