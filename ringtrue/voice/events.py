"""Call events: everything that the loop tells the rest of the house, in order.

Each event has `at_ms`, milliseconds since the call was answered. An event of `STRUCTURAL` holds no personal data and is kept
in every storage mode; fields that may hold what a person said are listed in `CONTENT`, and only the privacy gate decides
about them.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Word(msgspec.Struct, frozen=True, array_like=True):
    text: str
    start_ms: int  # since the call was answered
    end_ms: int


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    at_ms: int


class Answered(Event, frozen=True, kw_only=True, tag="answered"):
    started_at: float  # POSIX seconds
    line: str
    sample_rate: int


class Disclosed(Event, frozen=True, kw_only=True, tag="disclosed"):
    """The caller has heard that this is an AI assistant and of which business."""


class Consent(Event, frozen=True, kw_only=True, tag="consent"):
    """About recording. `method`: announced (heard and stayed), asked (said yes or no), withdrawn (said so in mid-call)."""

    granted: bool
    method: Literal["announced", "asked", "withdrawn", "off"]
    wording: str  # the notice as it was played; our own words, not the caller's


class Heard(Event, frozen=True, kw_only=True, tag="heard"):
    """One utterance of the caller."""

    turn: int
    start_ms: int
    end_ms: int
    text: str
    words: list[Word] = []
    confidence: float = 0.0
    backchannel: bool = False


class Said(Event, frozen=True, kw_only=True, tag="said"):
    """One sentence of the agent, told when it has been played or cut off. `text` is only what was really played."""

    turn: int
    start_ms: int
    end_ms: int
    text: str
    complete: bool = True


class Interrupted(Event, frozen=True, kw_only=True, tag="interrupted"):
    turn: int
    pause_ms: int  # from the caller's onset to the pause
    resumed: bool  # True: nothing was said, playing went on from the same sample


class TurnTimes(Event, frozen=True, kw_only=True, tag="turn_times"):
    """Latency of one turn, milliseconds. `reply_ms`: true end of speech to first audio of the reply."""

    turn: int
    endpoint_ms: int
    recognize_ms: int
    think_ms: int
    voice_ms: int
    reply_ms: int
    saved_ms: int = 0  # how much earlier the answer was begun than the turn was over (speculative start)


class Understood(Event, frozen=True, kw_only=True, tag="understood"):
    """What the brain made of a turn. `source` names the fact the answer came from: "faq:<id>", "hours", "service:<name>"."""

    turn: int
    intent: str
    source: str = ""
    score: float = 0.0


class Digits(Event, frozen=True, kw_only=True, tag="digits"):
    digits: str


class ToolUsed(Event, frozen=True, kw_only=True, tag="tool"):
    """A tool that was run: take_message, book, find_slots, opt_out, ... Arguments may hold what the caller said."""

    turn: int
    name: str
    ok: bool
    arguments: dict[str, str] = {}
    result: dict[str, str] = {}
    took_ms: int = 0


class ModelUsed(Event, frozen=True, kw_only=True, tag="model_used"):
    """One request to a language model. `outcome`: "done", "interrupted" (the caller spoke), "dropped" (begun early, and the turn went
    on otherwise), or the code of a failure. `estimated`: the provider told no tokens, because the answer was broken off."""

    turn: int
    provider: str
    model: str
    outcome: str
    input_tokens: int = 0  # all that was read, the cached part included
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None  # None: no price is known for this model
    estimated: bool = False
    first_ms: int = 0  # from the request to its first words; 0 when none came
    took_ms: int = 0
    early: bool = False  # asked before the turn was over


class SpeechUsed(Event, frozen=True, kw_only=True, tag="speech_used"):
    """What one recognizer or voice of a company did in the whole call; told at its end. `name` begins with the company's word:
    "deepgram-nova-3". `sound_ms`: given to be heard, or made; `characters`: given to be spoken."""

    part: Literal["hearing", "speaking"]
    name: str
    requests: int
    characters: int = 0
    sound_ms: int = 0
    cost_usd: float | None = None  # by list price; None: no price is known


class Transferred(Event, frozen=True, kw_only=True, tag="transferred"):
    escalation_id: str
    person: str
    ok: bool
    reason: str = ""


class ListenedIn(Event, frozen=True, kw_only=True, tag="listened_in"):
    """Somebody of the business began to listen to the call, or stopped. `member`: their id, of ours."""

    member: str
    on: bool


class Whispered(Event, frozen=True, kw_only=True, tag="whispered"):
    """Somebody of the business told the agent what to do. The caller did not hear it. `followed` is False where the brain cannot."""

    member: str
    text: str
    followed: bool


class TakenOver(Event, frozen=True, kw_only=True, tag="taken_over"):
    """Somebody of the business speaks with the caller in the agent's place, or (`on=False`) the agent speaks again."""

    member: str
    on: bool


class Consulted(Event, frozen=True, kw_only=True, tag="consulted"):
    """Before a warm transfer: how far it got with the colleague. `text`, of "briefed": what they heard."""

    escalation_id: str
    person: str
    stage: Literal["ringing", "answered", "briefed", "accepted"]
    text: str = ""


class OptedOut(Event, frozen=True, kw_only=True, tag="opted_out"):
    """The caller wants no more calls. Never dropped, in any mode."""


class Emergency(Event, frozen=True, kw_only=True, tag="emergency"):
    """Emergency words were heard and the emergency line was played. Which words is not kept here."""


class Silent(Event, frozen=True, kw_only=True, tag="silent"):
    for_ms: int


class Gap(Event, frozen=True, kw_only=True, tag="gap"):
    """Audio that could not be kept: the queue to the scribe was full."""

    start_ms: int
    end_ms: int


class Trouble(Event, frozen=True, kw_only=True, tag="trouble"):
    """Something of ours failed and the call went on. `code` is one of ours, never an exception's text."""

    part: str
    code: str


class Ended(Event, frozen=True, kw_only=True, tag="ended"):
    reason: Literal[
        "caller_hung_up", "agent_hung_up", "transferred", "silence", "too_long", "refused", "line_failed", "stopped", "lost",
        # of a call that we placed
        "busy", "no_answer", "declined", "no_such_number", "no_common_codec", "login_refused", "carrier_refused",
    ]  # fmt: skip
    duration_ms: int
    goal: str = (
        ""  # what the brain counts as done: "answered", "message", "booking", "transfer", "opt_out", "emergency", "voicemail", ""
    )


CallEvent = (
    Answered | Disclosed | Consent | Heard | Said | Interrupted | TurnTimes | Understood | Digits | ToolUsed | ModelUsed | SpeechUsed
    | Transferred | Consulted | ListenedIn | Whispered | TakenOver | OptedOut | Emergency | Silent | Gap | Trouble | Ended
)  # fmt: skip

CONTENT: dict[str, tuple[str, ...]] = {
    "heard": ("text", "words"),
    "said": ("text",),
    "digits": ("digits",),
    "tool": ("arguments", "result"),
    "whispered": ("text",),
    "consulted": ("text",),
}
"""Event kind -> fields that may hold what a person said or gave. All other fields are structural."""

NEVER_DROPPED = ("answered", "consent", "listened_in", "taken_over", "opted_out", "emergency", "ended")


class AudioPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the two-channel recording: PCM16 little endian, interleaved, caller left and agent right."""

    seq: int
    start_ms: int
    sample_rate: int
    pcm: bytes
