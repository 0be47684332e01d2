"""Reading the record of a call. Each function needs the workspace's scope and opens what is sealed; after an erasure nothing opens."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import msgspec

from ringtrue.calls import folding
from ringtrue.calls.folding import Line, Told
from ringtrue.calls.listening import Wav, wav_of
from ringtrue.calls.models import Call
from ringtrue.calls.recording import CALL, EVENT, kept_numbers
from ringtrue.calls.summarising import MADE_BY, Summary, plain
from ringtrue.privacy.data_map import Instant
from ringtrue.privacy.vault import open_json
from ringtrue.voice.ending_words import ENDING_WORDS

__all__ = ["as_json", "as_text", "peaks", "routing", "summary", "timeline", "told", "transcript", "wav"]


class ReadSummary(msgspec.Struct, frozen=True, kw_only=True):
    """`automatic` is always True: every summary was made without a person and says so."""

    text: str
    name: str = ""
    number: str = ""
    reason: str = ""
    promised: list[str] = []
    next_step: str = ""
    made_by: str = MADE_BY
    automatic: bool = True
    kept: bool = True  # False: the storage mode kept no summary; `text` says only what is known without content


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the call page shows it."""

    seq: int
    at_ms: int
    kind: str
    title: str
    fields: dict[str, Any]


def told(call: Call) -> list[Told]:
    """All events, opened, in order."""
    found = []
    for row in call.events.order_by("seq"):
        content = open_json(call.workspace_id, call.subject_id, EVENT, row.id, row.sealed)
        found.append(Told(seq=row.seq, at_ms=row.at_ms, kind=row.kind, fields={**row.fields, **content}))
    return found


def transcript(call: Call) -> list[Line]:
    return folding.lines(told(call))


def summary(call: Call) -> ReadSummary:
    held = open_json(call.workspace_id, call.subject_id, CALL, call.id, call.sealed).get("summary")
    if not held:
        return ReadSummary(text=plain(call.outcome, call.duration_ms), kept=False)
    return ReadSummary(**msgspec.to_builtins(msgspec.convert(held, Summary)))


def numbers(call: Call) -> dict[str, str]:
    """{"from_number", "to_number"} as far as the storage mode kept them."""
    return kept_numbers(call)


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One try to pass the call on: by which of the business's rules, to whom, and whether it was reached."""

    rule: str
    situation: str  # as the version that served has it; "" when nothing but the rule's id is known
    person: str
    reached: bool


class Routing(msgspec.Struct, frozen=True, kw_only=True):
    number: str  # that was called, E.164; "" for a call from the browser
    agent: str
    version: int
    legs: list[Leg]


def routing(call: Call) -> Routing:
    """Why this agent answered and where the call went from there."""
    document = call.agent_version.document
    situations = {rule["id"]: str(rule["situation"]) for rule in document.get("escalations", [])}
    legs = [
        Leg(
            rule=str(event.fields.get("escalation_id") or ""),
            situation=situations.get(str(event.fields.get("escalation_id")), ""),
            person=str(event.fields.get("person") or ""),
            reached=bool(event.fields.get("ok")),
        )
        for event in told(call)
        if event.kind == "transferred"
    ]
    return Routing(
        number=numbers(call).get("to_number", ""),
        agent=str(document.get("slug", "")),
        version=call.agent_version.number,
        legs=legs,
    )


def wav(call: Call) -> Wav:
    """The recording as one two-channel WAV (caller left, agent right), read piece by piece. Raises NoRecording."""
    return wav_of(call)


def peaks(call: Call, count: int = 600) -> list[list[float]]:
    """[caller, agent], each `count` values 0..1: the loudest sample of each slice. [] when there is no recording."""
    from ringtrue.calls.listening import NoRecording

    try:
        return wav_of(call).peaks(count)
    except NoRecording:
        return []


def timeline(call: Call) -> list[Moment]:
    """Every event with a title that a person understands; what was said stands in `fields` as far as it was kept."""
    return [Moment(seq=e.seq, at_ms=e.at_ms, kind=e.kind, title=_title(e), fields=e.fields) for e in told(call)]


def as_text(call: Call) -> str:
    """The call as a plain text file."""
    head = summary(call)
    agent = call.agent_version.document
    rows = [
        f"Call of {call.created_at:%Y-%m-%d %H:%M} UTC to {agent.get('business', '')}",
        f"Length {_clock(call.duration_ms)}, outcome: {call.outcome.replace('_', ' ')}",
        "",
        "Summary (made automatically):",
        head.text,
        "",
        "Transcript (made automatically):",
    ]
    for line in transcript(call):
        who = line.speaker.capitalize()
        words = line.text if line.kept else "(words not kept)"
        rows.append(f"[{_clock(line.start_ms)}] {who}: {words}{'' if line.complete else ' (cut off)'}")
    return "\n".join(rows) + "\n"


class Basics(TypedDict):
    id: str
    agent: str
    agent_version: int
    agent_version_id: str
    line: str
    direction: str
    state: str
    storage_mode: str
    recorded: bool
    created_at: Instant
    answered_at: Instant | None
    ended_at: Instant | None
    duration_ms: int
    end_reason: str
    outcome: str
    turns: int
    reply_ms_p50: int | None
    is_test: bool
    from_number: NotRequired[str]
    to_number: NotRequired[str]


class WholeCall(TypedDict):
    """What `as_json` gives, with times as RFC 3339. What an event holds besides `seq`, `at_ms` and `kind` goes by its kind."""

    call: Basics
    routing: Routing
    summary: ReadSummary
    transcript: list[Line]
    events: list[dict[str, Any]]


def as_json(call: Call) -> dict[str, Any]:
    """The whole call, machine-readable, as the API and the download give it."""
    return {
        "call": basics(call) | numbers(call),
        "routing": msgspec.to_builtins(routing(call)),
        "summary": msgspec.to_builtins(summary(call)),
        "transcript": [msgspec.to_builtins(line) for line in transcript(call)],
        "events": [{"seq": e.seq, "at_ms": e.at_ms, "kind": e.kind, **e.fields} for e in told(call)],
    }


def basics(call: Call) -> Basics:
    """What is known of a call in every storage mode."""
    return {
        "id": str(call.id),
        "agent": call.agent_version.document.get("slug", ""),
        "agent_version": call.agent_version.number,
        "agent_version_id": str(call.agent_version_id),
        "line": call.line,
        "direction": call.direction,
        "state": call.state,
        "storage_mode": call.storage_mode,
        "recorded": call.recorded,
        "created_at": call.created_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "duration_ms": call.duration_ms,
        "end_reason": call.end_reason,
        "outcome": call.outcome,
        "turns": call.turns,
        "reply_ms_p50": call.reply_ms_p50,
        "is_test": call.is_test,
    }


def _clock(ms: int) -> str:
    return f"{ms // 60000:02d}:{ms // 1000 % 60:02d}"


def _title(event: Told) -> str:
    fields = event.fields
    match event.kind:
        case "consent":
            return {
                "announced": "Recording was announced",
                "asked": "Recording was allowed" if fields.get("granted") else "Recording was refused",
                "withdrawn": "Recording was stopped at the caller's wish",
                "off": "No recording",
            }.get(str(fields.get("method")), "Recording")
        case "understood":
            source = fields.get("source")
            return f"Understood: {fields.get('intent') or 'nothing'}" + (f" (from {source})" if source else "")
        case "tool" if fields.get("name") == "facts":
            return "What the agent gathered"
        case "tool":
            return f"{str(fields.get('name')).replace('_', ' ')}: {'done' if fields.get('ok') else 'failed'}"
        case "turn_times":
            return f"Reply after {fields.get('reply_ms')} ms"
        case "model_used":
            return f"Language model {fields.get('model')}: {str(fields.get('outcome')).replace('_', ' ')}"
        case "speech_used":
            return f"{'Hearing' if fields.get('part') == 'hearing' else 'Speaking'} by {fields.get('name')}"
        case "consulted":
            person = str(fields.get("person"))
            return {
                "ringing": f"Ringing {person}",
                "answered": f"{person[:1].upper()}{person[1:]} answered",
                "briefed": f"{person[:1].upper()}{person[1:]} was told who is calling",
                "accepted": f"{person[:1].upper()}{person[1:]} took the call",
            }.get(str(fields.get("stage")), person)
        case "transferred":
            why = ENDING_WORDS.get(str(fields.get("reason")), "")
            return f"Passed to {fields.get('person')}" if fields.get("ok") else f"Could not be passed on{why and ': '}{why}"
        case "listened_in" | "taken_over":
            return f"A colleague {folding.DID[event.kind, fields.get('on') is True]}"
        case "whispered":
            text = f": “{fields['text']}”" if fields.get("text") else ""
            return f"A colleague whispered to the agent{'' if fields.get('followed') else ', which could not follow it'}{text}"
        case "ended":
            reason = str(fields.get("reason"))
            return f"Ended: {ENDING_WORDS.get(reason, reason)}"
        case "trouble" if fields.get("code") in LINE_WORDS:
            return LINE_WORDS[str(fields["code"])]
        case "trouble":
            return f"Trouble in {fields.get('part')}: {fields.get('code')}"
        case _:
            return TITLES.get(event.kind, event.kind.replace("_", " "))


LINE_WORDS = {
    "on_hold": "Put on hold",
    "off_hold": "Taken off hold",
    "cut": "The connection broke",
    "mended": "The connection was there again",
}

TITLES = {
    "answered": "Answered",
    "disclosed": "Said that this is an AI assistant",
    "heard": "Caller",
    "said": "Agent",
    "interrupted": "The caller took the word",
    "digits": "Keys pressed",
    "opted_out": "Wants no more calls",
    "emergency": "Emergency words",
    "silent": "Silence",
    "gap": "Audio that could not be kept",
}
