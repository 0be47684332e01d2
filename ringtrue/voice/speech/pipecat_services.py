"""Recognizers and voices that Pipecat has a service for, as ours. Imports Pipecat, which is an optional extra.

A service lives in a pipeline of its own and does one thing at a time, so each utterance or sentence that goes on at the same time has
one; they are kept for the next. What a service does when it is broken off differs, so that one is thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from ringtrue.voice.audio.resampling import Resampler
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript, VoiceFailed

START_S, STOP_S = 5.0, 2.0
NOTHING_S = 2.0  # a service that has heard no words says nothing: after so long it is believed
REST_S = 0.3  # after words that it does not call final
PIECE_MS = 100

logger.disable("pipecat")  # it writes what is said into its log


class _Tap(FrameProcessor):  # type: ignore[misc]
    def __init__(self, frames: asyncio.Queue[Frame]) -> None:
        super().__init__(enable_direct_mode=True)
        self._frames = frames

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self._frames.put_nowait(frame)
        await self.push_frame(frame, direction)


class ServiceFailed(Exception):
    """`str(self)` is a code of ours, never the service's words."""


class _Running:
    """One service at work: what is put in, and `frames`, what comes out before and behind it."""

    def __init__(self, service: FrameProcessor, sample_rate: int) -> None:
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        pipeline = Pipeline([_Tap(self.frames), service, _Tap(self.frames)])
        params = PipelineParams(audio_in_sample_rate=sample_rate, audio_out_sample_rate=sample_rate)
        self._worker = PipelineWorker(pipeline, cancel_on_idle_timeout=False, enable_rtvi=False, params=params)
        self._runner = WorkerRunner(handle_sigint=False)
        self._task: asyncio.Task[None] | None = None
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._worker.add_event_handler("on_pipeline_finished", self._finished)

    async def _finished(self, *_: object) -> None:
        if not self._over.done():
            self._over.set_result(None)

    async def start(self) -> _Running:
        """Raises ServiceFailed."""
        started = asyncio.Event()

        async def on_started(*_: object) -> None:
            started.set()

        self._worker.add_event_handler("on_pipeline_started", on_started)
        await self._runner.add_workers(self._worker)
        self._task = asyncio.create_task(self._runner.run())
        try:
            async with asyncio.timeout(START_S):
                await started.wait()
        except TimeoutError:
            raise ServiceFailed("timeout") from None
        return self

    async def put(self, frame: Frame) -> None:
        await self._worker.queue_frame(frame)

    async def next(self) -> Frame:
        """What comes out next. Raises ServiceFailed, also when the pipeline has ended by itself."""
        coming = asyncio.ensure_future(self.frames.get())
        try:
            await asyncio.wait({coming, self._over}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                raise ServiceFailed("service_ended")
            if isinstance(coming.result(), ErrorFrame):
                raise ServiceFailed("service_error")
            return coming.result()
        finally:
            coming.cancel()

    def clear(self) -> None:
        while not self.frames.empty():
            self.frames.get_nowait()

    async def stop(self) -> None:
        await self._runner.cancel()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=STOP_S)
            self._task.cancel()


class _Services:
    """Those that rest, by sample rate."""

    def __init__(self, make: Callable[[], FrameProcessor]) -> None:
        self._make = make
        self._resting: dict[int, list[_Running]] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    async def take(self, sample_rate: int) -> _Running:
        resting = self._resting.setdefault(sample_rate, [])
        return resting.pop() if resting else await _Running(self._make(), sample_rate).start()

    def give_back(self, service: _Running, sample_rate: int, *, whole: bool) -> None:
        if whole:
            service.clear()
            self._resting[sample_rate].append(service)
        else:
            task = asyncio.create_task(service.stop())
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    async def close(self) -> None:
        for resting in self._resting.values():
            while resting:
                await resting.pop().stop()
        await asyncio.gather(*self._stopping, return_exceptions=True)


class PipecatVoice:
    def __init__(self, name: str, make: Callable[[], FrameProcessor]) -> None:
        self.name = name
        self._services = _Services(make)
        self.close = self._services.close

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        try:
            service = await self._services.take(sample_rate)
        except ServiceFailed as failure:
            raise VoiceFailed(str(failure)) from None
        whole = False
        resampler: Resampler | None = None
        try:
            await service.put(TTSSpeakFrame(text, append_to_context=False))
            while not whole:
                frame = await service.next()
                if isinstance(frame, TTSAudioRawFrame):
                    if frame.sample_rate != sample_rate:
                        resampler = resampler or Resampler(frame.sample_rate, sample_rate)
                        yield resampler.feed(frame.audio)
                    else:
                        yield frame.audio
                whole = isinstance(frame, TTSStoppedFrame)
        except ServiceFailed as failure:
            raise VoiceFailed(str(failure)) from None
        finally:
            self._services.give_back(service, sample_rate, whole=whole)


class PipecatRecognizer:
    def __init__(self, name: str, make: Callable[[], FrameProcessor]) -> None:
        self.name = name
        self._services = _Services(make)
        self.close = self._services.close

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        """Pipecat's frames tell neither the times of words nor how sure a service is: it is believed."""
        try:
            service = await self._services.take(sample_rate)
        except ServiceFailed as failure:
            raise RecognizerFailed(str(failure)) from None
        whole = False
        try:
            await service.put(VADUserStartedSpeakingFrame())
            step = 2 * sample_rate * PIECE_MS // 1000
            for at in range(0, len(pcm), step):
                await service.put(InputAudioRawFrame(pcm[at : at + step], sample_rate, 1))
            await service.put(VADUserStoppedSpeakingFrame())
            text = await _words(service)
            whole = True
        except ServiceFailed as failure:
            raise RecognizerFailed(str(failure)) from None
        finally:
            self._services.give_back(service, sample_rate, whole=whole)
        return Transcript(text=text, confidence=0.8 if text else 0.0, no_speech=0.0 if text else 1.0)


async def _words(service: _Running) -> str:
    parts: list[str] = []
    final = False
    while not final:
        try:
            async with asyncio.timeout(REST_S if parts else NOTHING_S):
                frame = await service.next()
        except TimeoutError:
            break
        if isinstance(frame, TranscriptionFrame):
            parts.append(frame.text.strip())
            final = frame.finalized
    return " ".join(parts).strip()


def maker(path: str, given: dict[str, Any]) -> Callable[[], FrameProcessor]:
    """path: "pipecat.services.openai.tts:OpenAITTSService"; given: what it is made with. `settings` in it becomes the class's own
    Settings. Raises ImportError, AttributeError."""
    import importlib

    module, _, name = path.partition(":")
    made = getattr(importlib.import_module(module), name)

    def make() -> FrameProcessor:
        settings = {"settings": made.Settings(**given["settings"])} if "settings" in given else {}
        return made(**given | settings)

    return make
