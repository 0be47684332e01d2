"""Pure functions from a call's events to what people read: transcript lines, turns with their latency, gathered facts.

An event here is `Told`: kind, order and one flat dict of fields, content included as far as it was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, Literal

import msgspec


class Told(msgspec.Struct, frozen=True, kw_only=True):
    seq: int
    at_ms: int
    kind: str
    fields: dict[str, Any] = {}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One utterance of the caller or one sentence of the agent; of a colleague, what they did, not what they said. `kept` is False
    where the storage mode kept no words."""

    speaker: Literal["caller", "agent", "colleague"]
    turn: int
    start_ms: int
    end_ms: int
    text: str = ""
    words: list[tuple[str, int, int]] = []  # text, start_ms, end_ms since the call was answered
    complete: bool = True  # False: the agent was cut off here
    confidence: float | None = None
    kept: bool = True


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Latency of one turn, in milliseconds."""

    turn: int
    endpoint_ms: int
    recognize_ms: int
    think_ms: int
    voice_ms: int
    reply_ms: int


class ModelTurn(msgspec.Struct, frozen=True, kw_only=True):
    """What language models used for one turn, all requests of it together."""

    turn: int
    models: str
    requests: int
    read: int  # tokens, the cached ones included
    cached: int
    written: int
    cost_usd: float | None  # None: no price is known for one of them
    first_ms: int  # of the last request
    early: bool  # begun before the turn was over
    failed: list[str]  # outcomes that were no answer: "stall", "interrupted", ...


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """Language models in one call. `estimated`: some answers were broken off before the provider told its counts."""

    turns: list[ModelTurn]
    read: int
    written: int
    cost_usd: float | None
    estimated: bool


class SpeechUse(msgspec.Struct, frozen=True, kw_only=True):
    """What one recognizer or voice of a company did in the call; `cost_usd` by list price, None where none is known."""

    part: Literal["hearing", "speaking"]
    name: str
    requests: int
    characters: int
    sound_s: float
    cost_usd: float | None


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What tools were given and gave back, as far as it was kept."""

    name: str = ""
    number: str = ""
    reason: str = ""
    message_taken: bool = False
    booked: bool = False
    service: str = ""
    start: str = ""  # ISO 8601 local time of the booking


DID = {
    ("listened_in", True): "listens in",
    ("listened_in", False): "listens no longer",
    ("taken_over", True): "takes over from the agent and speaks with the caller",
    ("taken_over", False): "speaks with the caller no longer",
}


def lines(events: Sequence[Told]) -> list[Line]:
    """In the order in which they were spoken."""
    found = [_line(event) for event in events if event.kind in ("heard", "said")]
    found += [
        Line(
            speaker="colleague",
            turn=0,
            start_ms=event.at_ms,
            end_ms=event.at_ms,
            text=DID[event.kind, event.fields.get("on") is True],
        )
        for event in events
        if event.kind in ("listened_in", "taken_over")
    ]
    return sorted(found, key=lambda line: (line.start_ms, line.speaker))


def _line(event: Told) -> Line:
    fields = event.fields
    return Line(
        speaker="caller" if event.kind == "heard" else "agent",
        turn=int(fields.get("turn") or 0),
        start_ms=int(fields.get("start_ms") or event.at_ms),
        end_ms=int(fields.get("end_ms") or event.at_ms),
        text=str(fields.get("text") or ""),
        words=[(str(text), int(start), int(end)) for text, start, end in fields.get("words") or []],
        complete=bool(fields.get("complete", True)),
        confidence=float(fields["confidence"]) if fields.get("confidence") else None,
        kept="text" in fields,
    )


def turns(events: Sequence[Told]) -> list[Turn]:
    names = ("turn", "endpoint_ms", "recognize_ms", "think_ms", "voice_ms", "reply_ms")
    found = [{name: int(event.fields.get(name) or 0) for name in names} for event in events if event.kind == "turn_times"]
    return [Turn(**each) for each in found]


def reply_ms_p50(events: Sequence[Told]) -> int | None:
    replies = [turn.reply_ms for turn in turns(events)]
    return round(median(replies)) if replies else None


def spending(events: Sequence[Told]) -> Spending | None:
    """None when no model was asked."""
    by_turn: dict[int, list[dict[str, Any]]] = {}
    for event in events:
        if event.kind == "model_used":
            by_turn.setdefault(int(event.fields.get("turn") or 0), []).append(event.fields)
    if not by_turn:
        return None
    every = [fields for group in by_turn.values() for fields in group]
    found = [
        ModelTurn(
            turn=turn,
            models=", ".join(dict.fromkeys(str(fields.get("model") or "") for fields in group)),
            requests=len(group),
            read=_sum(group, "input_tokens"),
            cached=_sum(group, "cached_tokens"),
            written=_sum(group, "output_tokens"),
            cost_usd=_cost(group),
            first_ms=int(group[-1].get("first_ms") or 0),
            early=any(fields.get("early") for fields in group),
            failed=[str(fields.get("outcome")) for fields in group if fields.get("outcome") != "done"],
        )
        for turn, group in sorted(by_turn.items())
    ]
    return Spending(
        turns=found,
        read=_sum(every, "input_tokens"),
        written=_sum(every, "output_tokens"),
        cost_usd=_cost(every),
        estimated=any(fields.get("estimated") for fields in every),
    )


def speech(events: Sequence[Told]) -> list[SpeechUse]:
    """Empty where the call was heard and spoken by local models only."""
    return [
        SpeechUse(
            part=event.fields["part"],
            name=str(event.fields["name"]),
            requests=int(event.fields["requests"]),
            characters=int(event.fields["characters"]),
            sound_s=float(event.fields["sound_ms"]) / 1000,
            cost_usd=event.fields["cost_usd"],
        )
        for event in events
        if event.kind == "speech_used"
    ]


def speech_cost(uses: Sequence[SpeechUse]) -> float | None:
    """US dollars; None where no price is known for one of them."""
    return None if any(use.cost_usd is None for use in uses) else sum(use.cost_usd or 0.0 for use in uses)


def _sum(group: Sequence[dict[str, Any]], name: str) -> int:
    return sum(int(fields.get(name) or 0) for fields in group)


def _cost(group: Sequence[dict[str, Any]]) -> float | None:
    costs = [fields.get("cost_usd") for fields in group]
    return None if any(cost is None for cost in costs) else sum(float(cost) for cost in costs if cost is not None)


def turn_count(events: Sequence[Told]) -> int:
    """How many times the caller took the word; an "uh-huh" while the agent speaks is not a turn."""
    return len({e.fields.get("turn") for e in events if e.kind == "heard" and not e.fields.get("backchannel")})


def gathered(events: Sequence[Told]) -> Gathered:
    """Later facts win over earlier ones: a corrected name comes second."""
    held: dict[str, Any] = {}
    for event in events:
        if event.kind != "tool" or not event.fields.get("ok"):
            continue
        tool, given = str(event.fields.get("name")), event.fields.get("arguments") or {}
        result = event.fields.get("result") or {}
        if tool in ("take_message", "book"):
            held |= {key: str(given[key]) for key in ("name", "number") if given.get(key)}
        if tool == "facts":  # what the brain gathered, told at the end; what a tool was given is surer
            held |= {key: str(given[key]) for key in ("name", "number", "reason") if given.get(key) and not held.get(key)}
        if tool == "take_message":
            held |= {"message_taken": True, "reason": str(given.get("reason") or held.get("reason", ""))}
        if tool == "book":
            start = str(result.get("start") or given.get("start") or "")
            held |= {"booked": True, "service": str(given.get("service") or ""), "start": start}
    return Gathered(**held)


def intents(events: Sequence[Told]) -> list[tuple[str, str]]:
    """(intent, source) of each turn, in order, where the gate kept what it was taken for."""
    kept = [e.fields for e in events if e.kind == "understood" and "intent" in e.fields]
    return [(str(fields["intent"] or ""), str(fields.get("source") or "")) for fields in kept]


def last(events: Sequence[Told], kind: str) -> Told | None:
    return next((event for event in reversed(events) if event.kind == kind), None)
