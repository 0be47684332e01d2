"""Whether an Asterisk takes the user of its REST interface
(https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_API/, "ping")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.asterisk.asking import ask
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused

INBOUND_ONLY = Verdict("good", "Calls can come in. To call out over this Asterisk, enter the address of its REST interface, too.")
REFUSED = Verdict("wrong", "Asterisk does not accept this user and password: they stand in its file ari.conf.", "ari_password")
NO_ARI = Verdict(
    "wrong",
    "Something answers at this address, but not Asterisk's REST interface: http.conf and ari.conf need enabled = yes.",
    "ari",
)
UNKNOWN = Verdict(
    "unknown", "Asterisk could not be asked: nothing understandable came back from the address of its REST interface."
)


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    if not credentials.get("ari"):
        return INBOUND_ONLY
    try:
        told = ask("GET", credentials, "/asterisk/ping")
    except (NotReached, NoAnswer):
        return UNKNOWN
    except Refused as no:
        return REFUSED if no.for_credentials else NO_ARI if no.status == 404 else UNKNOWN
    return Verdict("good", "Asterisk accepts this user: it can call out, too.") if told.get("ping") == "pong" else UNKNOWN
