"""Whether Telnyx takes an API key, and whether the account and the TeXML application are its own
(https://developers.telnyx.com/api-reference/texml-applications/retrieve-a-texml-application.md, .../texml-rest-commands/fetch-multiple-call-resources.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.telnyx.asking import ask


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    asked = (
        ("account_id", "Account ID", f"/texml/Accounts/{account}/Calls"),
        ("application_id", "TeXML application", f"/texml_applications/{credentials.get('application_id', '')}"),
    )
    for field, label, path in asked:
        try:
            ask("GET", credentials, path)
        except (NotReached, NoAnswer):
            return Verdict("unknown", "Telnyx could not be asked whether it takes this account.")
        except Refused as no:
            if no.for_credentials:
                return Verdict("wrong", "Telnyx does not accept this API key.", "api_key")
            if no.status == 404:
                return Verdict("wrong", f"With this API key, Telnyx knows no such {label}.", field)
            return Verdict("unknown", "Telnyx did not say whether it takes this account.")
    return Verdict("good", "Telnyx accepts this account.")
