"""SignalWire is answered with cXML: the verbs that we use are TwiML's
(https://signalwire.com/docs/compatibility-api/cxml/reference/voice/stream; sound is PCMU at 8 kHz unless asked for otherwise)."""

from ringtrue.voice.lines.twilio.answering import connect, hang_up, nothing, say

__all__ = ["connect", "hang_up", "nothing", "say"]
