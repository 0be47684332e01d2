"""Speaking through ElevenLabs: `/v1/text-to-speech/{voice}/stream`.

Its websocket is for text that comes in bits; a call gives whole sentences, and for those its documentation advises this way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx

from ringtrue.voice.speech import pcm_over_http
from ringtrue.voice.speech.kinds import About, Connected, Price, Setting, voices_in

ABOUT = About(
    title="ElevenLabs",
    can=("speaks",),
    settings=(
        Setting(name="KEY", says="key of your account", needed=True),
        Setting(name="HOST", says="where it is reached, such as the EU", default="https://api.elevenlabs.io"),
        Setting(name="VOICE", says="numbers of voices in your account, each with a name", default="George=JBFqnCBsd6RMkjVDRZzb"),
        Setting(name="SPEAKING", says="model", default="eleven_flash_v2_5"),
        Setting(name="LANGUAGE", says="language that is spoken", default="en"),
        Setting(name="ZERO_RETENTION", says="1: nothing is kept there; for enterprise accounts, others are refused"),
    ),
    training="an enterprise account can choose that nothing is kept there, which every request then says; others opt out in their settings",
    regions="anywhere; with the address https://api.eu.residency.elevenlabs.io only in the European Union, for enterprise accounts",
    languages="32, by ISO 639-1 code",
    prices={
        "eleven_flash_v2_5": Price(usd=0.05, per="1000 characters", as_of="2026-05-05"),
        "eleven_multilingual_v2": Price(usd=0.1, per="1000 characters", as_of="2026-05-19"),
    },
    follows=(
        "https://elevenlabs.io/docs/api-reference/text-to-speech/stream",
        "https://elevenlabs.io/docs/eleven-api/resources/zero-retention-mode",
    ),
)


def connect(settings: Mapping[str, str]) -> Connected:
    client = pcm_over_http.client({"xi-api-key": settings["KEY"]})
    voices = [ElevenLabsVoice(client, settings, name, number) for name, number in voices_in(settings["VOICE"])]
    return Connected(recognizers=[], voices=list(voices), close=client.aclose)


class ElevenLabsVoice:
    def __init__(self, client: httpx.AsyncClient, settings: Mapping[str, str], name: str, number: str) -> None:
        self.name = f"elevenlabs-{name}"
        self._client = client
        self._url = f"{settings['HOST'].rstrip('/')}/v1/text-to-speech/{number}/stream"
        self._said = {"model_id": settings["SPEAKING"], "language_code": settings["LANGUAGE"]}
        self._asked = {"enable_logging": "false"} if settings["ZERO_RETENTION"] == "1" else {}

    def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        asked = {"output_format": f"pcm_{sample_rate}"} | self._asked
        return pcm_over_http.spoken(self._client, self._url, text, sample_rate, params=asked, json={"text": text} | self._said)
