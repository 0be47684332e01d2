"""Pipecat answering Twilio Media Streams, with speech, voice and brain replaced by stand-ins that cost nothing.

Run by the peer's own interpreter; imports nothing of Ringtrue. Why each setting is as it is: `bench/peers/README.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

RATE = 8000
REPLY = "We open at eight in the morning and close at five in the afternoon, from Monday to Friday, as always."
GREETING = "How can I help you today?"
HEARD = "What time do you open on Monday?"
CANNED = np.random.default_rng(7).normal(0, 1500, 5 * RATE).astype("<i2").tobytes()
PIECE = RATE // 10 * 2  # 100 ms of PCM16


class DelayedRecognizer(STTService):
    """Its final transcript comes a stated time after the peer's own voice activity said that speech stopped."""

    def __init__(self, delay_s: float) -> None:
        super().__init__(ttfs_p99_latency=0.3, settings=STTSettings(model=None, language=None))
        self._delay_s = delay_s
        self._coming: set[asyncio.Task[None]] = set()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        yield None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            task = self.create_task(self._transcript())
            self._coming.add(task)
            task.add_done_callback(self._coming.discard)

    async def _transcript(self) -> None:
        await asyncio.sleep(self._delay_s)
        await self.push_frame(TranscriptionFrame(text=HEARD, user_id="", timestamp="", finalized=True))


class OneSentence(LLMService):
    def __init__(self) -> None:
        super().__init__(settings=LLMSettings(
            model="", system_instruction=None, temperature=None, max_tokens=None, top_p=None, top_k=None,
            frequency_penalty=None, presence_penalty=None, seed=None, filter_incomplete_user_turns=False,
            user_turn_completion_config=None,
        ))  # fmt: skip

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self.push_frame(LLMFullResponseStartFrame())
            await self.push_frame(LLMTextFrame(REPLY))
            await self.push_frame(LLMFullResponseEndFrame())
        else:
            await self.push_frame(frame, direction)


class CannedVoice(TTSService):
    def __init__(self) -> None:
        super().__init__(
            sample_rate=RATE,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice=None, language=None),
        )

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        seconds = 5.0 if text.startswith("We open") else len(text) / 15
        whole = CANNED[: int(seconds * RATE) * 2]
        for at in range(0, len(whole), PIECE):
            yield TTSAudioRawFrame(whole[at : at + PIECE], RATE, 1, context_id=context_id)


def turn_parameters(preset: str) -> LLMUserAggregatorParams:
    if preset == "default":  # smart-turn, as the framework ships
        return LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    if preset == "timeout":  # the framework's own alternative, with its defaults
        strategies = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy()])
        return LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer(), user_turn_strategies=strategies)
    strategies = UserTurnStrategies(
        start=[VADUserTurnStartStrategy()], stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)]
    )
    activity = SileroVADAnalyzer(params=VADParams(start_secs=0.1, stop_secs=0.15))
    return LLMUserAggregatorParams(vad_analyzer=activity, user_turn_strategies=strategies)


async def talk(websocket: WebSocket, options: argparse.Namespace) -> None:
    await websocket.accept()
    start: dict[str, Any] = {}
    while start.get("event") != "start":
        start = json.loads(await websocket.receive_text())
    serializer = TwilioFrameSerializer(start["start"]["streamSid"], params=TwilioFrameSerializer.InputParams(auto_hang_up=False))
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, add_wav_header=False, serializer=serializer,
            audio_out_10ms_chunks=options.frame_ms // 10,
        ),
    )  # fmt: skip
    aggregators = LLMContextAggregatorPair(LLMContext(), user_params=turn_parameters(options.preset))
    worker = PipelineWorker(
        Pipeline([
            transport.input(), DelayedRecognizer(options.transcript_delay), aggregators.user(), OneSentence(), CannedVoice(),
            transport.output(), aggregators.assistant(),
        ]),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        enable_rtvi=False, enable_turn_tracking=False, idle_timeout_secs=None,
    )  # fmt: skip

    @transport.event_handler("on_client_connected")
    async def greet(*_: Any) -> None:
        if not options.no_greeting:
            await worker.queue_frame(TTSSpeakFrame(GREETING))

    @transport.event_handler("on_client_disconnected")
    async def hung_up(*_: Any) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--preset", choices=("default", "timeout", "tuned"), default="tuned")
    parser.add_argument("--frame-ms", type=int, choices=(20, 40), default=40, help="40 is the framework's own")
    parser.add_argument("--transcript-delay", type=float, default=0.06, help="seconds after its voice activity stopped")
    parser.add_argument("--no-greeting", action="store_true")
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    app = FastAPI()

    @app.websocket("/twilio")
    async def twilio(websocket: WebSocket) -> None:
        await talk(websocket, options)

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False))

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it offers no event
            await asyncio.sleep(0.02)
        print("ready", flush=True)
        await serving

    uvloop.run(serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
