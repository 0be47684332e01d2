"""What each storage mode keeps of a call, as data. The console shows these sentences where a mode is chosen."""

from __future__ import annotations

import msgspec

MODES = ("everything", "excluding_pii", "metadata_only")
"""From the least to the most protective."""


class Keeps(msgspec.Struct, frozen=True, kw_only=True):
    audio: bool
    text: bool  # what was said, both sides
    facts: bool  # summary, messages, bookings' names, tool arguments
    redacted: bool  # text, facts and audio lose what identifies a person before they are stored
    number: bool  # the caller's number as it came (sealed)
    contact: bool  # the caller becomes a contact
    messages: bool  # the agent may take messages
    bookings: bool
    sentence: str


KEEPS: dict[str, Keeps] = {
    "everything": Keeps(
        audio=True, text=True, facts=True, redacted=False, number=True, contact=True, messages=True, bookings=True,
        sentence="Recording, transcript, summary, messages and bookings are kept, encrypted under a key of the caller's own.",
    ),
    "excluding_pii": Keeps(
        audio=True, text=True, facts=True, redacted=True, number=False, contact=False, messages=True, bookings=True,
        sentence="Names, numbers, addresses and the like are replaced in the transcript and muted in the recording before anything "
        "is stored. Messages and bookings are kept without them too: nobody can be called back from them.",
    ),
    "metadata_only": Keeps(
        audio=False, text=False, facts=False, redacted=True, number=False, contact=False, messages=False, bookings=False,
        sentence="Only that a call happened is kept: when, how long, how it ended; the caller's number only as a keyed hash. Nothing "
        "that the caller said is stored anywhere, so the agent takes no messages and no bookings: it transfers or asks to call back.",
    ),
}  # fmt: skip


def keeps(mode: str) -> Keeps:
    """An unknown mode keeps as little as the strictest one does."""
    return KEEPS.get(mode, KEEPS["metadata_only"])
