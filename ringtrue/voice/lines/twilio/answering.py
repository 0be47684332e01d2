"""What Twilio is answered with: TwiML (https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ringtrue.voice.lines.carrier import LONGEST_TRANSFER_S, Answer


def connect(media_url: str, ticket: str, after_url: str) -> Answer:
    """Our media process gets the audio, both ways. The ticket is a parameter, because a URL ends up in logs. When the stream is
    over Twilio asks `after_url` what next."""
    return _document(
        f"<Connect action={quoteattr(after_url)}><Stream url={quoteattr(media_url)}>"
        f'<Parameter name="ticket" value={quoteattr(ticket)}/></Stream></Connect>'
    )


def say(sentence: str) -> Answer:
    """A sentence in the carrier's own voice, for when ours cannot speak; then the end of the call."""
    return _document(f"<Say>{escape(sentence)}</Say><Hangup/>")


def hang_up() -> Answer:
    return _document("<Hangup/>")


def nothing() -> Answer:
    return _document("")


def dial(number: str, after_url: str) -> str:
    """The document of a blind transfer."""
    return _document(
        f'<Dial answerOnBridge="true" timeout="25" timeLimit="{LONGEST_TRANSFER_S}" action={quoteattr(after_url)}><Number>{escape(number)}</Number></Dial>'
    ).body


def _document(verbs: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>', "text/xml; charset=utf-8")
