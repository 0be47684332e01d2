"""The gate: the one way by which anything of a call reaches storage. It decides from consent and storage mode, and fails closed.

One `Gate` per call, made by whoever stores the call (the scribe). Usage:

    gate = Gate(GateCall(...))
    kept = gate.let_event(seq, "heard", {"at_ms": 5120, "turn": 1, "text": "...", ...})   # plain builtins
    if kept: store kept.fields as they are, seal kept.content when it is not empty
    for piece in gate.let_audio(seq, start_ms, sample_rate, pcm): seal and store
    for piece in gate.ready(): seal and store     # after every let_event: a transcript may have settled held audio
    for piece in gate.close(): seal and store     # when the call ended; what is still not settled is muted
    if gate.must_delete_prior: delete the pieces that were stored before the withdrawal

    gate.let_facts({...})   summary, message, booking, tool arguments and results, notification and webhook bodies
    gate.let_number(n)      the caller's number for a sealed column

Rules. Nothing of audio from before a granting consent event is ever given out, nor after a withdrawal. What the caller said is
held back until there was a consent event; after a refusal or withdrawal it is given out only where policy says so. A kind or a
field that this file does not know is content. Imports no voice module: it sees dicts and bytes.
"""

from __future__ import annotations

from typing import Any

import msgspec
import structlog

from ringtrue.privacy import ages, special_categories
from ringtrue.privacy.holding import HeldAudio, KeptPiece
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.redaction import CallRedactor

log = structlog.get_logger(__name__)

NEVER_DROPPED = ("answered", "consent", "listened_in", "taken_over", "opted_out", "emergency", "ended")

STRUCTURAL: dict[str, tuple[str, ...]] = {
    "answered": ("started_at", "line", "sample_rate"),
    "disclosed": (),
    "consent": ("granted", "method", "wording"),
    "heard": ("turn", "start_ms", "end_ms", "confidence", "backchannel"),
    "said": ("turn", "start_ms", "end_ms", "complete"),
    "interrupted": ("turn", "pause_ms", "resumed"),
    "turn_times": ("turn", "endpoint_ms", "recognize_ms", "think_ms", "voice_ms", "reply_ms", "saved_ms"),
    "understood": ("turn",),
    "digits": (),
    "tool": ("turn", "name", "ok", "took_ms"),
    "model_used": (
        "turn",
        "provider",
        "model",
        "outcome",
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "cost_usd",
        "estimated",
        "first_ms",
        "took_ms",
        "early",
    ),
    "speech_used": ("part", "name", "requests", "characters", "sound_ms", "cost_usd"),
    "transferred": ("escalation_id", "person", "ok"),
    "consulted": ("escalation_id", "person", "stage"),
    "listened_in": ("member", "on"),
    "whispered": ("member", "followed"),
    "taken_over": ("member", "on"),
    "opted_out": (),
    "emergency": (),
    "silent": ("for_ms",),
    "gap": ("start_ms", "end_ms"),
    "trouble": ("part", "code"),
    "ended": ("reason", "duration_ms", "goal"),
}
"""Fields that hold no personal data: numbers, and words from fixed lists of ours or of the business. All else is content."""

OPEN_WHEN_TEXT_IS_KEPT: dict[str, tuple[str, ...]] = {"understood": ("intent", "source", "score"), "transferred": ("reason",)}
"""What an utterance was taken for tells what it was about: plain where the text is kept, dropped where it is not."""


class GateCall(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about a call that decide what may be kept."""

    call_id: str
    storage_mode: str = "metadata_only"
    audio: bool = True  # the four artefact switches (policy keys storage.audio ...)
    transcript: bool = True
    summary: bool = True
    logs: bool = True  # structural events beyond the never-dropped ones
    on_withdrawal: str = "keep"  # keep | delete_prior
    transcript_on_refusal: str = "drop"  # drop | keep
    country: str = "US"
    caller_number: str = ""  # E.164; known values are found in any form
    known: dict[str, str] = {}  # kind -> value: {"PERSON": "Maria Keller", "EMAIL": ...}
    never_redact: tuple[str, ...] = ()  # the business's own names and numbers
    minor: bool = False  # was noticed to be a child before
    least_age: int = 0  # nothing is kept of a caller who says that they are younger
    leave_out_special: bool = False  # talk of health, origin, belief and the like is not kept


class Kept(msgspec.Struct, frozen=True):
    """What may be stored of an event. `content` is to be sealed; {} when nothing of it may be kept."""

    seq: int
    at_ms: int
    kind: str
    fields: dict[str, Any]
    content: dict[str, Any]


class Gate:
    def __init__(self, call: GateCall) -> None:
        self.call = call
        self.keeps = keeps(call.storage_mode)
        self.redactor = CallRedactor(country=call.country, number=call.caller_number, known=call.known, never=call.never_redact)
        self.consent: str = "none"  # none -> granted | refused | off; granted -> withdrawn
        self.must_delete_prior = False
        self._caller_has_spoken = False
        self._audio = HeldAudio(hold=self.keeps.redacted or call.leave_out_special)
        self.minor = call.minor
        if self.minor:
            self.consent = "withdrawn"

    # Events

    def let_event(self, seq: int, kind: str, fields: dict[str, Any]) -> Kept | None:
        """None when nothing of the event may be kept. `fields` are the event's, with at_ms; a "kind" among them is ignored."""
        at_ms = int(fields.get("at_ms", 0))
        if kind == "consent":
            self._consent(fields, at_ms)
        if kind == "heard" and not self.minor and (ages.age_said(str(fields.get("text", ""))) or 99) < self.call.least_age:
            self._stop_for_a_minor(at_ms)
        if kind not in NEVER_DROPPED and (not self.call.logs and kind not in ("heard", "said", "tool")):
            return None
        plain = {name: fields[name] for name in STRUCTURAL.get(kind, ()) if name in fields}
        rest = {n: v for n, v in fields.items() if n not in plain and n not in ("at_ms", "kind")}
        content: dict[str, Any] = {}
        if kind in OPEN_WHEN_TEXT_IS_KEPT:
            if self._may_keep_text(kind):
                plain |= {n: rest[n] for n in OPEN_WHEN_TEXT_IS_KEPT[kind] if n in rest}
        elif rest and kind not in NEVER_DROPPED:
            content = self._content(kind, rest, plain)
        if kind == "heard":
            self._caller_has_spoken = True
        return Kept(seq, at_ms, kind, plain, content)

    def _stop_for_a_minor(self, at_ms: int) -> None:
        self.minor = True
        self.consent = "withdrawn"
        self._audio.shut(at_ms)
        self._audio.forget()
        self.must_delete_prior = True

    def _content(self, kind: str, rest: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
        allowed = self._may_keep_text(kind)
        if kind == "said" and not self._caller_has_spoken and self.keeps.text and self.call.transcript:
            allowed = True  # the notice itself: our own words, from before the caller said anything
        if kind == "tool":
            allowed = self.keeps.facts and self.consent != "none"
        if self.minor:
            return {}
        special = self.call.leave_out_special
        if special and kind in ("heard", "said"):
            start, end = plain.get("start_ms", 0), plain.get("end_ms", 0)
            spoken_of = bool(special_categories.find(str(rest.get("text", ""))))
            if spoken_of or not self.keeps.redacted:
                muted = [(start, end)] if spoken_of else []
                self._audio.settle(0 if kind == "heard" else 1, start, end, known=bool(rest.get("text")), muted=muted)
            if spoken_of:
                return {"text": special_categories.PLACEHOLDER} if allowed else {}
        elif special:
            rest = special_categories.left_out(rest)
        if not self.keeps.redacted:
            return rest if allowed else {}
        # Redact even what will be dropped: names learnt here are needed for what follows, and spans for the audio.
        try:
            if kind in ("heard", "said"):
                rest, muted = self.redactor.utterance(kind, rest, plain)
                channel = 0 if kind == "heard" else 1
                known = bool(rest.get("text"))
                self._audio.settle(channel, plain.get("start_ms", 0), plain.get("end_ms", 0), known=known, muted=muted)
            else:
                rest = self.redactor.values(rest)
        except Exception as fault:
            # What cannot be redacted is not kept, and its sound stays muted. No traceback: it could hold the text.
            log.error("not redacted, so not kept", kind=kind, fault=type(fault).__name__)
            return {}
        return rest if allowed else {}

    def _may_keep_text(self, kind: str) -> bool:
        if not (self.keeps.text and self.call.transcript):
            return False
        if self.consent in ("refused", "withdrawn"):
            return self.call.transcript_on_refusal == "keep"
        return self.consent in ("granted", "off")

    def _consent(self, fields: dict[str, Any], at_ms: int) -> None:
        granted, method = fields.get("granted") is True, str(fields.get("method", ""))
        if self.consent == "withdrawn":
            return  # in doubt, no: what was withdrawn in a call stays withdrawn in it
        if granted:
            if self.consent == "refused" and method != "asked":
                return  # a notice does not overrule a no
            if self.consent != "granted":
                self._audio.open(at_ms)
            self.consent = "granted"
        elif method == "off":
            self.consent = "off" if self.consent == "none" else self.consent
        else:
            before, self.consent = self.consent, "withdrawn" if method == "withdrawn" else "refused"
            self._audio.shut(at_ms)
            if before == "granted" and self.call.on_withdrawal == "delete_prior":
                self.must_delete_prior = True
                self._audio.forget()

    # Audio

    @property
    def records(self) -> bool:
        """Whether audio may be kept at this moment."""
        return self.keeps.audio and self.call.audio and self.consent == "granted"

    def let_audio(self, seq: int, start_ms: int, sample_rate: int, pcm: bytes) -> list[KeptPiece]:
        """PCM16 little endian, two channels interleaved (caller, agent). Returns what may be stored now."""
        if not (self.keeps.audio and self.call.audio):
            return []
        self._audio.put(seq, start_ms, sample_rate, pcm)
        return self._audio.ready()

    def ready(self) -> list[KeptPiece]:
        return self._audio.ready()

    def close(self) -> list[KeptPiece]:
        return self._audio.close()

    # Facts

    def let_facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Facts that were gathered (name, number, reason, promised ...), as far as they may be stored or sent on. {} for none."""
        if not (self.keeps.facts and self.call.summary) or self.consent == "none" or self.minor:
            return {}
        if self.call.leave_out_special:
            facts = special_categories.left_out(facts)
        return self.redactor.values(facts) if self.keeps.redacted else facts

    def let_number(self, number: str) -> str:
        return number if self.keeps.number else ""
