"""Messages: name, number, reason, read-back, correction, and nothing said to be done before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from ringtrue.voice.brains.acts import HeardTurn
from ringtrue.voice.brains.tests.driving import Call, starter
from ringtrue.voice.port import ToolFailed

Make = Callable[..., Awaitable[Call]]


@pytest.mark.promise("P-ALX-2.1-7")
async def test_a_message_is_read_back_and_taken(call: Make) -> None:
    made = await call()
    assert "name" in await made.says("can I leave a message for doctor patel")
    assert "calling from" in await made.says("um it's maria garcia")
    await made.says("yes it is")
    read_back = await made.says("my crown came loose and I need advice")
    assert "G, A, R, C, I, A" in read_back
    assert "8 5 6, 5 5 5, 0 1 7 7" in read_back
    assert "crown came loose" in read_back
    assert made.used("take_message") == []
    said = await made.says("yes that's right")
    assert made.used("take_message") == [
        {"name": "Maria Garcia", "number": "+18565550177", "reason": "my crown came loose and I need advice"}
    ]
    assert "I have taken your message" in said
    facts = made.brain.facts()
    assert made.brain.goal == "message"
    assert facts["name"] == "Maria Garcia"
    assert facts["number"] == "+18565550177"
    assert "next_step" in facts


async def test_another_number_is_taken_in_spoken_digits_and_corrected(call: Make) -> None:
    made = await call()
    await made.says("please have someone call me back")
    await made.says("bob jones")
    await made.says("no")
    await made.says("two one five triple five oh one double two")
    await made.says("about the crown")
    said = await made.says("no the number is two one five five five five oh one two three")
    assert "2 1 5, 5 5 5, 0 1 2 3" in said
    said = await made.says("no it ends in four four")
    assert "2 1 5, 5 5 5, 0 1 4 4" in said
    await made.says("correct")
    assert made.used("take_message")[0]["number"] == "+12155550144"


async def test_a_name_is_corrected_by_spelling(call: Make) -> None:
    made = await call()
    await made.says("can you take a message")
    await made.says("john smith")
    await made.says("yes")
    await made.says("tell him I will be late")
    said = await made.says("no it's john smythe s m y t h e")
    assert "S, M, Y, T, H, E" in said
    await made.says("yes")
    assert made.used("take_message")[0]["name"] == "John Smythe"


async def test_an_unknown_question_becomes_a_message(call: Make) -> None:
    made = await call()
    await made.says("do you do braces")
    await made.says("yes please")
    await made.says("ann lee")
    said = await made.says("yes")
    assert "do you do braces" in said
    await made.says("yes")
    assert "braces" in made.used("take_message")[0]["reason"]


async def test_a_question_in_between_is_answered_and_the_form_goes_on(call: Make) -> None:
    made = await call()
    await made.says("I'd like to leave a message")
    said = await made.says("what are your opening hours?")
    assert "8 a.m." in said
    assert said.rstrip().endswith("?")
    assert "name" in said.split(".")[-1].lower() or "name" in said.lower()
    assert "calling from" in await made.says("maria garcia")


async def test_nothing_is_claimed_when_the_message_could_not_be_saved(call: Make) -> None:
    made = await call()
    made.tools["take_message"] = ToolFailed("timeout")
    for turn in ("can I leave a message", "maria garcia", "yes", "please call about my crown"):
        await made.says(turn)
    said = await made.says("yes")
    assert "have taken your message" not in made.everything
    assert "couldn't save" in said
    assert made.brain.goal != "message"
    assert "promised" not in made.brain.facts()


async def test_without_a_number_no_message_is_promised(call: Make) -> None:
    made = await call(number="")
    await made.says("can I leave a message")
    await made.says("maria garcia")
    await made.says("I don't know")
    said = await made.says("I really do not know it")
    assert made.used("take_message") == []
    assert "without a number" in said


async def test_a_number_that_is_too_short_is_asked_for_again(call: Make) -> None:
    made = await call(number="")
    await made.says("can I leave a message")
    await made.says("maria garcia")
    assert "digit by digit" in await made.says("five five five oh one two two")
    await made.says("eight five six five five five oh one two two")
    await made.says("my crown")
    await made.says("yes")
    assert made.used("take_message")[0]["number"] == "+18565550122"


async def test_keys_can_be_pressed_for_the_number(call: Make) -> None:
    made = await call(number="")
    await made.says("can I leave a message")
    await made.says("maria garcia")
    await made.says("", digits="8565550122")
    await made.says("my crown")
    await made.says("yes")
    assert made.used("take_message")[0]["number"] == "+18565550122"


async def test_never_mind_leaves_the_form(call: Make) -> None:
    made = await call()
    await made.says("can I leave a message")
    await made.says("actually never mind")
    assert made.used("take_message") == []
    assert "$120" in await made.says("how much is a cleaning")


async def test_metadata_only_takes_no_message_and_no_booking(call: Make) -> None:
    for wish in ("can I leave a message", "I'd like to book a cleaning", "do you do braces", "I need to cancel my appointment"):
        made = await call(mode="metadata_only")
        said = await made.says(wish)
        assert "put you through" in said
        for turn in ("my name is maria garcia", "eight five six five five five oh one two two"):
            await made.says(turn)
        assert made.uses == []
        assert set(made.brain.facts()) == {"answered"}


async def test_metadata_only_after_hours_asks_to_call_again(call: Make) -> None:
    made = await call(mode="metadata_only", now="2026-11-23T20:00")
    said = await made.says("can I leave a message")
    assert "opening hours" in said
    assert made.uses == []


async def test_being_cut_off_leaves_the_brain_ready_for_the_next_turn(call: Make) -> None:
    """Barge-in closes the generator at any act; the next turn goes on from there."""
    for cut_after in range(4):
        made = await call()
        await made.says("can I leave a message")
        acts = made.brain.answer(HeardTurn(turn=9, text="maria garcia"))
        for _ in range(cut_after):
            try:
                await acts.asend(None)
            except StopAsyncIteration:
                break
        await acts.aclose()
        said = await made.says("maria garcia" if cut_after == 0 else "yes")
        assert "calling from" in said or "pass on" in said or "about" in said


@pytest.mark.promise("P-NEJ-1-6")
async def test_a_person_is_reached_by_rule_and_only_in_its_hours(call: Make) -> None:
    made = await call()
    await made.says("let me talk to a person please")
    assert made.transfers == ["person"]
    assert made.brain.goal == "transfer"
    late = await call(now="2026-11-23T20:00")
    said = await late.says("let me talk to a person please")
    assert late.transfers == []
    assert "We open again tomorrow at 8 a.m." in said
    assert "message" in said


@pytest.mark.promise("P-NEJ-1-6")
async def test_a_transfer_that_fails_is_said_to_have_failed(call: Make) -> None:
    made = await call()
    made.transfer_result = {"ok": "false", "reason": "busy"}
    said = await made.says("I was charged twice")
    assert made.transfers == ["billing"]
    assert "couldn't reach our billing office" in said
    assert made.brain.goal != "transfer"


async def test_transfers_are_off_where_the_business_says_so(call: Make) -> None:
    handling = type(starter("dental").handling)(transfer=False)
    made = await call(handling=handling)
    await made.says("let me talk to a person please")
    assert made.transfers == []


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        ("my face is swollen I have a swollen face", "pain"),
        ("question about an invoice", "billing"),
        ("I knocked out a tooth it got knocked out", "pain"),
    ],
)
@pytest.mark.promise("P-ALX-2.1-7", "P-NEJ-1-6")
async def test_words_of_a_rule_transfer_to_its_person(call: Make, phrase: str, rule: str) -> None:
    made = await call()
    await made.says(phrase)
    assert made.transfers == [rule]


async def test_a_yes_to_half_a_read_back_is_none(call: Make) -> None:
    made = await call()
    for turn in ("can I leave a message", "maria garcia", "yes", "my crown came loose"):
        await made.says(turn)
    said = await made.says("okay", interrupted="Let me read that back: Maria")
    assert made.used("take_message") == []
    assert "read that back" in said
    await made.says("okay")
    assert len(made.used("take_message")) == 1


async def test_a_long_sentence_is_neither_a_name_nor_a_yes(call: Make) -> None:
    made = await call()
    await made.says("can I leave a message")
    await made.says("let's get that fixed for you are you close enough that you prefer to just turn back around")
    assert made.brain.facts().get("name") is None
    await made.says("maria garcia")
    await made.says("yes")
    await made.says("my crown came loose")
    await made.says("okay so what you are going to want to do is hold both of the little buttons down for ten seconds")
    assert made.used("take_message") == []
