"""The end of a call: what is under way stops, the line is hung up, and what was gathered is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, cast

import structlog

from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.call.faults import describe
from ringtrue.voice.events import Ended, ToolUsed

if TYPE_CHECKING:
    from ringtrue.voice.call.conversation import Conversation
    from ringtrue.voice.call.taking_turns import TurnTaking

log = structlog.get_logger(__name__)

EndReason = Literal[
    "caller_hung_up", "agent_hung_up", "transferred", "silence", "too_long", "refused", "line_failed", "stopped", "lost"
]


async def close(call: Conversation, reason: str, tasks: list[asyncio.Task[None]]) -> Ended:
    """The last event, which was emitted. Raises only CancelledError."""
    desk, turns = call.desk, call.turns
    if reason == "caller_hung_up":
        await _keep_last_words(turns, desk.settings.recognize_timeout / 1000)
    desk.mouth.cut(desk.clock.now(), keep_firm=False)
    await desk.speaker.close()
    await turns.listening.close()
    if turns.early is not None:
        await turns.early.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    try:
        async with asyncio.timeout(desk.settings.hang_up_timeout / 1000):
            await desk.leg.hang_up()
    except Exception as error:
        log.warning("hang_up_failed", call=call.order.call_id, error=describe(error))
    desk.recorder.close(desk.clock.ms())
    call.members.close()
    facts = facts_of(call.brain)
    if facts:  # for the summary: told as the use of a tool, whose arguments the gate protects
        desk.emit(ToolUsed(at_ms=desk.clock.ms(), turn=turns.turns, name="facts", ok=True, arguments=facts))
    for used in desk.meter.told(desk.clock.ms()):
        desk.emit(used)
    goal = call.brain.goal
    ended = Ended(at_ms=desk.clock.ms(), reason=cast(EndReason, reason), duration_ms=desk.clock.ms(), goal=goal)
    desk.emit(ended)
    log.info("call_ended", call=call.order.call_id, reason=reason, goal=goal, ms=ended.duration_ms)
    return ended


async def _keep_last_words(turns: TurnTaking, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            utterance = await turns.listening.last_words()
    except TimeoutError:
        return
    if utterance is not None:
        turns.turns += 1
        turns.tell_heard(utterance, turns.turns)


def facts_of(brain: Brain) -> dict[str, str]:
    """What the brain gathered; {} when it breaks."""
    try:
        return {name: str(value) for name, value in brain.facts().items() if value not in (None, "")}
    except Exception as error:
        log.error("facts_failed", error=describe(error))
        return {}
