"""Hearing through AssemblyAI: Universal Streaming (v3, websocket) while the caller speaks, and its Sync API for an utterance that is
there as a whole.

Two ways, because a session takes sound no faster than it is spoken, and is charged by the time that it is open: so one is opened when
speech begins, ended with Terminate, and never ahead. What was said before a pause goes to the Sync API.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import msgspec
from picows import WSMsgType

from ringtrue.voice.audio.writing import wav_bytes
from ringtrue.voice.events import Word
from ringtrue.voice.speech import pcm_over_http
from ringtrue.voice.speech.kinds import About, Connected, Expecting, Price, RecognizerFailed, Setting, Transcript
from ringtrue.voice.speech.socket_stream import SocketStream

ABOUT = About(
    title="AssemblyAI",
    can=("hears", "streams", "word_times", "hints"),
    settings=(
        Setting(name="KEY", says="key of your account", needed=True),
        Setting(name="REGION", says="eu or us: sound stays there; empty: wherever is nearest"),
        Setting(name="HOST", says="another server for both ways, instead of a region"),
        Setting(name="STREAMING", says="model that hears while somebody speaks", default="universal-streaming-english"),
        Setting(name="HEARING", says="model for a whole utterance", default="universal-3-5-pro"),
        Setting(name="LANGUAGE", says="language that is heard", default="en"),
    ),
    training="a call cannot forbid it: opt out on its page Data Controls, which asks for a paid account; in the European Union it never trains",
    regions="in the United States or the European Union; if you choose one of them, sound stays there",
    languages="en; others (es, de, fr, it, pt, ...) with STREAMING=universal-streaming-multilingual",
    prices={
        "universal-streaming-english": Price(usd=0.15, per="hour", as_of="2026-10-07"),
        "universal-streaming-multilingual": Price(usd=0.15, per="hour", as_of="2026-10-07"),
        "universal-3-5-pro": Price(usd=0.30, per="hour", as_of="2026-10-07"),
    },
    follows=(
        "https://www.assemblyai.com/docs/streaming/message-sequence.md",
        "https://www.assemblyai.com/docs/streaming/common-session-errors-and-closures.md",
        "https://www.assemblyai.com/docs/sync-stt/getting-started/transcribe-a-short-audio-file",
        "https://www.assemblyai.com/docs/data-retention-and-model-training.md",
    ),
)
LEAST_MS, MOST_MS = 50, 1000  # of sound in one message


class _Word(msgspec.Struct):
    text: str
    start: int | None = None
    end: int | None = None
    confidence: float = 0.0


class _Message(msgspec.Struct):
    """What is used of Begin, Turn, Termination and Error."""

    type: str
    turn_order: int = 0
    transcript: str = ""
    words: list[_Word] = []
    error_code: int = 0


class _Answer(msgspec.Struct):
    """Of the Sync API."""

    text: str
    words: list[_Word] = []
    confidence: float = 0.0


def connect(settings: Mapping[str, str]) -> Connected:
    zone = f".{settings['REGION']}" if settings["REGION"] else ""
    recognizer = AssemblyAIRecognizer(
        settings["KEY"],
        streaming_url=settings["HOST"].rstrip("/") or f"https://streaming{zone}.assemblyai.com",
        sync_url=settings["HOST"].rstrip("/") or f"https://sync{zone}.assemblyai.com",
        streaming_model=settings["STREAMING"],
        model=settings["HEARING"],
        language=settings["LANGUAGE"],
    )
    return Connected(recognizers=[recognizer], voices=[], close=recognizer.close)


class _Session(SocketStream):
    """Each of the company's turns is told again and again while it grows; the last word on each counts."""

    greeted = False

    def __init__(self, url: str, headers: Mapping[str, str], sample_rate: int) -> None:
        self._least, self._most = (2 * sample_rate * ms // 1000 for ms in (LEAST_MS, MOST_MS))
        self._held = bytearray()  # too little for a message
        self._turns: dict[int, _Message] = {}
        super().__init__(url, headers)

    def _send(self, pcm: bytes) -> None:
        self._held += pcm
        while len(self._held) >= self._least and self.transport is not None:
            piece = bytes(self._held[: self._most])
            if 0 < len(self._held) - len(piece) < self._least:
                piece = piece[: -self._least]  # what is left must be enough for a message too
            self.transport.send(WSMsgType.BINARY, piece)
            del self._held[: len(piece)]

    def _end(self) -> None:
        if self._held:
            self._send(bytes(self._least - len(self._held)))
        self.tell({"type": "ForceEndpoint"})
        self.tell({"type": "Terminate"})

    def _farewell(self) -> None:
        if not self._finishing:  # an open session is charged for
            self.tell({"type": "Terminate"})

    def _take(self, message: bytes) -> None:
        told = msgspec.json.decode(message, type=_Message)
        if told.type == "Begin":
            self._begin()
        elif told.type == "Turn":
            self._turns[told.turn_order] = told
        elif told.type == "Error":
            self._fail(f"refused_{told.error_code}")
        elif told.type == "Termination":
            turns = [turn for _, turn in sorted(self._turns.items()) if turn.transcript]
            self._settle(
                _transcript(" ".join(turn.transcript for turn in turns), [word for turn in turns for word in turn.words])
            )


class AssemblyAIRecognizer:
    def __init__(self, key: str, *, streaming_url: str, sync_url: str, streaming_model: str, model: str, language: str) -> None:
        self.name = f"assemblyai-{model}"
        self._headers = {"Authorization": key}
        self._streaming_url = f"ws{streaming_url.removeprefix('http')}/v3/ws"
        self._sync_url = f"{sync_url}/v1/transcribe"
        self._model = model
        self._language = language
        self._asked = {"speech_model": streaming_model, "encoding": "pcm_s16le", "format_turns": "true"}
        self._client = pcm_over_http.client(self._headers)

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        asked = {"language_codes": [self._language], "timestamps": words} | ({"keyterms_prompt": hints[:100]} if hints else {})
        parts = {
            "config": (None, msgspec.json.encode(asked), "application/json"),
            "audio": ("speech.wav", wav_bytes(pcm, sample_rate), "audio/wav"),
        }
        try:
            answer = await self._client.post(self._sync_url, files=parts, headers={"X-AAI-Model": self._model})
            if answer.status_code != 200:
                raise RecognizerFailed(f"status_{answer.status_code}")
            told = msgspec.json.decode(answer.content, type=_Answer)
        except httpx.TimeoutException:
            raise RecognizerFailed("timeout") from None
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise RecognizerFailed("unreachable" if isinstance(error, httpx.ConnectError) else "broken_answer") from None
        return _transcript(told.text, told.words)

    def stream(self, sample_rate: int, *, hints: tuple[str, ...] = ()) -> SocketStream:
        asked = self._asked | {"sample_rate": str(sample_rate)}
        if hints:
            asked["keyterms_prompt"] = msgspec.json.encode(hints[:100]).decode()
        return _Session(f"{self._streaming_url}?{urlencode(asked)}", self._headers, sample_rate)

    async def close(self) -> None:
        await self._client.aclose()


def _transcript(text: str, words: list[_Word]) -> Transcript:
    return Transcript(
        text=text.strip(),
        words=[Word(word.text, word.start, word.end) for word in words if word.start is not None and word.end is not None],
        confidence=sum(word.confidence for word in words) / len(words) if words else 0.0,
        no_speech=0.0 if text.strip() else 1.0,
    )
