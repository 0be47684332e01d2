"""LiveKit Agents answering Twilio Media Streams without a LiveKit server, with speech, voice and brain replaced by stand-ins.

One AgentSession a socket, all in one process. Run by the peer's own interpreter; imports nothing of Ringtrue. Why: `README.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any

import numpy as np
import uvloop
from aiohttp import web
from livekit import rtc
from livekit.agents import Agent, AgentSession, inference, llm, stt, tts
from livekit.agents.voice import io

RATE = 8000
FRAME_S = 0.02
AHEAD_S = 0.08  # audio given to the line before it is due, as our engine does
REPLY = "We open at eight in the morning and close at five in the afternoon, from Monday to Friday, as always."
GREETING = "How can I help you today?"
HEARD = "What time do you open on Monday?"


def _g711_decoding() -> np.ndarray:
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = ((((code & 0x0F).astype(np.int32) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2")


def _g711_encoding(decoding: np.ndarray) -> np.ndarray:
    order = np.argsort(decoding, kind="stable")
    values = decoding[order].astype(np.int32)
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    return order[np.searchsorted((values[1:] + values[:-1]) / 2, samples)].astype(np.uint8)


DECODING = _g711_decoding()
ENCODING = _g711_encoding(DECODING)
CANNED = np.random.default_rng(7).normal(0, 1500, 5 * RATE).astype("<i2").tobytes()
PIECE = RATE // 10 * 2  # 100 ms of PCM16


class CallerAudio(io.AudioInput):
    def __init__(self) -> None:
        super().__init__(label="twilio")
        self.frames: asyncio.Queue[rtc.AudioFrame | None] = asyncio.Queue()

    async def __anext__(self) -> rtc.AudioFrame:
        frame = await self.frames.get()
        if frame is None:
            raise StopAsyncIteration
        return frame


class AgentAudio(io.AudioOutput):
    """Plays into the socket by an absolute clock, 20 ms a message; knows what was sent, pauses, resumes and clears."""

    def __init__(self, socket: web.WebSocketResponse, sid: str) -> None:
        super().__init__(label="twilio", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=RATE)
        self._socket = socket
        self._head = f'{{"event":"media","streamSid":"{sid}","media":{{"payload":"'
        self._clear = json.dumps({"event": "clear", "streamSid": sid})
        self._waiting = bytearray()
        self._sent = 0  # bytes of the segment that is being played
        self._last = bytearray()  # the newest of them, which the line may not have played yet
        self._due = 0.0
        self._captured = self._flushed = self._paused = False
        self._news = asyncio.Event()
        self._playing = asyncio.create_task(self._play())
        self._clearing: set[asyncio.Task[None]] = set()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self._waiting += ENCODING[np.frombuffer(frame.data, np.uint16)].tobytes()
        self._captured, self._flushed = True, False
        self._news.set()

    def flush(self) -> None:
        super().flush()
        self._flushed = self._captured
        self._news.set()

    def clear_buffer(self) -> None:
        if self._captured:
            if not self._paused:
                self._send_clear()
                self._take_back()
            self._waiting.clear()
            self._finish(interrupted=True)

    def pause(self) -> None:
        super().pause()
        if not self._paused:  # asked again with every voice chunk
            self._paused = True
            self._send_clear()
            self._take_back()

    def resume(self) -> None:
        super().resume()
        self._paused = False
        self._news.set()

    def close(self) -> None:
        self._playing.cancel()

    def _send_clear(self) -> None:
        task = asyncio.create_task(self._socket.send_str(self._clear))
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    def _take_back(self) -> None:
        """What the line had not played yet when it was cleared is played again after a pause."""
        ahead = min(len(self._last), max(0, int((self._due + AHEAD_S - asyncio.get_running_loop().time()) * RATE)))
        if ahead:
            self._waiting[:0] = self._last[-ahead:]
            self._sent -= ahead
        self._last.clear()
        self._due = asyncio.get_running_loop().time() - AHEAD_S

    def _finish(self, interrupted: bool) -> None:
        position, self._sent = self._sent / RATE, 0
        self._captured = self._flushed = False
        self._last.clear()
        self.on_playback_finished(playback_position=position, interrupted=interrupted)

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            if self._paused or not self._waiting:
                await self._news.wait()
                continue
            if self._sent == 0:
                self.on_playback_started(created_at=time.time())
            self._due = max(self._due, loop.time() - AHEAD_S)
            while self._waiting and not self._paused:
                payload = bytes(self._waiting[:160])
                del self._waiting[:160]
                self._sent += len(payload)
                self._last += payload
                del self._last[: -int(2 * AHEAD_S * RATE)]
                self._due += FRAME_S
                await self._socket.send_str(self._head + base64.b64encode(payload).decode() + '"}}')
                await asyncio.sleep(max(0.0, self._due - loop.time()))
            while self._flushed and not self._waiting and not self._paused and self._due + AHEAD_S > loop.time():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), self._due + AHEAD_S - loop.time())
            if self._flushed and not self._waiting and not self._paused:
                self._finish(interrupted=False)


class NamedRecognizer(stt.STT):
    """Only names what `StandIns.stt_node` does: a session hears nothing without one."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))

    async def _recognize_impl(self, *args: Any, **kwargs: Any) -> stt.SpeechEvent:
        raise NotImplementedError("never asked: StandIns.stt_node hears")


class NamedModel(llm.LLM):
    def chat(self, **kwargs: Any) -> llm.LLMStream:
        raise NotImplementedError("never asked: StandIns.llm_node answers")


class NamedVoice(tts.TTS):
    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=True), sample_rate=RATE, num_channels=1)

    def synthesize(self, text: str, **kwargs: Any) -> tts.ChunkedStream:
        raise NotImplementedError("never asked: StandIns.tts_node speaks")


class StandIns(Agent):
    """The three stand-ins as pipeline nodes, the cheapest way that the framework offers."""

    def __init__(self, delay_s: float, greet: bool) -> None:
        super().__init__(instructions="")
        self._delay_s = delay_s
        self._greet = greet
        self._heard: asyncio.Queue[stt.SpeechEvent] = asyncio.Queue()

    async def on_enter(self) -> None:
        if self._greet:
            self.session.say(GREETING)

    def user_state_changed(self, event: Any) -> None:
        """The final transcript comes a stated time after the peer's own voice activity said that speech stopped."""
        said = stt.SpeechData(language="en", text=HEARD, confidence=0.9)
        final = stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[said])
        if (event.old_state, event.new_state) == ("speaking", "listening"):
            asyncio.get_running_loop().call_later(self._delay_s, self._heard.put_nowait, final)

    async def stt_node(self, audio: AsyncIterable[rtc.AudioFrame], model_settings: Any) -> AsyncGenerator[stt.SpeechEvent, None]:
        async def drain() -> None:
            async for _ in audio:
                pass

        draining = asyncio.create_task(drain())
        try:
            while True:
                yield await self._heard.get()
        finally:
            draining.cancel()

    async def llm_node(self, chat_ctx: Any, tools: Any, model_settings: Any) -> AsyncGenerator[str, None]:
        yield REPLY

    async def tts_node(self, text: AsyncIterable[str], model_settings: Any) -> AsyncGenerator[rtc.AudioFrame, None]:
        said = "".join([part async for part in text])
        seconds = 5.0 if said.startswith("We open") else len(said) / 15
        whole = CANNED[: int(seconds * RATE) * 2]
        for at in range(0, len(whole), PIECE):
            piece = whole[at : at + PIECE]
            yield rtc.AudioFrame(piece, RATE, 1, len(piece) // 2)


def session(preset: str) -> AgentSession[None]:
    common: dict[str, Any] = {
        "stt": NamedRecognizer(), "llm": NamedModel(), "tts": NamedVoice(), "user_away_timeout": None, "aec_warmup_duration": None,
    }  # fmt: skip
    if preset == "default":  # turn-detector v1-mini, as the framework ships
        return AgentSession(**common)
    if preset == "vad":  # without the model, with the framework's own times
        return AgentSession(**common, turn_handling={"turn_detection": "vad", "interruption": {"mode": "vad"}})
    return AgentSession(
        **common,
        vad=inference.VAD(model="silero", min_silence_duration=0.2),
        turn_handling={
            "turn_detection": "vad",
            "endpointing": {"min_delay": 0.0},
            "interruption": {"mode": "vad", "min_duration": 0.1},
        },
    )


async def talk(request: web.Request) -> web.WebSocketResponse:
    options = request.app["options"]
    socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
    await socket.prepare(request)
    agent_session: AgentSession[None] | None = None
    ear, mouth = CallerAudio(), None
    async for message in socket:
        said = json.loads(message.data)
        if said["event"] == "media":
            pcm = DECODING[np.frombuffer(base64.b64decode(said["media"]["payload"]), np.uint8)].tobytes()
            ear.frames.put_nowait(rtc.AudioFrame(pcm, RATE, 1, len(pcm) // 2))
        elif said["event"] == "start":
            agent = StandIns(options.transcript_delay, not options.no_greeting)
            mouth = AgentAudio(socket, said["start"]["streamSid"])
            agent_session = session(options.preset)
            agent_session.on("user_state_changed", agent.user_state_changed)
            agent_session.input.audio = ear
            agent_session.output.audio = mouth
            await agent_session.start(agent)
        elif said["event"] == "stop":
            break
    ear.frames.put_nowait(None)
    if mouth is not None and agent_session is not None:
        await agent_session.aclose()
        mouth.close()
    return socket


async def serve(options: argparse.Namespace) -> None:
    app = web.Application()
    app["options"] = options
    app.router.add_get("/twilio", talk)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--preset", choices=("default", "vad", "tuned"), default="tuned")
    parser.add_argument("--transcript-delay", type=float, default=0.06, help="seconds after its voice activity stopped")
    parser.add_argument("--no-greeting", action="store_true")
    options = parser.parse_args()
    uvloop.run(serve(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
