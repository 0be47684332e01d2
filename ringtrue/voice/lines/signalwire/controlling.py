"""Ending a call that runs. There is no transfer: an update takes the address of a document, not the document
(https://signalwire.com/docs/compatibility-api/rest/calls/update-a-call)."""

from ringtrue.voice.lines.twilio.controlling import hang_up

__all__ = ["hang_up"]
