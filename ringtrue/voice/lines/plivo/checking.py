"""Whether Plivo takes an account and its token (https://www.plivo.com/docs/account/api/account/retrieve-account-details)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.plivo.asking import ask
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused

UNKNOWN = Verdict("unknown", "Plivo could not be asked whether it takes this account.")


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    try:
        told = ask("GET", account, credentials, "/")
    except (NotReached, NoAnswer):
        return UNKNOWN
    except Refused as no:
        if no.for_credentials or no.status == 404:
            return Verdict("wrong", "Plivo does not accept this Auth ID and Auth Token.", "auth_token")
        return UNKNOWN
    return Verdict("good", "Plivo accepts this account.") if told.get("auth_id") == account else UNKNOWN
