"""SignalWire's webhooks have the fields of Twilio's (https://signalwire.com/docs/compatibility-api/rest/calls/webhooks)."""

from ringtrue.voice.lines.twilio.webhooks import account_ref, read

__all__ = ["account_ref", "read"]
