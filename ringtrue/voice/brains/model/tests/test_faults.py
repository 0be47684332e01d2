"""Every fault of a provider: another model or the receptionist answers in the same turn, soon, and nothing is said by halves or twice."""

from __future__ import annotations

import pytest

from ringtrue.voice.agent import Limits, ModelChoice
from ringtrue.voice.brains.acts import Say
from ringtrue.voice.brains.model import connecting
from ringtrue.voice.brains.model.tests.driving import AGENT, CLAUDE, FAMILIES, GPT, KEY, Driven, said
from ringtrue.voice.brains.model.tests.model_stand_in import Fault, Reply, StandIn

BEFORE: list[tuple[Fault, str]] = [
    ("stall_before", "first_token"), ("malformed", "bad_answer"), ("429", "rate_limited"), ("529", "overloaded"),
    ("500", "provider_fault"), ("401", "key_refused"), ("refused_connection", "unreachable"),
]  # fmt: skip
AMID: list[tuple[Fault, str]] = [("stall", "stall"), ("cut", "cut_off"), ("cut_cleanly", "cut_off"), ("refusal", "refused")]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
@pytest.mark.parametrize(("fault", "code"), BEFORE)
async def test_a_fault_before_the_first_word(family: ModelChoice, fault: Fault, code: str) -> None:
    """The next model answers; and with none left the receptionist."""
    driven = Driven(StandIn([Reply("Never said.", fault=fault), Reply("At nine.")]), family, GPT if family is CLAUDE else CLAUDE)
    await driven.brain.prepare(driven.order)
    acts = await driven.turn("When do you open?")
    assert said(acts) == ["At nine."]
    assert acts[-1][0] <= 2.5 + 0.2
    assert driven.troubles == [f"model_{code}"]
    assert [one.outcome for one in driven.spent] == [code, "done"]

    alone = Driven(StandIn([Reply("Never said.", fault=fault)]), family)
    alone.behind.answers = [[Say("We open at nine.")]]
    await alone.brain.prepare(alone.order)
    assert said(await alone.turn("When do you open?")) == ["We open at nine."]
    assert [heard.text for heard in alone.behind.heard] == ["When do you open?"], "nothing that was said is lost"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
@pytest.mark.parametrize(("fault", "code"), AMID)
async def test_a_fault_in_mid_answer(family: ModelChoice, fault: Fault, code: str) -> None:
    """Whole sentences stand, half ones are never said, and the next model goes on without repeating."""
    words = "We open at nine every day. On Fridays we close a little earlier"
    if fault == "refusal":
        words = "We open at nine every day. On Fridays I cannot"
    replies = [Reply(words, fault=fault, after=9), Reply("We open at nine every day. On Fridays we close at two.")]
    driven = Driven(StandIn(replies), family, GPT)
    await driven.brain.prepare(driven.order)
    assert said(await driven.turn("When?")) == ["We open at nine every day.", "On Fridays we close at two."]
    assert driven.troubles == [f"model_{code}"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda choice: choice.provider)
async def test_half_a_tool_call_is_not_run(family: ModelChoice) -> None:
    half = Reply("One moment.", tools=[("take_message", {"reason": "Call me back tomorrow."})], fault="half_tool")
    driven = Driven(StandIn([half, Reply("I'm sorry, could you say that again?")]), family, GPT)
    await driven.brain.prepare(driven.order)
    acts = await driven.turn("Tell them to call me.")
    assert [type(act).__name__ for _, act in acts] == ["Note", "Say", "Ask"]
    assert said(acts) == ["One moment.", "I'm sorry, could you say that again?"]


async def test_a_model_that_failed_twice_is_not_asked_again_in_this_call() -> None:
    driven = Driven(StandIn([Reply(fault="500")]), CLAUDE)
    driven.behind.answers = [[Say("Yes.")]]
    await driven.brain.prepare(driven.order)
    for turn in (1, 2, 3, 4):
        assert said(await driven.turn("Hello?", turn=turn)) == ["Yes."]
    assert len(driven.stand_in.seen) == 2


@pytest.mark.parametrize("limits", [Limits(model_spend_usd=0.00001), Limits(model_tokens=500)], ids=["dollars", "tokens"])
async def test_a_call_that_has_cost_enough_goes_on_without_models(limits: Limits) -> None:
    import msgspec

    driven = Driven(StandIn([Reply("At nine.")]), CLAUDE, agent=msgspec.structs.replace(AGENT, limits=limits))
    driven.behind.answers = [[Say("We open at nine.")]]
    await driven.brain.prepare(driven.order)
    assert said(await driven.turn("When?")) == ["At nine."]
    assert said(await driven.turn("When?", turn=2)) == ["We open at nine."]
    assert said(await driven.turn("When?", turn=3)) == ["We open at nine."]
    assert len(driven.stand_in.seen) == 1
    assert driven.troubles == ["model_spend_limit"], "told once"


async def test_endless_tools_end() -> None:
    driven = Driven(StandIn([Reply("", tools=[("find_slots", {"service": "Cleaning"})])]))
    driven.behind.answers = [[Say("Shall I take a message?")]]
    await driven.brain.prepare(driven.order)
    acts = await driven.turn("When?")
    assert said(acts) == ["Shall I take a message?"]
    assert len(driven.stand_in.seen) == 5


async def test_without_the_extra_the_receptionist_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError

    monkeypatch.setattr(connecting, "_library", None)
    monkeypatch.setattr(connecting, "Library", missing)
    with pytest.raises(connecting.ExtraMissing, match="pip install"):
        connecting.load()
    driven = Driven(StandIn())
    driven.behind.answers = [[Say("We open at nine.")]]
    await driven.brain.prepare(driven.order)
    assert said(await driven.turn("When?")) == ["We open at nine."]
    assert driven.troubles == ["model_extra_missing"]


async def test_no_fault_shows_the_key(capsys: pytest.CaptureFixture[str]) -> None:
    for fault, _ in BEFORE:
        driven = Driven(StandIn([Reply(fault=fault)]), CLAUDE, GPT)
        driven.behind.answers = [[Say("Yes.")]]
        await driven.brain.prepare(driven.order)
        await driven.turn("My name is Zebedee Quux.")
        assert KEY not in repr(driven.told)
        assert "Quux" not in repr(driven.told)
    out = "".join(capsys.readouterr())
    assert KEY not in out
    assert "Quux" not in out
