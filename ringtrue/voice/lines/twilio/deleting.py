"""Removing what Twilio keeps of a call or a text message (https://www.twilio.com/docs/voice/api/call-resource#delete-a-call-resource,
https://www.twilio.com/docs/messaging/api/message-resource#delete-a-message-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.deleting import NotNow, WillNot
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio.asking import ask, busy

WHERE = {"call": "Calls", "text": "Messages"}
IN_PROGRESS = 20009  # "Cannot delete: this resource is not complete"


def delete(account: str, credentials: Mapping[str, Any], kind: str, reference: str) -> bool:
    if kind not in WHERE:
        raise WillNot("no_such_kind")
    try:
        ask("DELETE", account, credentials, f"/{WHERE[kind]}/{reference}.json")
    except (NotReached, NoAnswer):
        raise NotNow("no_answer") from None
    except Refused as no:
        if no.status == 404:
            return False
        if busy(no) or no.code == IN_PROGRESS or no.status == 409:
            raise NotNow(str(no.code or no.status)) from None
        raise WillNot(str(no.code or no.status)) from None
    return True
