"""What several questions in one breath mean together, and what a question means after the one before it."""

from __future__ import annotations

from collections.abc import Sequence

from ringtrue.voice.agent import Service
from ringtrue.voice.brains.phrases import plain
from ringtrue.voice.brains.questions import GOING_ON
from ringtrue.voice.brains.replying import answers_itself
from ringtrue.voice.brains.understanding import Meaning

_WHOLE = ("escalation", "refused", "message", "cancel")
_ACTS = ("book", "message", "cancel", "escalation", "person", "refused", "need")


def in_context(meaning: Meaning, text: str, topic: tuple[str, Service | None]) -> Meaning:
    """ "How much is it?" after a service was spoken of; "and for a crown?" after a price. `topic`: the last intent and service."""
    intent, service = topic
    if meaning.intent in ("price", "duration") and not meaning.services and service is not None and not meaning.strange:
        return Meaning(meaning.intent, f"service:{service.name}", meaning.score, (service,), (), meaning.flags)
    if meaning.services and intent in ("price", "duration") and GOING_ON.match(plain(text)):
        return Meaning(intent, f"service:{meaning.services[0].name}", meaning.score, meaning.services, (), meaning.flags)
    return meaning


def worth_answering(each: Sequence[Meaning]) -> list[Meaning]:
    """`each`: of the whole turn, then of its parts, if it has several. One meaning, or two when it asks two things."""
    whole = each[0]
    if len(each) == 1 or whole.intent in _WHOLE:
        return [whole]
    asked = [one for one in each[1:] if answers_itself(one)]
    acting = [one for one in each[1:] if one.intent in _ACTS]
    if acting:
        return [*asked[:1], acting[0]]
    found: dict[str, Meaning] = {}
    for one in asked:
        found.setdefault(one.source or one.intent, one)
    return list(found.values())[:2] or [whole]
