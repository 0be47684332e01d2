"""Zadarma's calls are placed over its SIP login: an order to the gateway, with a permit. Its own callback request rings two telephones and
gives no sound of either, so it is of no use here."""

from ringtrue.voice.lines.sip.dialing import dial

__all__ = ["dial"]
