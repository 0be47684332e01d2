"""The brain that is a language model, with other models behind it and the receptionist behind them all.

It says what the model says, sentence by sentence, and runs the tools that the model asks for. When every model fails, or the call
has cost enough, the receptionist answers in the same turn: the caller notices a filler at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any

import structlog

from ringtrue.voice.agent import CallOrder, ModelChoice
from ringtrue.voice.brains.acts import Act, Ask, Brain, HangUp, HeardTurn, Note, Say, Spent, Use
from ringtrue.voice.brains.hours import local_now
from ringtrue.voice.brains.model import connecting
from ringtrue.voice.brains.model.asking import Asking, ModelFailed, Times, Wanted
from ringtrue.voice.brains.model.connecting import ExtraMissing, Library, Links
from ringtrue.voice.brains.model.exchanges import Exchange, Exchanges, Message, Run, told
from ringtrue.voice.brains.model.instructions import beginning, instructions, whispered
from ringtrue.voice.brains.model.offering import Offers
from ringtrue.voice.brains.model.speakable import awaited
from ringtrue.voice.brains.model.toolbox import BadArguments, OfferText, Toolbox
from ringtrue.voice.port import ToolFailed

log = structlog.get_logger(__name__)

MOST_ROUNDS = 5  # of tools in one answer
STRIKES = 2  # failures running after which a model is not asked again in this call
PATIENCE_S = 6.0  # until something is said, all models together; then the receptionist answers
STILL_THERE = "Are you still there?"
GONE = "I can't hear you, so I'll hang up now. Please call again. Goodbye."
GO_ON = "(Your answer was cut off by a fault after its last sentence. Go on from there. Do not repeat anything.)"


class _HandOver(Exception):
    """The receptionist takes this turn."""


class Model:
    """One per call. `receptionist`: who takes over. `links`: the connections of the process."""

    speculates = True

    def __init__(self, receptionist: Brain, links: Links = connecting.OURS, times: Times | None = None) -> None:
        self.tell: Callable[[Spent | str], None] = lambda _: None
        self._receptionist = receptionist
        self._links = links
        self._times = times or Times()
        self._goal = ""
        self._strikes: dict[int, int] = {}
        self._spent_usd = 0.0
        self._tokens = 0
        self._stopped = ""  # why no model is asked any more in this call
        self._silences = 0
        self._library: Library | None = None
        self._gathered: dict[str, str] = {}
        self._whispers: list[str] = []  # from the business, in this call
        self._settled = asyncio.Event()  # the turn that was answered early is over, and was as foreseen

    @property
    def goal(self) -> str:
        """What was reached by whoever answered."""
        return self._goal or self._receptionist.goal

    @goal.setter
    def goal(self, goal: str) -> None:
        self._goal = goal

    async def prepare(self, order: CallOrder) -> None:
        self._order = order
        self._choices: tuple[ModelChoice, ...] = order.models
        self._toolbox = Toolbox(order)
        self._offers = Offers(order)
        self._instructions = instructions(order.agent, self._toolbox.described(), self._toolbox.keeps)
        self._history = Exchanges(beginning(order.agent, local_now(order.agent, order.now), order.mission))
        await self._receptionist.prepare(order)
        try:
            library = self._library = await connecting.load_aside()
            # Making a client reads certificates and builds schemas: up to half a second that no call of this process may wait.
            await asyncio.get_running_loop().run_in_executor(None, self._links.make_ready, self._choices, library)
        except ExtraMissing:
            self._stop("model_extra_missing")

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask(self._order.agent.greeting or "How can I help you?")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        self._silences += 1
        if for_s >= self._order.agent.limits.silence_hang_up_s or self._silences > 2:
            yield HangUp(GONE)
        else:
            yield Ask(STILL_THERE, "yes_no")

    def facts(self) -> dict[str, Any]:
        """What tools were given. What the receptionist gathered, where it took over, completes it."""
        return {**self._receptionist.facts(), **self._gathered}

    def whisper(self, text: str) -> bool:
        """See `call.joining.Guided`. What a caller says never gets where this stands."""
        if self._stopped:
            return False
        self._whispers.append(text)
        return True

    def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        return self._answer(heard, early=False)

    def early(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self._settled = asyncio.Event()
        return self._answer(heard, early=True)

    def keep(self, turn: int) -> None:
        self._settled.set()
        self._history.keep(turn)

    def forget(self, turn: int) -> None:
        self._history.forget(turn)

    # --- one turn

    async def _answer(self, heard: HeardTurn, *, early: bool) -> AsyncGenerator[Act, Any]:
        """Relays acts and results between the loop and whoever answers: the models, then the receptionist."""
        self._silences = 0
        source: AsyncGenerator[Act, Any] = self._think(heard, early=early)
        send: Any = None
        thrown: ToolFailed | None = None
        try:
            while True:
                try:
                    act = await (source.athrow(thrown) if thrown is not None else source.asend(send))
                except StopAsyncIteration:
                    return
                except _HandOver:
                    if early:  # the receptionist's state moves as it speaks: it waits until the turn is known to be over
                        await self._settled.wait()
                    await source.aclose()
                    source = self._receptionist.answer(heard)
                    send = thrown = None
                    continue
                send = thrown = None
                try:
                    send = yield act
                except ToolFailed as failure:
                    thrown = failure
        finally:
            await source.aclose()

    async def _think(self, heard: HeardTurn, *, early: bool) -> AsyncGenerator[Act, Any]:
        exchange = self._history.begin(heard, early=early)
        bad = 0
        until = asyncio.get_running_loop().time() + PATIENCE_S
        if (answer := self._offers.answer_in(heard)) is not None:
            if early:
                await self._settled.wait()
            self._offers.answered()
            kept = False
            with suppress(ToolFailed):
                kept = bool((yield answer).get("kept"))
            for spoken in self._offers.closing(heard, answer, kept):
                exchange.said.append(spoken.text)
                yield spoken
            if exchange.said[-1].endswith("?"):
                return
        yield Note("model", score=1.0)
        for _ in range(MOST_ROUNDS):
            wanted: list[Wanted] = []
            said_before = len(exchange.said)
            async with aclosing(self._ask_in_turn(exchange, until)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Wanted):
                        wanted.append(piece)
                    elif not self._offers.takes_place_of(piece):
                        exchange.said.append(piece)
                        yield _spoken(piece)
            if not wanted:
                if self._offers.comes_now(exchange):
                    yield self._offers.ask(heard.turn)
                self._goal = self._goal or "answered"
                return
            said = " ".join(exchange.said[said_before:])
            for want in wanted:
                try:
                    act = self._toolbox.act(want.tool, want.arguments)
                    if isinstance(act, OfferText) and not self._offers.text_once_more():
                        raise BadArguments("Nothing was booked in this call.")
                except BadArguments as problem:
                    bad += 1
                    if bad > 2:
                        self.tell("model_bad_tool_call")
                        raise _HandOver from None
                    exchange.runs.append(Run(said, want.id, want.tool, "{}", told({"error": str(problem)})))
                    continue
                if isinstance(act, OfferText):
                    if early:
                        await self._settled.wait()
                    yield self._offers.ask(heard.turn)
                    return
                if isinstance(act, HangUp):
                    yield self._offers.ask(heard.turn) if self._offers.due else act
                    return
                result = {"unknown": "the call was interrupted; do not do it again without asking"}
                try:
                    result = (yield act) or {"ok": "true"}
                    self._done(act)
                except ToolFailed as failure:
                    result = {"error": str(failure)}
                finally:  # also when the caller breaks in: what was asked for may have been done
                    exchange.runs.append(Run(said, want.id, want.tool, _plain(want.arguments), told(result)))
                said = ""
        self.tell("model_too_many_tools")
        raise _HandOver

    def _done(self, act: Act) -> None:
        if isinstance(act, Use):
            if act.tool == "book":
                self._offers.booked()
            self._goal = {"book": "booking", "take_message": "message"}.get(act.tool, self._goal)
            self._gathered |= {key: act.arguments[key] for key in ("name", "number", "reason") if act.arguments.get(key)}

    # --- the chain

    async def _ask_in_turn(self, exchange: Exchange, until: float) -> AsyncGenerator[str | Wanted, None]:
        """The first model that can. One that fails in mid-answer is followed by the next from where the last whole sentence ended.
        Raises _HandOver when none can."""
        library, loop = self._library, asyncio.get_running_loop()
        given: list[str] = []
        for number, choice in enumerate(self._choices):
            self._check_spending()
            if self._stopped or library is None:
                break
            if self._strikes.get(number, 0) >= STRIKES:
                continue
            left = self._times.whole if exchange.said else until - loop.time()
            if left < 0.3:
                break
            times = Times(first=min(self._times.first, left), stall=self._times.stall, whole=self._times.whole)
            asking = Asking(library, self._links.to(choice, library), times)
            early = exchange.early
            messages = self._history.messages(exchange)
            if given:
                messages += [Message("agent", " ".join(given)), Message("caller", GO_ON)]
            try:
                async with aclosing(
                    asking.pieces(f"{self._instructions}{whispered(self._whispers)}", messages, self._toolbox)
                ) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, str):
                            if piece in given:
                                continue
                            given.append(piece)
                        yield piece
                self._strikes[number] = 0
                return
            except ModelFailed as failure:
                self._strikes[number] = self._strikes.get(number, 0) + 1
                self.tell(f"model_{failure}")
                log.warning("model_failed", provider=choice.provider, model=choice.model, code=str(failure))
            finally:
                self._count(asking, exchange, early=early)
        raise _HandOver

    def _check_spending(self) -> None:
        limits = self._order.agent.limits
        if self._spent_usd >= limits.model_spend_usd or self._tokens >= limits.model_tokens:
            self._stop("model_spend_limit")

    def _stop(self, why: str) -> None:
        if not self._stopped:
            self._stopped = why
            self.tell(why)

    def _count(self, asking: Asking, exchange: Exchange, *, early: bool) -> None:
        tokens, cost = asking.tokens, asking.cost_usd
        self._tokens += tokens.input + tokens.output
        self._spent_usd += cost or 0.0
        outcome = "dropped" if exchange.early and asking.outcome == "interrupted" else asking.outcome
        self.tell(
            Spent(
                turn=exchange.turn, provider=asking.link.provider, model=asking.link.name, outcome=outcome, input_tokens=tokens.input,
                cached_tokens=tokens.cached, output_tokens=tokens.output, cost_usd=cost, estimated=asking.estimated,
                first_ms=asking.first_ms, took_ms=asking.took_ms, early=early,
            )
        )  # fmt: skip


def _spoken(sentence: str) -> Act:
    return Ask(sentence, awaited(sentence)) if sentence.endswith("?") else Say(sentence)


def _plain(arguments: str) -> str:
    """For the history: providers refuse a call whose arguments are not a JSON object."""
    return arguments if arguments.lstrip().startswith("{") else "{}"
