"""`ringtrue doctor speech`: asks each company that hears or speaks for this installation one sentence of ours, and says in plain words
what is wrong. It costs a fraction of a cent, and nothing of anybody's call is sent."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal

from ringtrue.voice.speech import providers
from ringtrue.voice.speech.kinds import Recognizer, RecognizerFailed, Voice, VoiceFailed

Finding = tuple[Literal["ok", "note", "wrong"], str]
SENTENCE = "Good morning, and thank you for calling."
RATE = 8000
LIMIT_S = 15.0
STEP_MS = 100
WHY = (
    (r"unreachable", "cannot be reached from here. Is there a way to the internet, and is {address} right, if you set it?"),
    (r"timeout", "does not answer in time."),
    (r"status_40[13]|(?:closed|refused)_1008", "does not accept the key. Is {key} right, of an account that may do this, and of this region?"),
    (r"status_402", "wants to be paid: the account is empty."),
    (r"status_429|refused_3009", "refuses because the account has too many requests at once, or has used up what it may."),
    (r"status_404", "does not know the model or the voice: look at {models}."),
    (r"status_4\d\d", "refuses what is asked of it: model, voice, language or region do not go together."),
    (r"status_5\d\d", "has a fault of its own. Try again later."),
    (r"cut_short|empty", "broke off before the sentence was whole."),
    (r".*", "gave an answer that is not speech ({code}). Is {address} that of {title}?"),
)  # fmt: skip
"""Code of a failure -> what to say after the company's name; the first that fits."""
IN_THE_ENVIRONMENT = {
    "key": "RINGTRUE_{company}_KEY", "address": "RINGTRUE_{company}_HOST or _URL",
    "models": "RINGTRUE_{company}_HEARING, RINGTRUE_{company}_SPEAKING and RINGTRUE_{company}_VOICE",
}  # fmt: skip
AT_A_FORM = {"key": "the key", "address": "the address", "models": "the names of models and voices"}
"""How settings are called where somebody enters them."""


def settings_only(chosen: Sequence[str], settings: Mapping[str, str]) -> list[Finding]:
    """What can be seen without asking anybody. chosen: the names in RINGTRUE_SPEECH."""
    found: list[Finding] = []
    for name in (name for name in chosen if name != "local"):
        try:
            providers.connect([name], settings)
            about = providers.about(name)
            found.append(("ok", f"{about.title} {about.does}; `ringtrue doctor speech` asks it"))
        except (providers.ProviderUnknown, providers.ProviderNotSet) as problem:
            found.append(("wrong", f"RINGTRUE_SPEECH names {name}, which is left out of every call: {problem}"))
    for name in providers.names():
        if name not in chosen and settings.get(f"RINGTRUE_{name.upper()}_KEY"):
            found.append(
                ("note", f"RINGTRUE_{name.upper()}_KEY is set, but RINGTRUE_SPEECH does not name {name}: it is not used")
            )
    return found or [("ok", "hearing and speaking: models on this machine, nobody else")]


async def ask_all(
    chosen: Sequence[str], settings: Mapping[str, str], words: Mapping[str, str] = IN_THE_ENVIRONMENT
) -> AsyncIterator[Finding]:
    """Voices first, so that recognizers have something to hear. `words`: how settings are called."""
    connected = {}
    for name in (name for name in chosen if name != "local"):
        try:
            [connected[name]] = providers.connect([name], settings)
        except (providers.ProviderUnknown, providers.ProviderNotSet) as problem:
            yield "wrong", str(problem)
    if not connected:
        yield "note", "RINGTRUE_SPEECH names no company: models on this machine hear and speak"
    sound = b""
    for name, made in connected.items():
        for voice in made.voices:
            finding, pcm = await _speaks(name, voice, words)
            sound = sound or pcm
            yield finding
    for name, made in connected.items():
        for recognizer in made.recognizers:
            yield await _hears(name, recognizer, sound, words)
    for made in connected.values():
        await made.close()


async def _speaks(name: str, voice: Voice, words: Mapping[str, str]) -> tuple[Finding, bytes]:
    began, first, sound = time.monotonic(), 0.0, b""
    try:
        async with asyncio.timeout(LIMIT_S):
            async for piece in voice.say(SENTENCE, RATE):
                first = first or time.monotonic() - began
                sound += piece
    except (VoiceFailed, TimeoutError) as failure:
        return ("wrong", in_words(name, failure, words)), b""
    said = f"{providers.about(name).title} speaks ({voice.name}): first sound after {first * 1000:.0f} ms"
    return ("ok", f"{said}, {len(sound) / 2 / RATE:.1f} s in {time.monotonic() - began:.1f} s"), sound


async def _hears(name: str, recognizer: Recognizer, sound: bytes, called: Mapping[str, str]) -> Finding:
    title = f"{providers.about(name).title} hears ({recognizer.name})"
    try:
        async with asyncio.timeout(LIMIT_S):
            began = time.monotonic()
            heard = await recognizer.transcribe(sound or bytes(RATE), RATE)
            took = f"answered after {(time.monotonic() - began) * 1000:.0f} ms"
            if getattr(recognizer, "stream", None) is not None:
                took += f", {await _streams(recognizer, sound or bytes(2 * RATE)):.0f} ms where it hears along"
    except (RecognizerFailed, TimeoutError) as failure:
        return "wrong", in_words(name, failure, called)
    if not sound:
        return "ok", f"{title}: {took}. It was given silence, as no voice is connected"
    words = re.findall(r"\w+", heard.text.lower())
    same = [word for word in re.findall(r"\w+", SENTENCE.lower()) if word in words]
    return ("ok" if len(same) >= 5 else "wrong"), f"{title}: {took}; of “{SENTENCE}” it heard “{heard.text}”"


async def _streams(recognizer: Recognizer, sound: bytes) -> float:
    """As fast as it would be spoken. Milliseconds from its end to the words."""
    stream = recognizer.stream(RATE)  # type: ignore[attr-defined]
    step = 2 * RATE * STEP_MS // 1000
    try:
        for at in range(0, len(sound), step):
            stream.feed(sound[at : at + step])
            await asyncio.sleep(STEP_MS / 1000)
        began = time.monotonic()
        await stream.finish()
        return (time.monotonic() - began) * 1000
    finally:
        stream.leave()


def in_words(name: str, failure: Exception, words: Mapping[str, str] = IN_THE_ENVIRONMENT) -> str:
    code = "timeout" if isinstance(failure, TimeoutError) else str(failure)
    title = providers.about(name).title
    called = {what: said.format(company=name.upper()) for what, said in words.items()}
    said = next(words for pattern, words in WHY if re.fullmatch(pattern, code))
    return f"{title} {said.format(code=code, title=title, **called)}"
