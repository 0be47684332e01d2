"""Speaking through Cartesia: one websocket for all calls of the process, a context for each sentence.

A sentence that is not wanted any more is cancelled by a message, and the socket stays; one that breaks is opened again for the next.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from ringtrue.voice.speech.kinds import About, Connected, Setting, VoiceFailed, voices_in
from ringtrue.voice.speech.pcm_over_http import WholeSamples, check_length
from ringtrue.voice.speech.socket_stream import ConnectFailed, open_socket

ABOUT = About(
    title="Cartesia",
    can=("speaks",),
    settings=(
        Setting(name="KEY", says="key of your account", needed=True),
        Setting(name="HOST", says="where it is reached, such as your own region", default="https://api.cartesia.ai"),
        Setting(name="VOICE", says="numbers of voices, each with a name", default="Katie=f786b574-daa5-4673-aa0c-cbe3e8534c02"),
        Setting(name="SPEAKING", says="model", default="sonic-3"),
        Setting(name="LANGUAGE", says="language that is spoken", default="en"),
    ),
    training="a call cannot forbid it: enterprise accounts can have nothing kept (Zero Data Retention), others ask Cartesia",
    regions="wherever is nearest; an enterprise account can get an address where sound stays in one region",
    languages="by ISO 639-1 code, see its list of models",
    follows=("https://docs.cartesia.ai/api-reference/tts/websocket", "https://docs.cartesia.ai/enterprise/zero-data-retention"),
)
VERSION = "2026-03-01"


class _Message(msgspec.Struct):
    """What is used of chunk, done and error."""

    type: str
    context_id: str | None = None
    data: bytes = b""  # base64 on the wire
    status_code: int = 0


def connect(settings: Mapping[str, str]) -> Connected:
    voices = [CartesiaVoice(settings, name, number) for name, number in voices_in(settings["VOICE"])]

    async def close() -> None:
        for voice in voices:
            await voice.close()

    return Connected(recognizers=[], voices=list(voices), close=close)


class _Socket(WSListener):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.transport: WSTransport | None = None
        self.contexts: dict[str, asyncio.Queue[bytes | str]] = {}  # sound, "" for its end, or a code of ours for what went wrong

    def tell(self, message: Mapping[str, object]) -> None:
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, msgspec.json.encode(message))

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            try:
                self._take(msgspec.json.decode(frame.get_payload_as_bytes(), type=_Message))
            except msgspec.DecodeError:  # whose it was cannot be known
                self._fail_all("broken_answer")
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def _take(self, told: _Message) -> None:
        if told.type == "error" and told.context_id is None:
            self._fail_all(f"status_{told.status_code}")
        waiting = self.contexts.get(told.context_id or "")
        if waiting is None:
            return  # it was cancelled
        if told.type == "chunk":
            waiting.put_nowait(told.data)
        elif told.type == "done":
            waiting.put_nowait("")
        elif told.type == "error":
            waiting.put_nowait(f"status_{told.status_code}")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        self._fail_all("closed")

    def _fail_all(self, code: str) -> None:
        for waiting in self.contexts.values():
            waiting.put_nowait(code)


class CartesiaVoice:
    def __init__(self, settings: Mapping[str, str], name: str, number: str) -> None:
        self.name = f"cartesia-{name}"
        self._url = f"ws{settings['HOST'].rstrip('/').removeprefix('http')}/tts/websocket"
        self._headers = {"Authorization": f"Bearer {settings['KEY']}", "Cartesia-Version": VERSION}
        self._asked = {
            "model_id": settings["SPEAKING"],
            "voice": {"mode": "id", "id": number},
            "language": settings["LANGUAGE"],
            "continue": False,
        }
        self._socket = _Socket()
        self._opening = asyncio.Lock()
        self._numbers = itertools.count(1)

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        socket = await self._connected()
        context = f"sentence-{next(self._numbers)}"
        waiting = socket.contexts[context] = asyncio.Queue()
        form = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": sample_rate}
        socket.tell({"context_id": context, "transcript": text, "output_format": form} | self._asked)
        samples = WholeSamples()
        over = False
        try:
            while (told := await waiting.get()) != "":
                if isinstance(told, str):
                    over = True
                    raise VoiceFailed(told)
                if piece := samples.feed(told):
                    yield piece
            over = True
        finally:
            del socket.contexts[context]
            if not over:
                socket.tell({"context_id": context, "cancel": True})
        check_length(text, samples.size, sample_rate)

    async def _connected(self) -> _Socket:
        """The socket that is open, or a new one. Raises VoiceFailed."""
        async with self._opening:
            if self._socket.transport is None:
                self._socket = _Socket()
                try:
                    await open_socket(self._socket, self._url, self._headers)
                except ConnectFailed as failure:
                    raise VoiceFailed(str(failure)) from None
            return self._socket

    async def close(self) -> None:
        if self._socket.transport is not None:
            self._socket.transport.disconnect()
