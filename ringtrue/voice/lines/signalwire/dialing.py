"""Placing a call by SignalWire's Compatibility API (https://signalwire.com/docs/compatibility-api/rest/calls/create-a-call)."""

from ringtrue.voice.lines.twilio.dialing import STARTS_PER_S, dial

__all__ = ["STARTS_PER_S", "dial"]
