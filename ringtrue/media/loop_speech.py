"""What a loop hears, speaks and thinks with, by default: local models in a pool of processes; the receptionist, or the
language model that the call's order brings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ringtrue.core.configuring import CONFIG
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.speech import models
from ringtrue.voice.speech.pool import SpeechPool


@asynccontextmanager
async def local(max_calls: int) -> AsyncIterator[dict[str, Any]]:
    """Arguments of `Office`. Raises PoolFailed, ModelMissing, ModelRefused."""
    activity = models.voice_activity(CONFIG.data / "models", slots=max_calls)
    async with SpeechPool(models=CONFIG.data / "models", kept=CONFIG.data / "voice") as speech:

        def new_brain(order: CallOrder) -> Brain:
            return brain_for(order, speech.embedder)

        yield {"recognizers": [speech.recognizer], "voices": [speech.voice], "new_brain": new_brain, "activity": activity}
