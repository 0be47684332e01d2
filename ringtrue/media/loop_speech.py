"""What a loop hears, speaks and thinks with, by default: local models in a pool of processes; the receptionist, or the
language model that the call's order brings."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from ringtrue.core.configuring import CONFIG
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.speech import models, providers
from ringtrue.voice.speech.kinds import Connected
from ringtrue.voice.speech.pool import SpeechPool

log = structlog.get_logger("ringtrue.media.loop")


@asynccontextmanager
async def configured(max_calls: int) -> AsyncIterator[dict[str, Any]]:
    """`local`, and before it the providers of RINGTRUE_SPEECH in their order (docs/speech-providers.md). One that is not set up is told
    of in the log and left out: the telephone is answered all the same."""
    async with local(max_calls) as wired, _connected() as speech:
        yield wired | {
            "recognizers": [*(one for part in speech for one in part.recognizers), *wired["recognizers"]],
            "voices": [*(one for part in speech for one in part.voices), *wired["voices"]],
            "prices": {name: price for part in speech for name, price in part.prices.items()},
        }


@asynccontextmanager
async def _connected() -> AsyncIterator[list[Connected]]:
    made: list[Connected] = []
    for name in CONFIG.speech:
        try:
            made += providers.connect([name], os.environ)
        except (providers.ProviderUnknown, providers.ProviderNotSet) as problem:
            log.error("speech provider left out", problem=str(problem))
    try:
        yield made
    finally:
        for part in made:
            await part.close()


@asynccontextmanager
async def local(max_calls: int) -> AsyncIterator[dict[str, Any]]:
    """Arguments of `Office`. Raises PoolFailed, ModelMissing, ModelRefused."""
    activity = models.voice_activity(CONFIG.data / "models", slots=max_calls)
    async with SpeechPool(models=CONFIG.data / "models", kept=CONFIG.data / "voice") as speech:

        def new_brain(order: CallOrder) -> Brain:
            return brain_for(order, speech.embedder)

        yield {
            "recognizers": [speech.recognizer],
            "voices": [speech.voice],
            "new_brain": new_brain,
            "activity": activity,
            "behind_s": lambda: max(speech.waiting_s, speech.speaking_waiting_s),
        }
