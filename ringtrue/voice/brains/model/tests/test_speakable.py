"""What a model writes, as it may be said."""

from __future__ import annotations

import pytest

from ringtrue.voice.brains.model.speakable import LONGEST_ANSWER, LONGEST_SENTENCE, SentenceStream, awaited, clean


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**We** are `open` on _Monday_.", "We are open on Monday."),
        ("## Hours", "Hours"),
        ("- Cleaning costs $120.", "Cleaning costs $120."),
        ("See [our page](https://x.example/a?b=1).", "See our page."),
        ("Go to https://www.riverside.example/book?x=1.", "Go to riverside.example."),
        ("Sure! 😀", "Sure!"),
        ("<b>Yes</b>, we do.", "Yes, we do."),
        ("```json\n{}\n```", ""),
        ("…", ""),
        ("I'm a real person, I promise.", "I'm an AI assistant."),
        ("I am not a robot.", "I'm an AI assistant."),
        ("I'm a person of few words.", "I'm an AI assistant."),
        ("You can talk to a real person.", "You can talk to a real person."),
    ],
)
def test_only_what_can_be_said(written: str, spoken: str) -> None:
    assert clean(written) == spoken


def fed(text: str, size: int = 3) -> list[str]:
    stream = SentenceStream()
    out = [sentence for at in range(0, len(text), size) for sentence in stream.take(text[at : at + size])]
    return out + stream.end(whole=True)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_sentences_do_not_depend_on_how_they_arrive(size: int) -> None:
    text = "We are open from 9 a.m. to 5 p.m. on Monday. Dr. Patel is here then! Shall I book that?\n- It costs $120.50 today."
    assert fed(text, size) == [
        "We are open from 9 a.m. to 5 p.m. on Monday.", "Dr. Patel is here then!", "Shall I book that?", "It costs $120.50 today.",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 4])
def test_what_a_model_thinks_is_not_said(size: int) -> None:
    assert fed("<think>The caller is rude. I hate this.</think>Hello. How are you?", size) == ["Hello.", "How are you?"]
    assert fed("<think>This never ends. Really.", size) == []


def test_half_a_sentence_is_not_given() -> None:
    stream = SentenceStream()
    assert stream.take("We open at nine. On Fridays we") == ["We open at nine."]
    assert stream.end(whole=False) == []


def test_nobody_listens_to_an_endless_answer() -> None:
    said = fed("This is a sentence of some length, and there are many more like it. " * 60, 40)
    assert sum(map(len, said)) <= LONGEST_ANSWER + LONGEST_SENTENCE
    (long,) = fed("word, " * 400)
    assert len(long) <= LONGEST_SENTENCE + 1


@pytest.mark.parametrize(
    ("question", "expecting"),
    [
        ("What's your name, please?", "name"),
        ("Could I have your phone number?", "digits"),
        ("Is that the number you are calling from?", "yes_no"),
        ("How do you spell that?", "spelling"),
        ("Which day would suit you?", "date"),
        ("Shall I book that for you?", "yes_no"),
        ("What is your address?", "address"),
        ("What is your email address?", "open"),
        ("Would you like Monday or Tuesday?", "open"),
        ("How can I help you?", "open"),
    ],
)
def test_what_a_question_awaits(question: str, expecting: str) -> None:
    assert awaited(question) == expecting
