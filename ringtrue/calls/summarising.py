"""A call in a few plain sentences, by rules over its events: who called, why, what was promised, what comes next. No model.

It only repeats what the events hold, so it cannot say what did not happen, and where the gate kept nothing it says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ringtrue.calls.folding import Told, gathered, intents, last, lines
from ringtrue.voice.ending_words import ENDING_WORDS

MADE_BY = "ringtrue rules 1"  # P-CLX-2-6: a summary names what made it

TOPICS = {
    "hours": "the opening hours",
    "price": "prices",
    "prices": "prices",
    "services": "the services",
    "service": "the services",
    "area": "the service area",
    "address": "the address",
    "directions": "the address",
    "booking": "an appointment",
    "book": "an appointment",
    "message": "leaving a message",
    "person": "speaking to a person",
}


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    text: str = ""
    name: str = ""
    number: str = ""
    reason: str = ""
    promised: list[str] = []
    next_step: str = ""
    made_by: str = MADE_BY


def summarise(
    events: Sequence[Told], outcome: str, *, faqs: dict[str, str] | None = None, from_number: str = "", named: bool = True
) -> Summary:
    """`faqs`: id -> question of the version that served, to name what was asked. `from_number` only where it was kept.
    `named`: False where the storage mode keeps nobody's name and number."""
    facts = gathered(events)
    if not named:
        facts, from_number = msgspec.structs.replace(facts, name="", number=""), ""
    number = facts.number or from_number
    asked = _asked_about(events, faqs or {})
    promised, next_step = _promised(events, outcome, facts.service, facts.start)
    reason = facts.reason or _first_words(events)
    sentences = [
        _who(facts.name, number),
        f"They asked about {_listed(asked)}." if asked else "",
        f"Reason given: {reason.rstrip('.')}."
        if facts.reason
        else (f"In their words: “{reason}”" if reason and not asked else ""),
        *promised,
        _how_it_ended(outcome, events),
        f"Next step: {next_step}." if next_step else "",
    ]
    return Summary(
        text=" ".join(sentence for sentence in sentences if sentence),
        name=facts.name,
        number=number,
        reason=reason,
        promised=promised,
        next_step=next_step,
    )


HOW_IT_ENDED = {
    "answered": "The question was answered from the business's facts.",
    "opt_out": "The caller asked for no more calls and was put on the do-not-call list.",
    "emergency": "Emergency words were heard and the caller was told to call the emergency number.",
    "refused": "The call was turned away as the business asks for this kind of call.",
    "no_speech": "The caller said nothing.",
    "abandoned": "The caller hung up before anything was reached.",
    "voicemail": "An answering machine answered the call.",
    "not_reached": "Nobody answered the call.",
    "not_understood": "The agent did not understand what the caller needed.",
}
NEVER_BEGAN = frozenset({"no_common_codec", "login_refused", "carrier_refused"})
"""Of calls that failed: nobody was ever heard."""


def plain(outcome: str, duration_ms: int) -> str:
    """What may be said where nothing of the content was kept."""
    seconds = round(duration_ms / 1000)
    length = f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
    return f"A call of {length}. Outcome: {outcome.replace('_', ' ') or 'not yet known'}."


def _who(name: str, number: str) -> str:
    if name and number:
        return f"{name} called from {number}."
    if name:
        return f"{name} called."
    return f"Somebody called from {number}." if number else "Somebody called; the number was withheld or not kept."


def _how_it_ended(outcome: str, events: Sequence[Told]) -> str:
    if outcome != "failed":
        return HOW_IT_ENDED.get(outcome, "")
    ended = last(events, "ended")
    why = str(ended.fields.get("reason", "")) if ended else ""
    what = "No call came about" if why in NEVER_BEGAN else "The call broke off"
    return f"{what}: {ENDING_WORDS[why]}." if why in ENDING_WORDS else f"{what}."


def _asked_about(events: Sequence[Told], faqs: dict[str, str]) -> list[str]:
    found: list[str] = []
    for intent, source in intents(events):
        kind, _, what = source.partition(":")
        topic = TOPICS.get(intent, "")
        if kind == "faq" and what in faqs:
            topic = f"“{faqs[what]}”"
        elif kind == "service" and what:
            topic = what
        elif not topic:
            topic = TOPICS.get(kind, "")
        if topic and topic not in found:
            found.append(topic)
    return found


def _promised(events: Sequence[Told], outcome: str, service: str, start: str) -> tuple[list[str], str]:
    promised, next_step = [], ""
    for event in events:
        if event.kind == "transferred" and event.fields.get("ok"):
            promised.append(f"The call was passed to {event.fields.get('person') or 'a person'}.")
    if outcome == "message":
        promised.append("A message was taken, and the caller was told that somebody will call back.")
        next_step = "call back"
    elif outcome == "booking":
        promised.append(f"{service or 'An appointment'} was booked{_when(start)}.")
        next_step = "be ready for the appointment"
    elif outcome == "emergency":
        next_step = "check whether help is needed"
    elif outcome in ("not_understood", "failed", "abandoned") and last(events, "heard"):
        next_step = "listen to the call, and call back if needed"
    return promised, next_step


def _when(start: str) -> str:
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return ""
    hour = at.hour % 12 or 12
    return f" for {at:%A}, {at:%B} {at.day}, {at.year} at {hour}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


def _first_words(events: Sequence[Told]) -> str:
    for line in lines(events):
        if line.speaker == "caller" and len(line.text.split()) >= 3:
            return line.text.strip()
    return ""


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
