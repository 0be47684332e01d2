"""The stand-in of a Twilio account."""

from ringtrue.reception.tests.conftest import rest

__all__ = ["rest"]
