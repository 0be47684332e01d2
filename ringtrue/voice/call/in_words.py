"""A call in which somebody else hears and speaks (`voice/lines/words_leg.py`): words come, words go. The same brain, the same guardrails,
the same tools and the same events as in a call with sound; who hears decides when a turn is over, and who speaks when it is cut.
"""

from __future__ import annotations

import asyncio
from typing import cast

import structlog

from ringtrue.voice.agent import CallOrder, Escalation
from ringtrue.voice.brains.acts import Brain, HeardTurn
from ringtrue.voice.call import wording
from ringtrue.voice.call.answering_machine import AnsweringMachine
from ringtrue.voice.call.closing import EndReason, facts_of
from ringtrue.voice.call.desk import CallEnds, Desk
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.guarding import Guard
from ringtrue.voice.call.handing_over import NotReached
from ringtrue.voice.call.mouth import Passage
from ringtrue.voice.call.performing import BrainFailed, Performer
from ringtrue.voice.call.ready import ReadyAudio
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.steps import prepare
from ringtrue.voice.events import Answered, Ended, Heard, Said, ToolUsed
from ringtrue.voice.lines.words_leg import Wanted, WordsLeg
from ringtrue.voice.port import Port

log = structlog.get_logger(__name__)

SILENCE_S = 10.0  # that a far end lets pass before it asks what to say; it does not tell how long it was


class WordsDesk(Desk):
    """A desk whose sentences go to the far end as words. What was sent counts as said when the far end tells that it was heard."""

    def __init__(self, order: CallOrder, leg: WordsLeg, port: Port, settings: CallSettings) -> None:
        super().__init__(order, leg, port, (), ReadyAudio(), settings)
        self._words = leg
        self._sent: list[tuple[int, str]] = []

    def say(
        self, text: str, *, firm: bool = False, question: bool = False, filler: bool = False, fixed: bool = False
    ) -> list[Passage]:
        if text.strip():
            self._sent.append((self.clock.ms(), text.strip()))
            self._words.say(text.strip(), firm=firm)
        return []

    def heard_out(self, played: str | None) -> str:
        """Tell what was said since the last time. `played`: what was really heard of it; None: all. Returns what was heard of a
        sentence that was cut, else ""."""
        sent, self._sent = self._sent, []
        now, cut = self.clock.ms(), ""
        left = None if played is None else _plain(played)
        for at, text in sent:
            if left is not None and not left.startswith(_plain(text)):
                cut = _last_part(str(played), left)
                break
            if left is not None:
                left = left[len(_plain(text)) :]
            self.emit(Said(at_ms=now, turn=self.turn, start_ms=at, end_ms=now, text=text))
        if cut:
            self.emit(Said(at_ms=now, turn=self.turn, start_ms=now, end_ms=now, text=cut, complete=False))
        return cut


class NoMachine(AnsweringMachine):
    """The far end finds out whether a machine has answered."""

    def __init__(self) -> None: ...

    async def free_to_speak(self) -> bool:
        return True


class CallInWords:
    """`await run()` once: holds the call to its end."""

    def __init__(self, order: CallOrder, leg: WordsLeg, brain: Brain, port: Port, settings: CallSettings) -> None:
        self._order, self._leg, self._brain = order, leg, brain
        self._desk = WordsDesk(order, leg, port, settings)
        self._guard = Guard(self._desk)
        self._performer = Performer(self._desk, NoMachine(), self._no_colleague)
        self._turn = 0
        self._unanswered = ""  # words to which no answer was heard: the caller was not finished
        self._troubles = 0

    async def run(self) -> Ended:
        """The last event, which was emitted. Raises only CancelledError."""
        desk, order = self._desk, self._order
        desk.emit(Answered(at_ms=0, started_at=order.now, line=order.line, sample_rate=self._leg.sample_rate))
        prepared = asyncio.create_task(prepare(self._brain, desk))
        reason = "lost"
        try:
            reason = await self._converse(prepared)
        except asyncio.CancelledError:
            reason = "stopped"
            raise
        except Exception as error:
            log.error("call_failed", call=order.call_id, error=describe(error))
        finally:
            prepared.cancel()
            ended = await self._close(reason)
        return ended

    async def _converse(self, prepared: asyncio.Task[None]) -> str:
        work: asyncio.Task[None] | None = asyncio.create_task(self._open(prepared))
        while True:
            wanted = asyncio.ensure_future(self._leg.wanted.get())
            waits: set[asyncio.Future[object]] = {wanted, work} if work is not None else {wanted}  # type: ignore[arg-type]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if work is not None and work.done():
                wanted.cancel()
                error, work = work.exception(), None
                if isinstance(error, CallEnds):
                    return await self._end(error.reason)
                if isinstance(error, BrainFailed):
                    self._desk.trouble("brain", str(error))
                    work = asyncio.create_task(self._apologise())
                elif error is not None:
                    raise error
                else:
                    self._leg.done()
                continue
            news = wanted.result()
            if work is not None:
                await self._stop(work)
                work = None
            cut = self._desk.heard_out(news.played)
            if news.played != "":
                self._unanswered = ""
            if news.kind == "over":
                self._tell_heard(news.caller)
                return "caller_hung_up" if news.clean else "line_failed"
            work = asyncio.create_task(self._deal_with(news, cut, prepared))

    async def _stop(self, work: asyncio.Task[None]) -> None:
        """What was asked for is done and told, whether the caller goes on or not."""
        if self._performer.in_tool:
            await asyncio.wait({work}, timeout=2.0)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    async def _open(self, prepared: asyncio.Task[None]) -> None:
        await self._guard.disclose()
        await self._guard.settle_recording(self._nothing_heard)
        await asyncio.wait({prepared}, timeout=self._desk.settings.prepare_timeout / 1000)
        if prepared.done():
            await self._performer.perform(self._brain.greet())
        if not prepared.done() or not self._performer.spoke:
            self._desk.ask(self._desk.agent.greeting or wording.HOW_ELSE)

    async def _deal_with(self, news: Wanted, cut: str, prepared: asyncio.Task[None]) -> None:
        desk = self._desk
        if news.kind == "silence" or not news.caller:
            await self._performer.perform(self._brain.silence(SILENCE_S))
            if not self._performer.spoke:
                desk.say(wording.STILL_THERE)
            return
        heard = self._tell_heard(news.caller)
        if heard is None:  # the same words, asked about once more
            return
        if self._turn > desk.agent.limits.max_turns:
            await desk.say_to_end(wording.TOO_LONG)
            raise CallEnds("too_long")
        desk.turn = self._turn
        if await self._guard.before_brain(heard):
            self._unanswered = ""
            return
        await asyncio.wait({prepared}, timeout=desk.settings.prepare_timeout / 1000)
        if not prepared.done():
            raise BrainFailed("not_ready")
        turn = HeardTurn(
            turn=self._turn, text=f"{self._unanswered} {heard}".strip(), expecting=desk.expecting, interrupted=cut,
            played=" ".join(part for part in desk.played if part.strip(" —")), continues=bool(self._unanswered),
        )  # fmt: skip
        self._unanswered = turn.text
        desk.played.clear()
        desk.expecting, desk.hints = "open", ()
        await self._performer.perform(self._brain.answer(turn))
        self._troubles = 0
        if self._performer.used_tool:  # what was done for these words is not done again
            self._unanswered = ""

    def _tell_heard(self, words: str) -> str | None:
        """What is new of these words, told as an utterance; None where nothing is. A caller who goes on before any answer was heard
        is written down once: far ends repeat what was said before."""
        new = words.removeprefix(self._unanswered).strip() if self._unanswered else words.strip()
        if not new:
            return None
        self._turn += 1
        now = self._desk.clock.ms()
        self._desk.emit(Heard(at_ms=now, turn=self._turn, start_ms=now, end_ms=now, text=new))
        return new

    async def _apologise(self) -> None:
        self._troubles += 1
        if self._troubles >= self._desk.settings.troubles_in_a_row:
            await self._desk.say_to_end(wording.CANNOT_GO_ON)
            raise CallEnds("agent_hung_up")
        await self._desk.say_to_end(wording.MY_FAULT, firm=False)

    async def _end(self, reason: str) -> str:
        """What was said last is heard before the far end goes."""
        if reason != "transferred":
            self._leg.done(hang_up=True)
        try:
            async with asyncio.timeout(self._desk.settings.hang_up_timeout / 1000 + 15):
                while (news := await self._leg.wanted.get()).kind != "over":
                    pass
            self._desk.heard_out(news.played)
        except TimeoutError:
            self._desk.heard_out(None)
        return reason

    async def _close(self, reason: str) -> Ended:
        desk = self._desk
        await self._leg.hang_up()
        facts = facts_of(self._brain)
        if facts:  # for the summary: told as the use of a tool, whose arguments the gate protects
            desk.emit(ToolUsed(at_ms=desk.clock.ms(), turn=self._turn, name="facts", ok=True, arguments=facts))
        ended = Ended(at_ms=desk.clock.ms(), reason=cast(EndReason, reason), duration_ms=desk.clock.ms(), goal=self._brain.goal)
        desk.emit(ended)
        log.info("call_ended", call=self._order.call_id, reason=reason, goal=self._brain.goal, ms=ended.duration_ms)
        return ended

    @staticmethod
    async def _nothing_heard(_: float) -> str | None:
        """Where recording has to be asked for, no engine may be used (`hosted/allowing.py`); a question without an answer is a no."""
        return None

    @staticmethod
    async def _no_colleague(_: Escalation) -> None:
        raise NotReached("line_cannot")


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _last_part(played: str, left: str) -> str:
    """The end of what was heard, from the letters that are `left` of it."""
    wanted, at = len(left), len(played)
    while at and wanted:
        at -= 1
        wanted -= played[at].isalnum()
    return played[at:].strip() if left else ""
