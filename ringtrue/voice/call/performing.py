"""Doing what a brain says: its acts become speech, tools, transfers and the end of the call, inside limits that it cannot move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import structlog

from ringtrue.voice.agent import Escalation
from ringtrue.voice.audio.tones import dtmf
from ringtrue.voice.brains.acts import Act, Ask, HangUp, LeaveMessage, Note, Press, Say, Transfer, Use
from ringtrue.voice.call import wording
from ringtrue.voice.call.answering_machine import AnsweringMachine
from ringtrue.voice.call.desk import CallEnds, Desk
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.guarding import transfer_target
from ringtrue.voice.call.handing_over import NotReached
from ringtrue.voice.call.joining import plain
from ringtrue.voice.call.mouth import Passage
from ringtrue.voice.events import Disclosed, ToolUsed, Transferred, Understood
from ringtrue.voice.lines.words_leg import WordsLeg
from ringtrue.voice.port import ToolFailed

log = structlog.get_logger(__name__)


class BrainFailed(Exception):
    """The brain broke or stood still; `str(self)` is a code of ours."""


class Performer:
    """`hand_over(target)`: a warm transfer; returns when it is over, raises NotReached."""

    def __init__(self, desk: Desk, machine: AnsweringMachine, hand_over: Callable[[Escalation], Awaitable[None]]) -> None:
        self._desk = desk
        self._machine = machine
        self._hand_over = hand_over
        self.with_colleague = False  # the caller waits for one, or speaks with one
        self.in_tool = False  # what was asked for must not be broken off half done
        self.spoke = False  # the last answer said something
        self.used_tool = False  # and did something

    async def perform(self, acts: AsyncGenerator[Act, Any]) -> None:
        """Run an answer to its end and let it be heard. Raises CallEnds, BrainFailed; closes the generator in any case."""
        self.spoke = self.used_tool = False
        send: object = None
        throw: ToolFailed | None = None
        try:
            while True:
                act = await self._next(acts, send, throw)
                if act is None:
                    break
                send, throw = None, None
                if isinstance(act, Use):
                    try:
                        send = await self.use(act)
                    except ToolFailed as failure:
                        throw = failure
                elif isinstance(act, Transfer):
                    send = await self.transfer(act.escalation_id)
                elif isinstance(act, LeaveMessage):
                    await self._leave_message(act.text)
                elif isinstance(act, Press):
                    send = await self._press(act.keys)
                else:
                    await self._do(act)
        finally:
            await _close(acts)
        await self._desk.mouth.drained()

    async def _next(self, acts: AsyncGenerator[Act, Any], send: object, throw: ToolFailed | None) -> Act | None:
        try:
            async with asyncio.timeout(self._desk.settings.brain_timeout / 1000):
                return await (acts.athrow(throw) if throw is not None else acts.asend(send))
        except StopAsyncIteration:
            return None
        except TimeoutError:
            raise BrainFailed("timeout") from None
        except (ToolFailed, Exception) as error:
            log.error("brain_broke", call=self._desk.order.call_id, error=describe(error))
            raise BrainFailed("error") from None

    async def _do(self, act: Act) -> None:
        desk = self._desk
        if isinstance(act, Say):
            self.spoke = True
            desk.say(self._unless_whispered(act.text), firm=act.firm)
        elif isinstance(act, Ask):
            self.spoke = True
            desk.ask(self._unless_whispered(act.text), act.expecting, act.hints)
        elif isinstance(act, Note):
            desk.emit(Understood(at_ms=desk.clock.ms(), turn=desk.turn, intent=act.intent, source=act.source, score=act.score))
        elif isinstance(act, HangUp):
            desk.say(self._unless_whispered(act.text))
            await desk.mouth.drained()
            raise CallEnds("agent_hung_up")

    def _unless_whispered(self, text: str) -> str:
        """What the business whispered is for the brain; a brain that reads it out is stopped."""
        said = f" {plain(text)} " if self._desk.never_said else ""
        if not any(f" {words} " in said for words in self._desk.never_said):
            return text
        self._desk.trouble("brain", "whisper_repeated")
        return wording.GO_ON

    async def use(self, act: Use) -> dict[str, str]:
        """Run a tool; a few words cover the wait. Raises ToolFailed, also ("timeout") when it takes too long."""
        desk, loop = self._desk, asyncio.get_running_loop()
        began = loop.time()
        filler = loop.call_later(desk.settings.filler_after / 1000, self._cover, act.filler or wording.ONE_MOMENT)
        self.in_tool = self.used_tool = True
        ok, result = False, {}
        try:
            async with asyncio.timeout(desk.settings.tool_timeout / 1000):
                result = await desk.port.use(act.tool, act.arguments)
            ok = True
            return result
        except TimeoutError:
            raise ToolFailed("timeout") from None
        except ToolFailed:
            raise
        except Exception as error:
            log.error("tool_broke", tool=act.tool, error=describe(error))
            raise ToolFailed("broken") from None
        finally:
            filler.cancel()
            self.in_tool = False
            desk.waiting_from = loop.time()
            desk.emit(
                ToolUsed(
                    at_ms=desk.clock.ms(),
                    turn=desk.turn,
                    name=act.tool,
                    ok=ok,
                    arguments=act.arguments,
                    result=result,
                    took_ms=round((loop.time() - began) * 1000),
                )
            )

    async def _leave_message(self, text: str) -> None:
        """Nothing that the machine plays breaks it off. Raises CallEnds."""
        desk = self._desk
        self.in_tool = desk.to_machine = True
        try:
            if text and await self._machine.free_to_speak():
                if not desk.disclosed:
                    await desk.say_to_end(wording.disclosure(desk.agent))
                    desk.emit(Disclosed(at_ms=desk.clock.ms()))
                await desk.say_to_end(text)
        finally:
            self.in_tool = False
        raise CallEnds("agent_hung_up")

    async def _press(self, keys: str) -> dict[str, str]:
        """By a message where the line has one; else as the tones that a telephone makes (ITU-T Q.23), in the sound."""
        desk = self._desk
        ok = not isinstance(desk.leg, WordsLeg)
        if ok:
            await desk.mouth.drained()
        if "digits_out" in desk.leg.can:
            await desk.leg.send_digits(keys)
        elif ok:
            tones = Passage("", turn=desk.turn, firm=True, filler=True)
            tones.pcm += dtmf(keys, desk.leg.sample_rate, tone_ms=120, pause_ms=100)
            tones.made = True
            desk.mouth.add(tones)
            desk.mouth.pump(desk.clock.now())
            await desk.mouth.drained()
        self.used_tool = True
        desk.emit(ToolUsed(at_ms=desk.clock.ms(), turn=desk.turn, name="press_keys", ok=ok, arguments={"keys": keys}))
        return {"ok": "true" if ok else "false"}

    def _cover(self, text: str) -> None:
        if not self._desk.mouth.busy:
            self._desk.say(text, filler=True, fixed=text == wording.ONE_MOMENT)

    async def transfer(self, escalation_id: str) -> dict[str, str]:
        """Hand over to an escalation of the agent. Raises CallEnds when it worked; otherwise says why not, for the brain."""
        desk = self._desk
        target, reason = transfer_target(desk.agent, escalation_id, desk.now_utc)
        if target is not None and "transfer" not in desk.leg.can:
            target, reason = None, "line_cannot"
        if target is None:
            person = next((e.person for e in desk.agent.escalations if e.id == escalation_id), "")
            desk.emit(Transferred(at_ms=desk.clock.ms(), escalation_id=escalation_id, person=person, ok=False, reason=reason))
            return {"ok": "false", "reason": reason}
        await desk.mouth.drained()
        warm = target.transfer == "warm" and "second_leg" in desk.leg.can
        reason = await self._warm(target) if warm else await self._blind(target)
        if reason == "line_cannot_dial":  # a telephone system that was connected for calls that come in only
            reason = await self._blind(target)
        if not reason:
            raise CallEnds("transferred")
        desk.emit(Transferred(at_ms=desk.clock.ms(), escalation_id=target.id, person=target.person, ok=False, reason=reason))
        desk.waiting_from = desk.clock.now()
        return {"ok": "false", "reason": reason}

    async def _warm(self, target: Escalation) -> str:
        """Why not; "" when the colleague took the call and it is over."""
        self.with_colleague = True
        try:
            await self._hand_over(target)
        except NotReached as failure:
            return str(failure)
        except Exception as error:
            log.error("transfer_broke", call=self._desk.order.call_id, error=describe(error))
            return "line_failed"
        finally:
            self.with_colleague = False
        return ""

    async def _blind(self, target: Escalation) -> str:
        desk = self._desk
        self.in_tool = True
        try:
            async with asyncio.timeout(desk.settings.transfer_timeout / 1000):
                outcome = await desk.leg.transfer(target.number)
        except TimeoutError:
            return "timeout"
        except Exception as error:
            log.error("transfer_broke", call=desk.order.call_id, error=describe(error))
            return "line_failed"
        finally:
            self.in_tool = False
        if not outcome.ok:
            return outcome.reason or "line_failed"
        desk.emit(Transferred(at_ms=desk.clock.ms(), escalation_id=target.id, person=target.person, ok=True))
        return ""


async def _close(acts: AsyncGenerator[Act, Any]) -> None:
    try:
        async with asyncio.timeout(1.0):
            await acts.aclose()
    except Exception as error:  # a brain that will not close must not hold the call up
        log.warning("brain_not_closed", error=describe(error))
