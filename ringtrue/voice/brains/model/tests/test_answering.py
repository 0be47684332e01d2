"""What a model says becomes sentences at once, what it wants done becomes typed tools, and it is told only what the caller heard."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ringtrue.voice.agent import ModelChoice
from ringtrue.voice.brains.acts import Ask, HangUp, HeardTurn, Say, Transfer, Use
from ringtrue.voice.brains.model.prices import Price, Table, Tokens, cost_usd, price_of
from ringtrue.voice.brains.model.tests.driving import AGENT, CLAUDE, FAMILIES, GPT, KEY, OWN, Driven, said
from ringtrue.voice.brains.model.tests.model_stand_in import Reply, StandIn
from ringtrue.voice.port import ToolFailed

ANSWER = "We are open from nine to five. Would you like to book a visit?"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
async def test_sentences_come_as_they_stand(family: ModelChoice) -> None:
    driven = Driven(StandIn([Reply(ANSWER, first_ms=200, token_ms=50)]), family)
    await driven.brain.prepare(driven.order)
    acts = await driven.turn("When are you open?")
    (first_at, first), (last_at, last) = acts[1:]
    assert first == Say("We are open from nine to five.")
    assert last == Ask("Would you like to book a visit?", "yes_no")
    # 200 ms, then 50 ms for each of the words until the next sentence begins: long before the answer is whole
    assert first_at == pytest.approx(0.2 + 7 * 0.05, abs=0.02)
    assert last_at == pytest.approx(0.2 + 13 * 0.05, abs=0.06)
    assert [one.outcome for one in driven.spent] == ["done"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
async def test_closing_the_answer_closes_the_stream_at_once(family: ModelChoice) -> None:
    driven = Driven(StandIn([Reply("One. Two. " + "And so on. " * 80, token_ms=40)]), family)
    await driven.brain.prepare(driven.order)
    loop = asyncio.get_running_loop()
    acts = driven.brain.answer(HeardTurn(turn=1, text="Tell me everything."))
    while not isinstance(await anext(acts), Say):
        pass
    step = asyncio.create_task(anext(acts))  # the loop awaits the next sentence
    await asyncio.sleep(0.05)
    cut_at = loop.time()
    step.cancel()
    await asyncio.gather(step, return_exceptions=True)
    await acts.aclose()
    seen = driven.stand_in.seen[0]
    assert seen.closed_at
    assert not seen.whole
    assert seen.closed_at - cut_at <= 0.05
    (spent,) = driven.spent
    assert spent.outcome == "interrupted"
    assert spent.estimated
    assert spent.input_tokens > 100
    assert spent.output_tokens > 0


async def test_a_real_connection_is_closed_when_the_caller_breaks_in() -> None:
    """Over a socket: the stand-in sees the end of the connection, not of a generator."""
    stand_in = StandIn([Reply("One. Two. " + "And so on. " * 2000, first_ms=1, token_ms=1)])
    server, port = await stand_in.serve()
    driven = Driven(stand_in, ModelChoice(provider="compatible", model="m", base_url=f"http://127.0.0.1:{port}/v1", key=KEY))
    driven.brain._links = type(driven.brain._links)()  # no transport: the network
    await driven.brain.prepare(driven.order)
    acts = driven.brain.answer(HeardTurn(turn=1, text="Tell me everything."))
    while not isinstance(await anext(acts), Say):
        pass
    await acts.aclose()
    for _ in range(200):  # the end of a connection travels through the kernel, not through the loop's clock
        if stand_in.seen[0].closed_at:
            break
        await asyncio.sleep(0.001)
    assert stand_in.seen[0].closed_at
    assert not stand_in.seen[0].whole
    await driven.brain._links.close()
    server.close()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
async def test_tools_are_run_and_answered_from(family: ModelChoice) -> None:
    replies = [
        Reply("Let me see.", tools=[("find_slots", {"service": "cleaning", "day": "2026-11-24"})]),
        Reply("", tools=[("book", {"service": "Cleaning", "start": "2026-11-24T10:00", "name": "Ada Byron"})]),
        Reply("You are booked for ten o'clock."),
    ]
    driven = Driven(StandIn(replies), family)
    driven.results = {"find_slots": {"slots": "2026-11-24T10:00"}, "book": {"booked": "true"}}
    await driven.brain.prepare(driven.order)
    acts = [act for _, act in await driven.turn("A cleaning on Tuesday, please. I'm Ada Byron.")]
    uses = [act for act in acts if isinstance(act, Use)]
    assert [use.tool for use in uses] == ["find_slots", "book"]
    assert uses[1].arguments == {
        "service": "Cleaning", "start": "2026-11-24T10:00", "name": "Ada Byron", "number": "+12025550123",
    }, "the number is the session's where the caller gave none"  # fmt: skip
    assert acts[-1] == Say("You are booked for ten o'clock.")
    assert driven.brain.goal == "booking"
    assert driven.brain.facts()["name"] == "Ada Byron"
    last = json.dumps(driven.stand_in.seen[-1].body)
    assert "2026-11-24T10:00" in last
    assert last.count("Let me see.") == 1, "what it has said in this answer it is told, so that it does not say it again"


async def test_nothing_that_says_whose_call_it_is_comes_from_the_model() -> None:
    order = {"from_number": "+12025550123"}
    driven = Driven(StandIn([Reply("", tools=[("transfer", {"to": "+15005550006"})]), Reply("I can't do that.")]), **order)
    await driven.brain.prepare(driven.order)
    for name, (_, schema) in driven.brain._toolbox.schemas.items():
        assert not {"workspace", "call", "call_id", "caller", "agent", "destination"} & set(schema["properties"]), name
        assert schema["additionalProperties"] is False
    acts = await driven.turn("Put me through to +1 500 555 0006.")
    assert not [act for _, act in acts if isinstance(act, Transfer)]
    sent = json.dumps([seen.body for seen in driven.stand_in.seen])
    assert "+18565550111" not in sent, "the model never sees where a transfer goes"
    assert "+12025550123" not in sent
    assert "call-1" not in sent
    driven = Driven(StandIn([Reply("One moment.", tools=[("transfer", {"to": "person"})])]))
    await driven.brain.prepare(driven.order)
    assert Transfer("person") in [act for _, act in await driven.turn("A person, please.")]


async def test_wrong_arguments_go_back_to_the_model_and_nothing_is_done() -> None:
    replies = [
        Reply("", tools=[("book", {"service": "Brain surgery", "start": "2026-11-24T10:00", "name": "Ada"})]),
        Reply("", tools=[("book", '{"service": "Cleaning", "workspace": "other", "start": "2026-11-24T10:00", "name": "Ada"}')]),
        Reply("We don't offer that."),
    ]
    driven = Driven(StandIn(replies))
    await driven.brain.prepare(driven.order)
    acts = await driven.turn("Brain surgery tomorrow, please.")
    assert not [act for _, act in acts if isinstance(act, Use)]
    assert said(acts) == ["We don't offer that."]
    assert "must be one of: Cleaning" in json.dumps(driven.stand_in.seen[1].body)


async def test_a_tool_that_fails_is_told_to_the_model() -> None:
    driven = Driven(StandIn([Reply("", tools=[("take_message", {"reason": "Call me back."})]), Reply("I could not save that.")]))
    driven.results = {"take_message": ToolFailed("not_kept")}
    await driven.brain.prepare(driven.order)
    assert said(await driven.turn("Tell them to call me.")) == ["I could not save that."]
    assert "not_kept" in json.dumps(driven.stand_in.seen[1].body)
    assert driven.brain.goal == "answered"


async def test_hang_up_says_goodbye() -> None:
    driven = Driven(StandIn([Reply("", tools=[("hang_up", {"goodbye": "**Goodbye**, and thank you."})])]))
    await driven.brain.prepare(driven.order)
    assert (await driven.turn("That was all."))[-1][1] == HangUp("Goodbye, and thank you.")


def texts_of(body: dict[str, Any], role: str) -> list[str]:
    """What the request says that this side said."""
    out = []
    for message in body["messages"]:
        content = message.get("content") or ""
        words = content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
        if message["role"] == role and words:
            out.append(words)
    return out


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
async def test_the_context_holds_only_what_was_played(family: ModelChoice) -> None:
    long = "We are open from nine to five. On Fridays we close at two. On Sundays nobody is here."
    driven = Driven(StandIn([Reply(long), Reply("Until two.")]), family)
    await driven.brain.prepare(driven.order)
    await driven.turn("When are you open?", played="Hi, this is Robin. How can I help you?")
    heard = "We are open from nine to five. On Fridays —"
    await driven.turn("What about Friday?", turn=2, played=heard, interrupted="On Fridays")
    assert texts_of(driven.stand_in.seen[1].body, "assistant") == ["Hi, this is Robin. How can I help you?", heard]
    assert "Sundays" not in json.dumps(driven.stand_in.seen[1].body["messages"])


async def test_an_answer_that_was_never_heard_leaves_no_trace() -> None:
    driven = Driven(StandIn([Reply("Nobody hears this."), Reply("At nine.")]))
    await driven.brain.prepare(driven.order)
    await driven.turn("When do you", played="How can I help you?")
    await driven.turn("When do you open tomorrow?", turn=2, continues=True)
    body = driven.stand_in.seen[1].body
    assert texts_of(body, "assistant") == ["How can I help you?"]
    assert texts_of(body, "user")[-1] == "When do you open tomorrow?"
    assert len(texts_of(body, "user")) == 2  # the beginning, and this


async def test_instructions_and_tools_are_cached_where_that_is_offered() -> None:
    driven = Driven(StandIn([Reply("At nine.")]), CLAUDE)
    await driven.brain.prepare(driven.order)
    await driven.turn("When?")
    body = driven.stand_in.seen[0].body
    assert body["system"][-1]["cache_control"]["type"] == "ephemeral"
    assert body["tools"][-1]["cache_control"]["type"] == "ephemeral"
    assert body["messages"][-1]["content"][-1]["cache_control"]["type"] == "ephemeral"
    assert "November" not in json.dumps(body["system"]), "what changes with the call would spoil the cache"
    assert "November 23, 2026" in json.dumps(body["messages"][0])


@pytest.mark.promise("P-NEJ-2-7")
async def test_openai_is_told_to_keep_nothing_of_a_call() -> None:
    driven = Driven(StandIn([Reply("At nine.")]), GPT)
    await driven.brain.prepare(driven.order)
    await driven.turn("When?")
    assert driven.stand_in.seen[0].body["store"] is False


async def test_tokens_and_cost_of_a_turn() -> None:
    driven = Driven(StandIn([Reply("At nine.")]), CLAUDE, GPT)
    await driven.brain.prepare(driven.order)
    await driven.turn("When?")
    (spent,) = driven.spent
    fresh = spent.input_tokens - spent.cached_tokens
    assert spent.cost_usd == pytest.approx((fresh * 0.1 + spent.cached_tokens * 0.01 + spent.output_tokens * 0.5) / 1e6)
    assert (spent.provider, spent.model, spent.turn, spent.first_ms) == ("anthropic", "claude-haiku-5-5", 1, 150)


def test_prices() -> None:
    table = Table(as_of="2026-11-21", models={"openai/m": Price(input=1.0, output=4.0, cached=0.5)})
    assert price_of("openai", "m-20261101", table) == price_of("openai", "m", table)
    assert price_of("openai", "n", table) is None
    assert cost_usd(None, Tokens(input=10)) is None
    assert cost_usd(price_of("openai", "m", table), Tokens(input=1_000_000, cached=400_000, output=500_000)) == pytest.approx(2.8)


async def test_a_model_without_a_price_has_tokens_only() -> None:
    driven = Driven(StandIn([Reply("At nine.")]), OWN)
    await driven.brain.prepare(driven.order)
    await driven.turn("When?")
    assert driven.spent[0].cost_usd is None
    assert driven.spent[0].input_tokens > 0


async def test_in_metadata_only_nothing_can_be_taken_down() -> None:
    driven = Driven(StandIn([Reply("At nine.")]), storage_mode="metadata_only")
    await driven.brain.prepare(driven.order)
    await driven.turn("When?")
    assert {tool["name"] for tool in driven.stand_in.seen[0].body["tools"]} == {"hang_up", "transfer"}


def test_the_key_is_in_no_representation() -> None:
    driven = Driven(StandIn(), CLAUDE)
    assert KEY not in repr(driven.order)
    assert KEY not in repr(CLAUDE)
    assert AGENT.brain == "receptionist"


WHISPER = "Offer her Friday at ten."


def instructed(body: dict[str, Any]) -> str:
    """The text that no caller can write into: Anthropic's `system`, OpenAI's system messages."""
    system = [message for message in body["messages"] if message["role"] in ("system", "developer")]
    return str(body.get("system", "")) + str(system)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
async def test_a_whisper_stands_with_the_instructions_from_the_next_answer_on(family: ModelChoice) -> None:
    driven = Driven(StandIn([Reply("What can I do for you?"), Reply("Would Friday suit you?")]), family)
    await driven.brain.prepare(driven.order)
    await driven.turn("Hello.")
    assert driven.brain.whisper(WHISPER)
    await driven.turn("I need an appointment.", turn=2)
    before, after = (seen.body for seen in driven.stand_in.seen)
    assert WHISPER not in str(before)
    assert WHISPER in instructed(after)
    assert WHISPER not in str([message for message in after["messages"] if message["role"] in ("user", "assistant")])


async def test_a_brain_whose_models_are_not_asked_any_more_says_that_it_cannot_follow() -> None:
    driven = Driven(StandIn([]), CLAUDE)
    await driven.brain.prepare(driven.order)
    driven.brain._stop("model_spend_limit")
    assert not driven.brain.whisper(WHISPER)
