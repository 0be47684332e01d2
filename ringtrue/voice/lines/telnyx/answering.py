"""What Telnyx is answered with: TeXML (https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/connect.md, .../stream.md,
.../dial.md, .../redirect.md, .../hangup.md)."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ringtrue.voice.lines.carrier import LONGEST_TRANSFER_S, Answer


def connect(media_url: str, ticket: str, after_url: str) -> Answer:
    """Without the mode "rtp", what we send would have to be whole MP3 files. What follows Connect is done when the stream is over."""
    return _response(
        f'<Connect><Stream url={quoteattr(media_url)} track="inbound_track" codec="PCMU" bidirectionalMode="rtp" bidirectionalCodec="PCMU">'
        f'<Parameter name="ticket" value={quoteattr(ticket)}/></Stream></Connect><Redirect method="POST">{escape(after_url)}</Redirect>'
    )


def say(sentence: str) -> Answer:
    return _response(f"<Say>{escape(sentence)}</Say><Hangup/>")


def hang_up() -> Answer:
    return _response("<Hangup/>")


def nothing() -> Answer:
    """No TeXML, not even an empty one: an answer to what a detector heard would take the place of the call's instructions."""
    return Answer("", "text/plain")


def dial(number: str, after_url: str) -> str:
    """The document of a blind transfer."""
    return _response(
        f'<Dial timeout="25" timeLimit="{LONGEST_TRANSFER_S}" method="POST" action={quoteattr(after_url)}><Number>{escape(number)}</Number></Dial>'
    ).body


def _response(verbs: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>', "text/xml; charset=utf-8")
