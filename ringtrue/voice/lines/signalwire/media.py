"""SignalWire's media streams: the messages of Twilio's."""

from __future__ import annotations

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.twilio.media import TwilioLeg


class SignalWireLeg(TwilioLeg):
    line = "signalwire"
    can: frozenset[Can] = frozenset({"clear", "marks", "hang_up"})


LEG = SignalWireLeg
