"""Hearing and speaking through OpenAI, or any server that speaks the same protocol: `/audio/transcriptions` and `/audio/speech`,
and, while somebody speaks, a transcription session of `/realtime`.

Needs the official SDK (`requirements/llm.in`). No retries in here: the call asks the next provider sooner than a retry would answer.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from ringtrue.voice.audio.g711 import ulaw_encode
from ringtrue.voice.audio.resampling import Resampler
from ringtrue.voice.audio.writing import wav_bytes
from ringtrue.voice.events import Word
from ringtrue.voice.speech.kinds import (
    About,
    Connected,
    Expecting,
    Price,
    RecognizerFailed,
    Setting,
    Transcript,
    VoiceFailed,
    voices_in,
)
from ringtrue.voice.speech.pcm_over_http import WholeSamples, check_length
from ringtrue.voice.speech.socket_stream import SocketStream
from ringtrue.voice.trusting import trusted

ABOUT = About(
    title="OpenAI",
    can=("hears", "streams", "word_times", "hints", "speaks"),
    settings=(
        Setting(name="KEY", says="key of your account", needed=True, unless="URL"),
        Setting(name="URL", says="another server that speaks this protocol, ending in /v1; then no key is needed"),
        Setting(name="HEARING", says="model that hears; empty: none", default="gpt-4o-mini-transcribe"),
        Setting(name="STREAMING", says="model that hears while somebody speaks, such as gpt-4o-mini-transcribe; empty: none"),
        Setting(name="SPEAKING", says="model that speaks; empty: none", default="gpt-4o-mini-tts"),
        Setting(name="VOICE", says="its voices", default="alloy"),
        Setting(name="LANGUAGE", says="language that is heard", default="en"),
    ),
    training="it does not train on what comes by its API; its requests for speech have no word to forbid it",
    regions="anywhere; with the address https://eu.api.openai.com/v1 and a project of that region in the European Union",
    languages="en, de, fr, es, ... (ISO 639-1); its voices speak the language of the text",
    prices={
        "gpt-4o-mini-transcribe": Price(usd=0.18, per="hour", as_of="2026-05-05"),
        "gpt-4o-transcribe": Price(usd=0.36, per="hour", as_of="2026-05-05"),
        "whisper-1": Price(usd=0.36, per="hour", as_of="2026-05-05"),
        "gpt-4o-mini-tts": Price(usd=0.9, per="hour", as_of="2026-05-05"),
        "tts-1": Price(usd=0.015, per="1000 characters", as_of="2026-05-05"),
    },
    package="openai (requirements/llm.txt)",
    follows=(
        "https://platform.openai.com/docs/api-reference/audio/createTranscription",
        "https://platform.openai.com/docs/api-reference/audio/createSpeech",
        "https://developers.openai.com/api/docs/guides/realtime-transcription",
        "https://developers.openai.com/api/docs/guides/your-data",
    ),
)
OPENAI = "https://api.openai.com/v1"
TELEPHONE = 8_000
LEAST_MS = 100  # of sound, or the service refuses to hear it
PCM_RATE = 24_000  # of `response_format=pcm`: mono PCM16 little endian
PIECE = 4_800  # bytes: 100 ms
TIMEOUT_S = 10.0


def connect(settings: Mapping[str, str]) -> Connected:
    """Raises ImportError without the SDK."""
    import openai

    client = openai.AsyncOpenAI(
        api_key=settings["KEY"] or "none",
        base_url=settings["URL"] or None,
        max_retries=0,
        timeout=TIMEOUT_S,
        http_client=openai.DefaultAsyncHttpxClient(verify=trusted()),
    )
    hearing, speaking = settings["HEARING"], settings["SPEAKING"]
    recognizer = OpenAIRecognizer(client, hearing, settings["LANGUAGE"])
    if settings["STREAMING"]:
        url = f"ws{(settings['URL'] or OPENAI).removeprefix('http')}/realtime?intent=transcription"
        recognizer = StreamingRecognizer(client, hearing, settings["LANGUAGE"], url, settings["KEY"], settings["STREAMING"])
    return Connected(
        recognizers=[recognizer] if hearing else [],
        voices=[OpenAIVoice(client, speaking, voice) for _, voice in voices_in(settings["VOICE"])] if speaking else [],
        close=client.close,
    )


def code_of(error: Exception) -> str:
    """A code of ours for whatever the SDK raises: its words may quote what was said."""
    import openai

    match error:
        case openai.APITimeoutError():
            return "timeout"
        case openai.APIConnectionError():
            return "unreachable"
        case openai.APIStatusError():
            return f"status_{error.status_code}"
    return "broken_answer"


class OpenAIRecognizer:
    def __init__(self, client: Any, model: str, language: str = "en") -> None:
        self.name = f"openai-{model}"
        self._client = client
        self._model = model
        self._language = language
        self._detailed = "whisper" in model  # the newer models of OpenAI give text only

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        asked: dict[str, Any] = {"response_format": "verbose_json" if self._detailed else "json"}
        if self._detailed and words:
            asked["timestamp_granularities"] = ["word", "segment"]
        if hints:
            asked["prompt"] = ", ".join(hints)[:800]
        try:
            answer = await self._client.audio.transcriptions.create(
                file=("speech.wav", wav_bytes(pcm, sample_rate), "audio/wav"), model=self._model, language=self._language, **asked
            )
            if not isinstance(answer.text, str):
                raise TypeError
            return _transcript(answer)
        except Exception as error:
            raise RecognizerFailed(code_of(error)) from None


class StreamingRecognizer(OpenAIRecognizer):
    """The whole utterance again goes by the other way."""

    def __init__(self, client: Any, model: str, language: str, url: str, key: str, streaming_model: str) -> None:
        super().__init__(client, model, language)
        self._url = url
        self._headers = {"Authorization": f"Bearer {key or 'none'}"}
        self._hears = {"model": streaming_model, "language": language}

    def stream(self, sample_rate: int, *, hints: tuple[str, ...] = ()) -> SocketStream:
        hears = self._hears | ({"prompt": ", ".join(hints)[:800]} if hints else {})
        return _Realtime(self._url, self._headers, sample_rate, hears)


class _Message(msgspec.Struct):
    """What is used of the events of a transcription session."""

    type: str
    transcript: str = ""


class _Realtime(SocketStream):
    """A transcription session for each utterance, whose end we say ourselves (`turn_detection` null). Telephone sound goes as G.711, for
    PCM is taken at 24 kHz only."""

    def __init__(self, url: str, headers: Mapping[str, str], sample_rate: int, hears: Mapping[str, str]) -> None:
        self._resampler = None if sample_rate == TELEPHONE else Resampler(sample_rate, PCM_RATE)
        self._bytes_a_ms = 2 * sample_rate // 1000
        self._ms = 0.0
        self._hears = hears
        super().__init__(url, headers)

    def _begin(self) -> None:
        kind = {"type": "audio/pcm", "rate": PCM_RATE} if self._resampler else {"type": "audio/pcmu"}
        heard = {"format": kind, "transcription": self._hears, "turn_detection": None}
        self.tell({"type": "session.update", "session": {"type": "transcription", "audio": {"input": heard}}})
        super()._begin()

    def _send(self, pcm: bytes) -> None:
        self._ms += len(pcm) / self._bytes_a_ms
        sound = self._resampler.feed(pcm) if self._resampler else ulaw_encode(pcm)
        if sound:
            self.tell({"type": "input_audio_buffer.append", "audio": b64encode(sound).decode()})

    def _end(self) -> None:
        missing_ms = max(0, LEAST_MS - int(self._ms))
        if missing_ms or self._resampler:  # and what a resampler holds back
            self._send(bytes((missing_ms + 10) * self._bytes_a_ms))
        self.tell({"type": "input_audio_buffer.commit"})

    def _take(self, message: bytes) -> None:
        told = msgspec.json.decode(message, type=_Message)
        if told.type == "conversation.item.input_audio_transcription.completed":
            text = told.transcript.strip()
            self._settle(Transcript(text=text, confidence=0.8 if text else 0.0, no_speech=0.0 if text else 1.0))
        elif told.type in ("error", "conversation.item.input_audio_transcription.failed"):
            self._fail("refused")


def _transcript(answer: Any) -> Transcript:
    """Confidence and no-speech only where the model tells them; else it is believed."""
    segments = getattr(answer, "segments", None) or []
    words = [
        Word(word.word.strip(), round(word.start * 1000), round(word.end * 1000)) for word in getattr(answer, "words", None) or []
    ]
    sure = [min(1.0, 2.718281828 ** float(segment.avg_logprob)) for segment in segments]
    return Transcript(
        text=answer.text.strip(),
        words=words,
        confidence=sum(sure) / len(sure) if sure else 0.8,
        no_speech=max((float(segment.no_speech_prob) for segment in segments), default=0.0),
    )


class OpenAIVoice:
    def __init__(self, client: Any, model: str, voice: str = "alloy") -> None:
        self.name = f"openai-{voice}"
        self._client = client
        self._model = model
        self._voice = voice

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        resampler = Resampler(PCM_RATE, sample_rate)
        samples = WholeSamples()
        try:
            async with self._client.audio.speech.with_streaming_response.create(
                model=self._model, voice=self._voice, input=text, response_format="pcm"
            ) as answer:
                if "json" in answer.headers.get("content-type", ""):
                    raise VoiceFailed("broken_answer")
                async for piece in answer.iter_bytes(PIECE):
                    if made := resampler.feed(samples.feed(piece)):
                        yield made
        except VoiceFailed:
            raise
        except Exception as error:
            raise VoiceFailed(code_of(error)) from None
        check_length(text, samples.size, PCM_RATE)
        yield resampler.feed(bytes(2 * PCM_RATE // 100))  # what its filter holds back
