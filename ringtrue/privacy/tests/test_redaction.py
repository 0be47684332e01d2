import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringtrue.privacy.asking import asked_for
from ringtrue.privacy.checksums import is_card, is_iban, is_ssn, luhn
from ringtrue.privacy.gate import Gate, GateCall
from ringtrue.privacy.redaction import CallRedactor, find_spans
from ringtrue.privacy.spoken import digit_runs, spoken_digits, tokens


def found(text, **more):
    return [(s.kind, text[s.start : s.end]) for s in find_spans(text, **more)]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four one one one", "4111"),
        ("eight five six, five five five, oh one four two", "8565550142"),
        ("double five triple oh seven", "5500" + "07"),
        ("nineteen eighty four", "1984"),
        ("twenty five fifteen", "2515"),
        ("5 5 5-0142", "5550142"),
        ("555 dash oh one um four two", "5550142"),
        ("two hundred", "200"),
        ("eight hundred five five five", "800555"),
    ],
)
def test_numbers_are_read_as_people_say_them(text, digits):
    assert [run.value for run in digit_runs(text, tokens(text))] == [digits]


@pytest.mark.parametrize("text", ["oh that is nice", "oh yes oh no", "a tense situation", ""])
def test_words_that_only_sound_like_digits_are_none(text):
    assert digit_runs(text, tokens(text)) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("my number is 609-555-0173.", "PHONE", "609-555-0173"),
        ("call six oh nine five five five oh one seven three", "PHONE", "six oh nine five five five oh one seven three"),
        ("the card is 4111 1111 1111 1111", "CARD", "4111 1111 1111 1111"),
        ("four one one one one one one one one one one one one one one one", "CARD", None),
        ("my social is 123-45-6789", "SSN", "123-45-6789"),
        ("account GB82 WEST 1234 5698 7654 32 please", "IBAN", "GB82 WEST 1234 5698 7654 32"),
        ("it is ada dot lovelace at example dot com", "EMAIL", "ada dot lovelace at example dot com"),
        ("ada@example.com", "EMAIL", "ada@example.com"),
        ("we are at 12 Mill Street, Riverside", "ADDRESS", "12 Mill Street, Riverside"),
        ("I live at four twenty two maple avenue", "ADDRESS", "four twenty two maple avenue"),
        ("my zip is oh eight oh seven five", "POSTCODE", "oh eight oh seven five"),
        ("postcode is n r 1 5 x t", "POSTCODE", "n r 1 5 x t"),
        ("I was born on the 3rd of June 1939", "DATE_OF_BIRTH", "the 3rd of June 1939"),
        ("june first nineteen eighty", "DATE_OF_BIRTH", "june first nineteen eighty"),
        ("my name is Ada Lovelace", "PERSON", "Ada Lovelace"),
        ("hi this is jennifer", "PERSON", "jennifer"),
        ("l o v e l a c e", "PERSON", "l o v e l a c e"),
        ("my policy number is hfb 568975463", "NUMBER", "hfb 568975463"),
        ("visit www.example.com/ada today", "URL", "www.example.com/ada"),
        ("from 203.0.113.7 today", "IP", "203.0.113.7"),
    ],
)  # fmt: skip
def test_what_tells_who_somebody_is_is_found(text, kind, value):
    assert found(text) == [(kind, value if value is not None else text)]


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to book a cleaning on Thursday the 3rd of December at 2:30 please",
        "it costs $120 and takes 45 minutes",
        "are you open on Thanksgiving?",
        "do you take Delta Dental insurance?",
        "I have two kids, they are 5 and 7 years old",
        "can I come in half an hour, around ten thirty?",
        "the tooth hurts since Monday",
        "yes", "no thanks", "crown", "",
    ],
)  # fmt: skip
def test_ordinary_speech_is_left_alone(text):
    assert found(text) == []


def test_checksums():
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert is_ssn("123456789")
    assert not is_ssn("666456789")
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765433")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("May I have your name, please?", "PERSON"),
        ("Could you spell that for me?", "PERSON"),
        ("Thank you. And what's the best number to reach you?", "PHONE"),
        ("What is your date of birth?", "DATE_OF_BIRTH"),
        ("What e-mail address can I use?", "EMAIL"),
        ("Our address is 12 Mill Street.", ""),
        ("We are open until five.", ""),
    ],
)
def test_what_the_agent_asks_for_is_known(said, kind):
    assert asked_for(said) == kind


@pytest.mark.promise("P-LDX-6-9")
def test_placeholders_are_typed_and_stable_through_a_call():
    redactor = CallRedactor(number="+16095550173")
    assert redactor.text("I'm Ada Lovelace, call 609 555 0173")[0] == "I'm [NAME_1], call [PHONE_1]"
    assert redactor.text("my wife is called Grace Hopper")[0] == "my wife is called [NAME_2]"
    assert redactor.text("that was six oh nine five five five oh one seven three")[0].endswith("[PHONE_1]")
    assert "[PHONE_2]" in redactor.text("or try 212 555 0188")[0]


def test_a_name_once_learnt_is_found_spelled_and_alone():
    redactor = CallRedactor()
    redactor.text("my name is Quarnstrom")
    assert "quarnstrom" not in redactor.text("it is under quarnstrom I think")[0]
    assert "Q-U" not in redactor.text("spelled Q-U-A-R-N-S-T-R-O-M, yes")[0]


def test_times_of_slots_are_ours_and_stay():
    values = {"slots": "2026-11-23T09:00,2026-11-23T10:30", "booked": "true", "start": "2026-11-23T09:00", "name": "Ada"}
    assert CallRedactor().values(values) == values | {"name": "[NAME_1]"}


@pytest.mark.promise("P-LDX-6-9")
@settings(max_examples=150, deadline=None)
@given(
    number=st.integers(2_000_000_000, 9_999_999_999), form=st.integers(0, 4), before=st.sampled_from(["", "it's ", "call me at "])
)
def test_no_telephone_number_survives_in_any_form(number, form, before):
    digits = str(number)
    said = [
        digits, f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", spoken_digits(digits),
        spoken_digits(digits).replace("zero", "oh"), " ".join(digits),
    ][form]  # fmt: skip
    redacted, _ = CallRedactor().text(before + said)
    assert not any(piece in redacted for piece in (said, digits, digits[3:], spoken_digits(digits[3:])))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_any_text_goes_through(text):
    redacted, spans = CallRedactor().text(text)
    assert isinstance(redacted, str)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)


def test_what_cannot_be_redacted_is_not_kept_and_not_logged(monkeypatch, caplog):
    gate = Gate(GateCall(call_id="c", storage_mode="excluding_pii"))
    gate.let_event(1, "consent", {"at_ms": 0, "granted": True, "method": "announced"})
    monkeypatch.setattr(gate.redactor, "utterance", lambda *args: 1 / 0)
    kept = gate.let_event(2, "heard", {"at_ms": 1, "start_ms": 0, "end_ms": 1, "text": "my name is Ada"})
    assert kept.content == {}
    assert "Ada" not in caplog.text


def test_the_suite_scores_the_corpus(eval_data):
    from argparse import Namespace

    from ringtrue.evaluating.pii import evaluate

    report = evaluate(eval_data, Namespace())
    recall = {kind: figures["recall"] for kind, figures in report.slices.items()}
    assert recall["CARD"] == 1.0
    assert recall["PHONE"] >= 0.98
    assert recall["EMAIL"] >= 0.98
    assert recall["POSTCODE"] >= 0.97
    assert report.slices["evi_spoken_pii_turns"]["recall"] >= 0.95
    assert report.metrics["precision"] >= 0.95
