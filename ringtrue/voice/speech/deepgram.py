"""Hearing and speaking through Deepgram: `/v1/listen` (websocket) and Aura, `/v1/speak`.

A stream for each utterance, ended with CloseStream, because only that is promised an end (Metadata); the next stream is opened ahead, so
that no caller waits for a handshake. https://developers.deepgram.com/docs/close-stream
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.voice.events import Word
from ringtrue.voice.speech.kinds import Connected, Expecting, RecognizerFailed, Transcript, VoiceFailed

SERVER = "api.deepgram.com"
KEEP_ALIVE_S = 4.0  # Deepgram closes a stream that has had nothing for 10 s
SPARE_S = 60.0  # a stream opened ahead is given up when it was not needed for so long
NO_TRAINING = {"mip_opt_out": "true"}  # Deepgram's Model Improvement Program gets nothing of a call
HANDSHAKE_S = 2.0
PIECE = 16_000  # bytes of audio in one message


class _Word(msgspec.Struct):
    word: str
    start: float = 0.0
    end: float = 0.0
    punctuated_word: str = ""


class _Alternative(msgspec.Struct):
    transcript: str
    confidence: float = 0.0
    words: list[_Word] = []


class _Channel(msgspec.Struct):
    alternatives: list[_Alternative]


class _Message(msgspec.Struct):
    """What is used of Results, Metadata and Error."""

    type: str
    is_final: bool = False
    channel: _Channel | list[int] | None = None


def connect(settings: Mapping[str, str]) -> Connected:
    """settings: RINGTRUE_DEEPGRAM_KEY; optional _HOST (host:port; "http://…" for one without TLS), _HEARING and _SPEAKING (models;
    "" for none), _LANGUAGE. Raises KeyError without a key."""
    given = {name.removeprefix("RINGTRUE_DEEPGRAM_"): value for name, value in settings.items()}
    host = given.get("HOST") or f"https://{SERVER}"
    url = host.rstrip("/") if "://" in host else f"https://{host}"
    hearing, speaking = given.get("HEARING", "nova-3"), given.get("SPEAKING", "aura-2-thalia-en")
    recognizer = DeepgramRecognizer(given["KEY"], url, hearing, given.get("LANGUAGE", "en"))
    voice = DeepgramVoice(given["KEY"], url, speaking)

    async def close() -> None:
        await recognizer.close()
        await voice.close()

    return Connected(recognizers=[recognizer] if hearing else [], voices=[voice] if speaking else [], close=close)


class _Stream(WSListener):  # type: ignore[misc]
    """One utterance. `done` gets the parts, or RecognizerFailed."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[_Alternative] = []
        self.done: asyncio.Future[list[_Alternative]] = asyncio.get_running_loop().create_future()
        self.done.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self._take(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            self._fail("closed")
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        self._fail("closed")

    def _take(self, message: bytes) -> None:
        try:
            told = msgspec.json.decode(message, type=_Message)
            if told.type == "Results" and told.is_final and isinstance(told.channel, _Channel):
                self.parts.append(told.channel.alternatives[0])
            elif told.type == "Error":
                self._fail("refused")
            elif told.type == "Metadata" and not self.done.done():
                self.done.set_result(self.parts)
        except (msgspec.DecodeError, IndexError):
            self._fail("broken_answer")

    def _fail(self, code: str) -> None:
        if not self.done.done():
            self.done.set_exception(RecognizerFailed(code))

    def send(self, kind: str) -> None:
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, msgspec.json.encode({"type": kind}))

    def leave(self) -> None:
        if self.transport is not None:
            self.transport.disconnect()


class DeepgramRecognizer:
    def __init__(self, key: str, url: str, model: str, language: str = "en") -> None:
        self.name = f"deepgram-{model}"
        self._headers = {"Authorization": f"Token {key}"}
        self._url = f"ws{url.removeprefix('http')}/v1/listen"
        self._asked = {
            "model": model,
            "language": language,
            "encoding": "linear16",
            "channels": "1",
            "smart_format": "true",
        } | NO_TRAINING
        self._spares: dict[int, asyncio.Task[_Stream]] = {}
        self._keepers: set[asyncio.Task[None]] = set()

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        stream = await self._take(sample_rate, hints)
        try:
            for at in range(0, len(pcm), PIECE):
                if stream.transport is not None:
                    stream.transport.send(WSMsgType.BINARY, pcm[at : at + PIECE])
            stream.send("CloseStream")
            return _transcript(await stream.done)
        finally:
            stream.leave()

    async def _take(self, sample_rate: int, hints: tuple[str, ...]) -> _Stream:
        spare = self._spares.pop(sample_rate, None) if not hints else None
        stream: _Stream | None = None
        if spare is not None and spare.done() and not spare.cancelled() and spare.exception() is None:
            stream = spare.result()
        elif spare is not None:
            spare.cancel()
        if stream is None or stream.done.done() or stream.transport is None:
            stream = await self._open(sample_rate, hints)
        if sample_rate not in self._spares:
            self._spares[sample_rate] = asyncio.create_task(self._open_ahead(sample_rate))
        return stream

    async def _open(self, sample_rate: int, hints: tuple[str, ...] = ()) -> _Stream:
        asked = [*self._asked.items(), ("sample_rate", str(sample_rate)), *(("keyterm", hint) for hint in hints[:50])]
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                _, stream = await ws_connect(_Stream, f"{self._url}?{urlencode(asked)}", extra_headers=self._headers)
        except Exception:
            raise RecognizerFailed("unreachable") from None
        assert isinstance(stream, _Stream)
        return stream

    async def _open_ahead(self, sample_rate: int) -> _Stream:
        stream = await self._open(sample_rate)
        keeper = asyncio.create_task(self._keep(sample_rate, stream))
        self._keepers.add(keeper)
        keeper.add_done_callback(self._keepers.discard)
        return stream

    async def _keep(self, sample_rate: int, stream: _Stream) -> None:
        """Until it is taken, has closed, or was not needed for too long."""
        for _ in range(int(SPARE_S / KEEP_ALIVE_S)):
            await asyncio.sleep(KEEP_ALIVE_S)
            if not self._is_spare(sample_rate, stream) or stream.done.done():
                return
            stream.send("KeepAlive")
        if self._is_spare(sample_rate, stream):
            del self._spares[sample_rate]
            stream.leave()

    def _is_spare(self, sample_rate: int, stream: _Stream) -> bool:
        spare = self._spares.get(sample_rate)
        return spare is not None and spare.done() and not spare.cancelled() and not spare.exception() and spare.result() is stream

    async def close(self) -> None:
        tasks: list[asyncio.Task[Any]] = [*self._spares.values(), *self._keepers]
        for spare in self._spares.values():
            if spare.done() and not spare.cancelled() and spare.exception() is None:
                spare.result().leave()
        self._spares.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _transcript(parts: list[_Alternative]) -> Transcript:
    heard = [part for part in parts if part.transcript]
    return Transcript(
        text=" ".join(part.transcript.strip() for part in heard),
        words=[
            Word(word.punctuated_word or word.word, round(word.start * 1000), round(word.end * 1000))
            for part in heard
            for word in part.words
        ],
        confidence=sum(part.confidence for part in heard) / len(heard) if heard else 0.0,
        no_speech=0.0 if heard else 1.0,
    )


class DeepgramVoice:
    """Aura gives PCM16 at the rate of the line."""

    def __init__(self, key: str, url: str, model: str) -> None:
        self.name = f"deepgram-{model}"
        self._url = f"{url}/v1/speak"
        self._model = model
        self._client = httpx.AsyncClient(headers={"Authorization": f"Token {key}"}, timeout=httpx.Timeout(10.0, connect=2.0))

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        asked = {"model": self._model, "encoding": "linear16", "sample_rate": str(sample_rate), "container": "none"} | NO_TRAINING
        odd = b""
        try:
            async with self._client.stream("POST", self._url, params=asked, json={"text": text}) as answer:
                if answer.status_code != 200:
                    raise VoiceFailed(f"status_{answer.status_code}")
                if "json" in answer.headers.get("content-type", ""):
                    raise VoiceFailed("broken_answer")
                async for piece in answer.aiter_bytes():
                    whole = odd + piece
                    odd = whole[len(whole) // 2 * 2 :]
                    if len(whole) > 1:
                        yield whole[: len(whole) - len(odd)]
        except httpx.HTTPError as error:
            raise VoiceFailed("unreachable" if isinstance(error, httpx.ConnectError) else "broken_answer") from None

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await self._client.aclose()
