"""Hearing and speaking through OpenAI, or any server that speaks the same protocol: `/audio/transcriptions` and `/audio/speech`.

Needs the official SDK (`requirements/llm.in`). No retries in here: the call asks the next provider sooner than a retry would answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

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
from ringtrue.voice.speech.trusting import trusted

ABOUT = About(
    title="OpenAI",
    can=("hears", "word_times", "hints", "speaks"),
    settings=(
        Setting(name="KEY", says="key of your account", needed=True, unless="URL"),
        Setting(name="URL", says="another server that speaks this protocol, ending in /v1; then no key is needed"),
        Setting(name="HEARING", says="model that hears; empty: none", default="gpt-4o-mini-transcribe"),
        Setting(name="SPEAKING", says="model that speaks; empty: none", default="gpt-4o-mini-tts"),
        Setting(name="VOICE", says="its voices", default="alloy"),
        Setting(name="LANGUAGE", says="language that is heard", default="en"),
    ),
    training="documents no word for it in requests of speech; it does not train on what comes by its API",
    regions="anywhere; in the EU with URL=https://eu.api.openai.com/v1 and a project of that region",
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
        "https://developers.openai.com/api/docs/guides/your-data",
    ),
)
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
    return Connected(
        recognizers=[OpenAIRecognizer(client, hearing, settings["LANGUAGE"])] if hearing else [],
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
