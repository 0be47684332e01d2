"""One outcome for each call (field: disposition), by a table from what happened. No model, no text: it holds in every storage mode.

The rules are read from the top and the first that fits decides: what matters most to the business stands first. A booking
that was made stays a booking even when the line breaks afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from ringtrue.calls.folding import Told, intents, last
from ringtrue.voice.ending_words import BROKEN, NOT_REACHED

NOT_UNDERSTOOD = frozenset({"", "unknown", "none", "oos", "out_of_scope", "not_understood", "unclear"})


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules look at."""

    goal: str = ""  # what the brain counts as done
    reason: str = "lost"  # why the call ended
    spoke: bool = False  # the caller said something, or pressed a key
    emergency: bool = False
    opted_out: bool = False
    booked: bool = False
    message: bool = False
    transferred: bool = False
    from_facts: bool = False  # at least one answer came from a fact of the business
    missed: int = 0  # turns that were not understood
    understood: int = 0


RULES: tuple[tuple[str, Callable[[Seen], bool]], ...] = (
    ("emergency", lambda s: s.emergency or s.goal == "emergency"),
    ("opt_out", lambda s: s.opted_out or s.goal == "opt_out"),
    ("booking", lambda s: s.booked or s.goal == "booking"),
    ("message", lambda s: s.message or s.goal == "message"),
    ("transfer", lambda s: s.transferred or s.reason == "transferred"),
    ("refused", lambda s: s.reason == "refused"),
    ("failed", lambda s: s.reason in BROKEN),
    ("not_reached", lambda s: s.reason in NOT_REACHED),
    ("voicemail", lambda s: s.goal == "voicemail"),
    ("answered", lambda s: s.from_facts or s.goal == "answered"),
    ("no_speech", lambda s: not s.spoke),
    ("not_understood", lambda s: s.missed > 0 and s.missed >= s.understood),
    ("not_understood", lambda s: s.reason in ("silence", "too_long", "agent_hung_up")),
    ("abandoned", lambda s: True),
)


def decide(seen: Seen) -> str:
    """One of calls.models.OUTCOMES, always."""
    return next(outcome for outcome, fits in RULES if fits(seen))


def seen_in(events: Sequence[Told]) -> Seen:
    ended = last(events, "ended")
    tools = {str(e.fields.get("name")) for e in events if e.kind == "tool" and e.fields.get("ok")}
    kinds = {event.kind for event in events}
    each = intents(events)
    missed = sum(1 for intent, _ in each if intent in NOT_UNDERSTOOD)
    heard = any(e.kind == "heard" and not e.fields.get("backchannel") for e in events)
    return Seen(
        goal=str(ended.fields.get("goal") or "") if ended else "",
        reason=str(ended.fields.get("reason") or "lost") if ended else "lost",
        spoke=heard or "digits" in kinds,
        emergency="emergency" in kinds,
        opted_out="opted_out" in kinds or "opt_out" in tools,
        booked="book" in tools,
        message="take_message" in tools,
        transferred=any(e.kind == "transferred" and e.fields.get("ok") for e in events),
        from_facts=any(source for _, source in each),
        missed=missed,
        understood=len(each) - missed,
    )
