"""What a dialplan is answered with: one word of plain text, which it puts into a variable; nothing means no."""

from __future__ import annotations

from ringtrue.voice.lines.carrier import Answer


def connect(media_url: str, ticket: str, after_url: str) -> Answer:
    """The dialplan knows both addresses."""
    return _word(ticket)


def hand_over(number: str) -> Answer:
    """Our channel is gone, and the dialplan asks where to: it dials this number, within what its permit holds money for."""
    return _word(number)


def say(sentence: str) -> Answer:
    """We have no voice in a dialplan: it plays what the operator wrote there."""
    return _word("")


def hang_up() -> Answer:
    return _word("")


def nothing() -> Answer:
    return _word("")


def _word(text: str) -> Answer:
    return Answer(text, "text/plain; charset=utf-8")
