"""Changing a call that runs over Zadarma's SIP login."""

from ringtrue.voice.lines.sip.controlling import hang_up, transfer

__all__ = ["hang_up", "transfer"]
