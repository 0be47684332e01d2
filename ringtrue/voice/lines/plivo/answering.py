"""What Plivo is answered with: Plivo XML (https://www.plivo.com/docs/voice/xml/audiostream, .../xml/routing, .../xml/hangup)."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ringtrue.voice.lines.carrier import Answer


def connect(media_url: str, ticket: str, after_url: str) -> Answer:
    """`keepCallAlive`: what follows is done when the stream is over, so that we are asked what next.

    A value of extraHeaders may have letters and digits only, and a ticket has more: it goes as hexadecimal digits.
    """
    stream = (
        '<Stream bidirectional="true" keepCallAlive="true" audioTrack="inbound" contentType="audio/x-mulaw;rate=8000"'
        f" extraHeaders={quoteattr(f'ticket={ticket.encode().hex()}')}>{escape(media_url)}</Stream>"
    )
    return _response(f'{stream}<Redirect method="POST">{escape(after_url)}</Redirect>')


def say(sentence: str) -> Answer:
    return _response(f'<Speak language="en-US">{escape(sentence)}</Speak><Hangup/>')


def hang_up() -> Answer:
    return _response("<Hangup/>")


def nothing() -> Answer:
    """Of a callback that asks nothing, Plivo reads no answer."""
    return _response("")


def _response(elements: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{elements}</Response>', "application/xml")
