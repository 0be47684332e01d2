"""SignalWire's entries under the names by which Twilio's pieces know them: one secret signs in, another signs webhooks."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ringtrue.voice.lines.about import Entered
from ringtrue.voice.lines.about import read as read_fields
from ringtrue.voice.lines.signalwire.about import ABOUT


def read(given: Mapping[str, str]) -> Entered:
    """Raises NotEntered."""
    entered = read_fields(ABOUT, given)
    held = entered.credentials
    space = held["space"].removeprefix("https://").removesuffix("/").removesuffix(".signalwire.com").lower()
    credentials = {
        "api_base": f"https://{space}.signalwire.com/api/laml",
        "key_sid": entered.account,
        "key_secret": held["api_token"],
        "auth_token": held["signing_key"],
    }
    return msgspec.structs.replace(entered, credentials=credentials, name=f"SignalWire ({space})"[:80])
