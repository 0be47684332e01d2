"""Hearing and speaking through Deepgram: `/v1/listen` (websocket) and Aura, `/v1/speak`.

A stream for each utterance, ended with CloseStream: only that is promised an end (Metadata); after Finalize an answer "may" come. The
next stream is opened ahead, so that no caller waits for a handshake: Deepgram charges for sound, not for an open stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlencode

import httpx
import msgspec
from picows import WSMsgType

from ringtrue.voice.events import Word
from ringtrue.voice.speech import pcm_over_http
from ringtrue.voice.speech.kinds import About, Connected, Expecting, Price, Setting, Transcript, voices_in
from ringtrue.voice.speech.socket_stream import SocketStream

ABOUT = About(
    title="Deepgram",
    can=("hears", "streams", "word_times", "hints", "speaks"),
    settings=(
        Setting(name="KEY", says="key of your account", needed=True),
        Setting(name="HOST", says="where it is reached: the EU, or a server of your own", default="https://api.deepgram.com"),
        Setting(name="HEARING", says="model that hears; empty: none", default="nova-3"),
        Setting(name="SPEAKING", says="models that speak, each a voice; empty: none", default="aura-2-thalia-en"),
        Setting(name="LANGUAGE", says="language that is heard", default="en"),
    ),
    training="every request opts out (mip_opt_out), so it keeps nothing and trains on nothing",
    regions="anywhere; with the address https://api.eu.deepgram.com only in the European Union",
    languages="en, es, de, fr, ...; multi: several at once. A voice's language is part of its model's name",
    prices={
        "nova-3": Price(usd=0.288, per="hour", as_of="2026-05-05"),
        "aura-2": Price(usd=0.03, per="1000 characters", as_of="2026-05-05"),
    },
    follows=(
        "https://developers.deepgram.com/reference/speech-to-text-api/listen-streaming",
        "https://developers.deepgram.com/docs/close-stream",
        "https://developers.deepgram.com/reference/text-to-speech-api/speak",
        "https://developers.deepgram.com/trust-security/your-data",
    ),
)
KEEP_ALIVE_S = 4.0  # Deepgram closes a stream that has had nothing for 10 s
SPARE_S = 60.0  # a stream opened ahead is given up when it was not needed for so long
NO_TRAINING = {"mip_opt_out": "true"}  # Deepgram's Model Improvement Program gets nothing of a call
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
    start: float = 0.0
    is_final: bool = False
    channel: _Channel | list[int] | None = None


def connect(settings: Mapping[str, str]) -> Connected:
    host = settings["HOST"].rstrip("/")
    url = host if "://" in host else f"https://{host}"
    recognizer = DeepgramRecognizer(settings["KEY"], url, settings["HEARING"], settings["LANGUAGE"])
    client = pcm_over_http.client({"Authorization": f"Token {settings['KEY']}"})
    voices = [DeepgramVoice(client, url, model) for _, model in voices_in(settings["SPEAKING"])]

    async def close() -> None:
        await recognizer.close()
        await client.aclose()

    return Connected(recognizers=[recognizer] if settings["HEARING"] else [], voices=list(voices), close=close)


class _Stream(SocketStream):
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        super().__init__(url, headers)
        self._parts: dict[float, _Alternative] = {}  # by their beginning
        self._keeper = asyncio.create_task(self._keep())

    def _send(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), PIECE):
            if self.transport is not None:
                self.transport.send(WSMsgType.BINARY, pcm[at : at + PIECE])

    def _end(self) -> None:
        self.tell({"type": "CloseStream"})

    def _take(self, message: bytes) -> None:
        told = msgspec.json.decode(message, type=_Message)
        if told.type == "Results" and told.is_final and isinstance(told.channel, _Channel):
            self._parts[told.start] = told.channel.alternatives[0]
        elif told.type == "Error":
            self._fail("refused")
        elif told.type == "Metadata":
            self._settle(_transcript([part for _, part in sorted(self._parts.items())]))

    async def _keep(self) -> None:
        """Until it is used, has closed, or was not needed for too long."""
        for _ in range(int(SPARE_S / KEEP_ALIVE_S)):
            await asyncio.sleep(KEEP_ALIVE_S)
            if self.used or self.over:
                return
            self.tell({"type": "KeepAlive"})
        self.leave()

    def leave(self) -> None:
        super().leave()
        self._keeper.cancel()


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
        self._spares: dict[int, _Stream] = {}  # by sample rate

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        stream = self.stream(sample_rate, hints=hints)
        stream.feed(pcm)
        return await stream.finish()

    def stream(self, sample_rate: int, *, hints: tuple[str, ...] = ()) -> SocketStream:
        spare = None if hints else self._spares.pop(sample_rate, None)
        stream = spare if spare is not None and not spare.over else self._open(sample_rate, hints)
        if sample_rate not in self._spares:
            self._spares[sample_rate] = self._open(sample_rate)
        return stream

    def _open(self, sample_rate: int, hints: tuple[str, ...] = ()) -> _Stream:
        asked = [*self._asked.items(), ("sample_rate", str(sample_rate)), *(("keyterm", hint) for hint in hints[:50])]
        return _Stream(f"{self._url}?{urlencode(asked)}", self._headers)

    async def close(self) -> None:
        for spare in self._spares.values():
            spare.leave()
        self._spares.clear()


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

    def __init__(self, client: httpx.AsyncClient, url: str, model: str) -> None:
        self.name = f"deepgram-{model}"
        self._url = f"{url}/v1/speak"
        self._model = model
        self._client = client

    def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        asked = {"model": self._model, "encoding": "linear16", "sample_rate": str(sample_rate), "container": "none"} | NO_TRAINING
        return pcm_over_http.spoken(self._client, self._url, text, sample_rate, params=asked, json={"text": text})
