"""Hearing and speaking through any service that Pipecat has, for companies that have no file here. An optional extra."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ringtrue.voice.speech.kinds import About, Connected, Recognizer, Setting, Voice

ABOUT = About(
    title="Pipecat's services",
    can=("hears", "speaks"),
    settings=(
        Setting(name="HEARING", says="class of a service, module:Class", needed=True, unless="SPEAKING"),
        Setting(name="HEARING_WITH", says="what it is made with, as JSON", default="{}"),
        Setting(name="SPEAKING", says="class of a service, module:Class"),
        Setting(name="SPEAKING_WITH", says="what it is made with, as JSON", default="{}"),
    ),
    training="nothing is said by us: whatever the company behind the service documents has to be in HEARING_WITH or SPEAKING_WITH",
    regions="those of the company behind the service",
    package="pipecat-ai, with the extra of the service: pip install 'pipecat-ai[cartesia]'",
    checked="by hand",
    follows=("https://docs.pipecat.ai/server/services/supported-services",),
)


def connect(settings: Mapping[str, str]) -> Connected:
    """Raises ImportError without Pipecat or the package of its service."""
    from ringtrue.voice.speech.pipecat_services import PipecatRecognizer, PipecatVoice, maker

    recognizers: list[Recognizer] = []
    voices: list[Voice] = []
    closing = []
    if path := settings["HEARING"]:
        recognizer = PipecatRecognizer(_name(path), maker(path, json.loads(settings["HEARING_WITH"])))
        recognizers.append(recognizer)
        closing.append(recognizer.close)
    if path := settings["SPEAKING"]:
        voice = PipecatVoice(_name(path), maker(path, json.loads(settings["SPEAKING_WITH"])))
        voices.append(voice)
        closing.append(voice.close)

    async def close() -> None:
        for each in closing:
            await each()

    return Connected(recognizers=recognizers, voices=voices, close=close)


def _name(path: str) -> str:
    return f"pipecat-{path.rpartition(':')[2]}"
