"""What the dialplan in `about.py` asks and tells, with Asterisk's function CURL()
(https://docs.asterisk.org/Latest_API/API_Documentation/Dialplan_Functions/CURL/)."""

from __future__ import annotations

from typing import Literal

from ringtrue.voice.lines.carrier import CarrierEvent, NotUnderstood, Status, Webhook

KINDS: dict[str, Literal["incoming", "status", "media_ended"]] = {"voice": "incoming", "status": "status", "after": "media_ended"}
"""Last part of the hook's address -> kind of event."""

_STATUS: dict[str, Status] = {
    "ANSWER": "completed",
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CANCEL": "canceled",
    "CHANUNAVAIL": "failed",
    "CONGESTION": "failed",
}
"""DIALSTATUS, a channel variable that Dial() sets; AudioSocket() sets none."""


def account_ref(webhook: Webhook) -> str:
    """Whose secret it has to be; not believed before that."""
    return _first(webhook, "account")


def read(what: str, webhook: Webhook) -> CarrierEvent:
    """Raises NotUnderstood."""
    account, unique = account_ref(webhook), _first(webhook, "call")
    if what not in KINDS or not account or not unique:
        raise NotUnderstood(what)
    call = reference(account, unique)
    status = _STATUS.get(_first(webhook, "status"), "completed")
    return CarrierEvent(
        kind=KINDS[what],
        account_ref=account,
        call_ref=call,
        event_key=f"asterisk:{what}:{status}:{call}",
        from_number=_first(webhook, "from"),
        to_number=_first(webhook, "to"),
        direction="outbound" if _first(webhook, "direction") == "outbound" else "inbound",
        status=status,
    )


def reference(account: str, unique: str) -> str:
    """UNIQUEID is so within one Asterisk only."""
    return f"{account}/{unique}"[:80]


def _first(webhook: Webhook, name: str) -> str:
    return (webhook.form.get(name) or [""])[0]
