import numpy as np
import pytest

from ringtrue.privacy.gate import NEVER_DROPPED, OPEN_WHEN_TEXT_IS_KEPT, STRUCTURAL, Gate, GateCall
from ringtrue.privacy.holding import HOLD_MS
from ringtrue.voice import events

RATE = 8000
SECOND = 1000


def gate(mode="everything", **more):
    return Gate(GateCall(call_id="c", storage_mode=mode, **more))


def grant(g, at_ms=1000, method="announced", granted=True):
    return g.let_event(1, "consent", {"at_ms": at_ms, "granted": granted, "method": method, "wording": "We record."})


def heard(g, text, start=5000, end=6000, words=True, seq=9):
    step = (end - start) // max(1, len(text.split()))
    spread = [[w, start + i * step, start + (i + 1) * step] for i, w in enumerate(text.split())]
    fields = {"at_ms": end, "turn": 1, "start_ms": start, "end_ms": end, "text": text, "words": spread if words else []}
    return g.let_event(seq, "heard", fields)


def said(g, text, start=3000, end=4000, seq=8):
    return g.let_event(seq, "said", {"at_ms": end, "turn": 1, "start_ms": start, "end_ms": end, "text": text, "complete": True})


def tone(seconds, left=1000, right=500):
    stereo = np.zeros((int(RATE * seconds), 2), np.int16)
    stereo[:, 0], stereo[:, 1] = left, right
    return stereo.tobytes()


def channels(piece):
    return np.frombuffer(piece.pcm, "<i2").reshape(-1, 2)


def test_the_gate_knows_every_kind_of_event_and_which_of_its_fields_are_content():
    for kind in events.CallEvent.__args__:
        tag = kind.__struct_config__.tag
        fields = {f for f in kind.__struct_fields__ if f != "at_ms"}
        content = set(events.CONTENT.get(tag, ()))
        open_later = set(OPEN_WHEN_TEXT_IS_KEPT.get(tag, ()))
        assert set(STRUCTURAL[tag]) | open_later == fields - content, tag
        assert not set(STRUCTURAL[tag]) & content
    assert NEVER_DROPPED == events.NEVER_DROPPED


def test_a_field_that_nobody_knows_is_content():
    g = gate()
    grant(g)
    kept = g.let_event(2, "heard", {"at_ms": 1, "turn": 1, "n_best": ["my name is Ada"]})
    assert kept.fields == {"turn": 1}
    assert kept.content == {"n_best": ["my name is Ada"]}
    assert gate("metadata_only").let_event(2, "brand_new", {"at_ms": 1, "what": "said"}).fields == {}


@pytest.mark.parametrize("mode", ["everything", "excluding_pii", "metadata_only"])
def test_events_that_are_never_dropped_pass_in_every_mode_and_with_logs_off(mode):
    g = gate(mode, logs=False)
    for kind in NEVER_DROPPED:
        assert g.let_event(1, kind, {"at_ms": 0}) is not None
    assert g.let_event(1, "turn_times", {"at_ms": 0, "turn": 1}) is None


def test_an_unknown_mode_keeps_as_little_as_the_strictest():
    g = gate("surprise")
    grant(g)
    assert heard(g, "hello there").content == {}
    assert g.let_audio(1, 1000, RATE, tone(1)) == []


def test_what_the_caller_says_before_any_consent_is_dropped_and_the_notice_itself_is_kept():
    g = gate()
    assert said(g, "This call is recorded.").content["text"] == "This call is recorded."
    assert heard(g, "wait, my name is Ada").content == {}
    assert said(g, "All right, Ada.").content == {}, "it could repeat what the caller said"
    assert g.let_facts({"name": "Ada"}) == {}
    grant(g)
    assert heard(g, "hello").content["text"] == "hello"


@pytest.mark.parametrize(("on_refusal", "kept"), [("drop", False), ("keep", True)])
def test_after_a_no_the_transcript_follows_the_policy_and_a_message_is_still_kept(on_refusal, kept):
    g = gate(transcript_on_refusal=on_refusal)
    grant(g, method="asked", granted=False)
    assert bool(heard(g, "call me back").content) is kept
    assert g.let_facts({"reason": "a crown"}) == {"reason": "a crown"}
    assert g.let_audio(1, 5000, RATE, tone(1)) == []


def test_a_notice_does_not_overrule_a_no_but_a_yes_does():
    g = gate()
    grant(g, method="asked", granted=False)
    grant(g, at_ms=2000, method="announced")
    assert g.let_audio(1, 3000, RATE, tone(1)) == []
    grant(g, at_ms=4000, method="asked")
    assert len(g.let_audio(2, 4000, RATE, tone(1))) == 1


def test_audio_from_before_the_consent_is_cut_away_to_the_sample():
    g = gate()
    assert g.let_audio(1, 0, RATE, tone(1)) == []
    grant(g, at_ms=1250)
    (piece,) = g.let_audio(2, 1000, RATE, tone(1))
    assert (piece.start_ms, len(piece.pcm)) == (1250, RATE * 4 * 3 // 4)
    assert g.let_audio(3, 500, RATE, tone(0.5)) == []


def test_audio_after_a_withdrawal_is_cut_away_to_the_sample_and_stays_away():
    g = gate()
    grant(g, at_ms=0)
    grant(g, at_ms=5500, method="withdrawn", granted=False)
    (piece,) = g.let_audio(1, 5000, RATE, tone(1))
    assert len(piece.pcm) == RATE * 4 // 2
    grant(g, at_ms=6000, method="asked")
    assert g.let_audio(2, 6000, RATE, tone(1)) == []
    assert not g.must_delete_prior


def test_a_withdrawal_may_ask_for_what_was_before_to_be_deleted():
    g = gate(on_withdrawal="delete_prior")
    grant(g, at_ms=0)
    grant(g, at_ms=5500, method="withdrawn", granted=False)
    assert g.must_delete_prior
    assert g.let_audio(1, 5000, RATE, tone(1)) == []


@pytest.mark.promise("P-LEX-1.3-3", "P-LDX-2.1-6")
def test_audio_transcript_summary_and_logs_have_a_switch_each():
    for name in ("audio", "transcript", "summary", "logs"):
        g = gate(**{name: False})
        grant(g, at_ms=0)
        got = {
            "audio": bool(g.let_audio(1, 1000, RATE, tone(1))),
            "transcript": bool(heard(g, "hello").content),
            "summary": bool(g.let_facts({"reason": "x"})),
            "logs": g.let_event(5, "turn_times", {"at_ms": 1, "turn": 1}) is not None,
        }
        assert got == {part: part != name for part in got}


def test_in_metadata_only_no_field_repeats_what_was_said():
    g = gate("metadata_only")
    grant(g)
    kept = [
        heard(g, "I have a toothache"),
        said(g, "You said you have a toothache."),
        g.let_event(3, "understood", {"at_ms": 1, "turn": 1, "intent": "pain", "source": "faq:toothache", "score": 0.9}),
        g.let_event(4, "tool", {"at_ms": 1, "turn": 1, "name": "book", "ok": True, "arguments": {"name": "Ada"}, "result": {}}),
        g.let_event(5, "digits", {"at_ms": 1, "digits": "4111"}),
        g.let_event(6, "transferred", {"at_ms": 1, "escalation_id": "e", "person": "desk", "ok": True, "reason": "toothache"}),
    ]
    assert all(k.content == {} for k in kept)
    assert not any("tooth" in str(k.fields) or "4111" in str(k.fields) for k in kept)
    assert kept[0].fields == {"turn": 1, "start_ms": 5000, "end_ms": 6000}
    assert g.let_facts({"name": "Ada"}) == {}
    assert g.let_number("+16095550173") == ""


def test_in_excluding_pii_text_words_and_facts_carry_the_same_placeholder():
    g = gate("excluding_pii", caller_number="+16095550173")
    grant(g)
    first = heard(g, "hello my name is Ada Lovelace")
    second = said(g, "Thank you, Ada. I will note that.", 7000, 8000)
    facts = g.let_facts({"name": "Ada Lovelace", "number": "+16095550173", "reason": "Ada wants a cleaning"})
    assert first.content["text"] == "hello my name is [NAME_1]"
    assert [w[0] for w in first.content["words"]] == ["hello", "my", "name", "is", "[…]", "[…]"]
    assert "Ada" not in second.content["text"]
    assert facts["name"] == "[NAME_1]"
    assert "Ada" not in facts["reason"]
    assert "cleaning" in facts["reason"]


@pytest.mark.parametrize(
    "spoken", ["six oh nine five five five oh one seven three", "609-555-0173", "555 0173", "triple five 0173"]
)
def test_the_callers_own_number_is_found_in_any_form(spoken):
    g = gate("excluding_pii", caller_number="+16095550173")
    grant(g)
    assert "[PHONE_1]" in heard(g, f"you have {spoken}").content["text"]


def test_what_was_asked_for_is_redacted_even_when_it_looks_like_nothing():
    g = gate("excluding_pii")
    grant(g)
    said(g, "May I have your name, please?")
    assert heard(g, "yes it's Wibble Frobnicate").content["text"] == "yes it's [NAME_1]"
    said(g, "Thank you. Anything else?", 7000, 8000)
    assert heard(g, "is there parking", 9000, 10000).content["text"] == "is there parking"


def test_the_agent_may_name_the_business_and_not_the_caller():
    g = gate("excluding_pii", never_redact=("Riverside Dental", "Robin", "Dr. Anita Patel", "+18565550100"))
    grant(g)
    assert said(g, "Our dentists are Dr. Anita Patel.").content["text"] == "Our dentists are Dr. Anita Patel."
    heard(g, "this is Robin Goodfellow")
    assert "Robin" not in said(g, "Hello Robin.", 7000, 8000).content["text"]


def settled(g):
    return g.close()


def test_redacted_words_are_muted_on_both_sides_with_a_margin_and_the_rest_is_heard():
    g = gate("excluding_pii")
    grant(g, at_ms=0)
    assert g.let_audio(1, 5000, RATE, tone(2)) == []
    said(g, "One moment please.", 5000, 7000)
    heard(g, "hello my name is Ada okay then thanks", 5000, 7000)  # 250 ms a word, "Ada" from 6000 to 6250
    (piece,) = settled(g)
    sound = channels(piece)

    def at(ms):
        return sound[int((ms - 5000) * RATE / 1000)]

    assert tuple(at(5800)) == (1000, 500)
    assert tuple(at(5900)) == (0, 0), "150 ms before the word"
    assert tuple(at(6100)) == (0, 0)
    assert tuple(at(6390)) == (0, 0), "150 ms after the word"
    assert tuple(at(6450)) == (1000, 500)


def test_an_utterance_without_word_times_is_muted_whole():
    g = gate("excluding_pii")
    grant(g, at_ms=0)
    g.let_audio(1, 5000, RATE, tone(1))
    heard(g, "hello my name is Ada", words=False)
    assert not channels(settled(g)[0]).any()


def test_sound_whose_words_never_come_is_muted():
    g = gate("excluding_pii")
    grant(g, at_ms=0)
    g.let_audio(1, 5000, RATE, tone(1))
    assert not channels(settled(g)[0]).any()


def test_held_audio_is_bounded_and_let_out_in_order():
    g = gate("excluding_pii")
    grant(g, at_ms=0)
    out = []
    for n in range(60):
        out += g.let_audio(n, n * SECOND, RATE, tone(1))
        heard(g, "good morning", n * SECOND, n * SECOND + 900, seq=100 + n)
        out += g.ready()
    assert [p.seq for p in out] == list(range(60 - HOLD_MS // SECOND))
    assert len(g.close()) == HOLD_MS // SECOND
    assert channels(out[0])[: RATE // 2, 0].all()


def test_in_everything_audio_passes_untouched_at_once():
    g = gate()
    grant(g, at_ms=0)
    (piece,) = g.let_audio(1, 1000, RATE, tone(1))
    assert piece.pcm == tone(1)
