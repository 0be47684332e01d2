"""SignalWire for the conformance suite (`conforming/stand_in.py`): Twilio's stand-in with what its documentation says differently:
https://developer.signalwire.com/rest/compatibility-api/overview (a host per space, project and token sign in),
.../guides/webhook-security (its own header and key), .../rest/calls/update-a-call (no document in an update)."""

from __future__ import annotations

from ringtrue.voice.lines.twilio.tests import stand_in as twilio
from ringtrue.voice.lines.twilio.tests.stand_in import FarEnd

__all__ = ["ENTRIES", "STRANGER", "Api", "FarEnd", "Hooks"]

ENTRIES = {
    "space": "Example.signalwire.com",
    "project_id": "01234567-89ab-cdef-0123-456789abcdef",
    "api_token": "PT" + "0123456789abcdef" * 3,
    "signing_key": "PSK_" + "fedcba9876543210" * 2,
}
STRANGER = {**ENTRIES, "api_token": "PT" + "e" * 48, "signing_key": "PSK_" + "d" * 32}


class Hooks(twilio.Hooks):
    signature_header = "X-SignalWire-Signature"
    kinds = ("incoming", "status", "media_ended")


class Api(twilio.Api):
    root = "/api/laml"

    def wrong(self) -> dict[str, str]:
        return {"key_secret": "PT" + "9" * 48}

    def login(self) -> str:
        return f"{self.account}:{ENTRIES['api_token']}"

    def change(self, reference: str, form: dict[str, str]) -> tuple[int, bytes]:
        assert form.keys() <= {"Status", "Url", "Method"}, "an update takes no document"
        return super().change(reference, form)
