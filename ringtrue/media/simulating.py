"""One call on the simulated line, in one process: the loop, the speech pool, and the scribe in a thread beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import msgspec

from ringtrue.core.configuring import CONFIG
from ringtrue.media.direct_port import DirectPort
from ringtrue.media.scribe import Scribe
from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.call import virtual_time, wording
from ringtrue.voice.call.office import Office
from ringtrue.voice.events import CallEvent
from ringtrue.voice.lines.simulated import Caller, SimulatedLeg
from ringtrue.voice.speech import models
from ringtrue.voice.speech.kinds import Voice
from ringtrue.voice.speech.pool import InlineSpeech, SpeechPool

RATE = 8000  # as a telephone
URGENT = 5  # of `wording.fixed`: disclosure, notice, greeting, two apologies


class Held(msgspec.Struct):
    """What a simulated call was like, besides its record."""

    greeting_ms: int | None  # from the answer to the first sound of the agent
    ready_s: float  # until models were loaded
    not_stored: int  # messages that the scribe could not store


MakeCaller = Callable[[Voice], Caller]


def simulate(token: str, make_caller: MakeCaller, watch: Callable[[CallEvent], None], *, virtual: bool = False) -> Held:
    """Hold the call of this ticket to its end. `virtual`: as fast as it can be computed, on a clock that shows what it would
    have taken. Raises PoolFailed, ModelMissing, ModelRefused, TicketRefused, and what making the caller raises."""
    work = _simulate(token, make_caller, watch, virtual)
    return virtual_time.run(work) if virtual else asyncio.run(work)


async def _simulate(token: str, make_caller: MakeCaller, watch: Callable[[CallEvent], None], virtual: bool) -> Held:
    scribe = Scribe()
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        speech = await _speech(stack, virtual)
        activity = await _aside(models.voice_activity, CONFIG.data / "models", 4)
        leg = SimulatedLeg(make_caller(speech["voice"]), RATE, keep=False)
        await leg.prepare()
        order = await _aside(_redeem, scribe, token)
        embedder = speech["embedder"]

        def new_brain(order: CallOrder) -> Brain:
            return brain_for(order, embedder)

        office = Office(
            recognizers=[speech["recognizer"]], voices=[speech["voice"]], new_brain=new_brain, activity=activity, max_calls=1
        )
        # Sentences that no caller is to wait for, the most urgent now; the others while the call begins. Kept on disk after that.
        fixed = wording.fixed(order.agent)
        await speech["prepare"](fixed if virtual else fixed[:URGENT], RATE)
        await new_brain(order).prepare(order)  # the agent's facts, kept for this version: a process that runs has them already
        ready_s = time.monotonic() - began
        port = DirectPort(scribe, order.call_id, watch)
        async with office:
            others = asyncio.create_task(_ready(office, order.agent, speech["prepare"] if not virtual else None, fixed))
            if virtual:
                await others
            await office.serve(order, leg, port)
            others.cancel()
            await asyncio.gather(others, return_exceptions=True)
        await port.finished()
    greeting = leg.first_audio_at
    return Held(
        greeting_ms=None if greeting is None else round((greeting - leg.began_at) * 1000),
        ready_s=ready_s,
        not_stored=port.failures,
    )


async def _ready(
    office: Office, agent: Agent, prepare: Callable[[list[str], int], Awaitable[None]] | None, fixed: list[str]
) -> None:
    if prepare is not None:
        await prepare(fixed, RATE)
    await office.prepare(agent, RATE)


async def _speech(stack: AsyncExitStack, virtual: bool) -> dict[str, Any]:
    folders = {"models": CONFIG.data / "models", "kept": CONFIG.data / "voice"}
    pool: SpeechPool | InlineSpeech = InlineSpeech(**folders) if virtual else SpeechPool(**folders)  # type: ignore[arg-type]
    await stack.enter_async_context(pool)
    prepare: Callable[[list[str], int], Awaitable[None]] = pool.voice.prepare
    if not virtual:
        return {"recognizer": pool.recognizer, "voice": pool.voice, "embedder": pool.embedder, "prepare": prepare}
    return {
        "recognizer": virtual_time.TimedRecognizer(pool.recognizer),
        "voice": virtual_time.TimedVoice(pool.voice),
        "embedder": virtual_time.TimedEmbedder(pool.embedder),
        "prepare": prepare,
    }


async def _aside(work: Callable[..., Any], *given: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, work, *given)


def _redeem(scribe: Scribe, token: str) -> CallOrder:
    from django.db import connection

    try:
        return scribe.redeem(token, "simulated")
    finally:
        connection.close()
