"""Telnyx's webhooks: forms of TeXML calls (https://developers.telnyx.com/api-reference/callbacks/texml-call-completed, .../texml-call-amd),
JSON of text messages (https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks).

Of text messages none names the account: it stands in the query of the address that we give.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

from ringtrue.voice.lines.carrier import AnsweredBy, CarrierEvent, NotUnderstood, Status, TextStatus, Webhook
from ringtrue.voice.lines.telnyx.signing import OUTBOUND

KINDS: dict[str, Literal["incoming", "status", "media_ended", "transfer_ended", "detected"]] = {
    "voice": "incoming",
    "status": "status",
    "after": "media_ended",
    "transferred": "transfer_ended",
    "detected": "detected",
}
"""Last part of our address -> kind of event."""

STATUS: dict[str, Status] = {
    "initiated": "ringing",
    "ringing": "ringing",
    "in-progress": "in_progress",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}
ANSWERED_BY: dict[str, AnsweredBy] = {
    "human": "person",
    "machine": "machine",
    "machine_start": "machine",
    "machine_end_beep": "machine_done",
    "machine_end_silence": "machine_done",
    "machine_end_other": "machine_done",
    "fax": "fax",
}
TEXT_STATUS: dict[str, TextStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "sending_failed": "failed",
    "delivery_failed": "failed",
}


class Party(msgspec.Struct):
    phone_number: str = ""
    status: str = ""


class Fault(msgspec.Struct):
    code: str | int = ""


class Message(msgspec.Struct, rename={"sender": "from"}):
    id: str
    sender: Party
    to: list[Party]
    text: str = ""
    errors: list[Fault] = []


class Data(msgspec.Struct):
    event_type: str
    payload: Message


class Told(msgspec.Struct):
    data: Data


def account_ref(webhook: Webhook) -> str:
    parts = urlsplit(webhook.url)
    if parts.path.endswith(("/text", "/text-status")):
        return _one(parse_qs(parts.query), "account")
    return _one(webhook.form, "AccountSid")


def read(what: str, webhook: Webhook) -> CarrierEvent:
    """Raises NotUnderstood."""
    if what in ("text", "text-status"):
        return _text(what, webhook)
    form, account = webhook.form, account_ref(webhook)
    call, state, heard = _one(form, "CallSid"), _one(form, "CallStatus"), _one(form, "AnsweredBy")
    if what not in KINDS or not account or not call or len(call) > 64:
        raise NotUnderstood(what)
    kind = KINDS[what]
    if kind == "transfer_ended":
        state = _one(form, "DialCallStatus")
    elif kind == "status" and heard and state in ("", "in-progress"):
        kind = "detected"  # where Telnyx listens before it goes on, it tells so here
    return CarrierEvent(
        kind=kind,
        account_ref=account,
        call_ref=call,
        event_key=f"telnyx:{what}:{call}:{state}:{heard}"[:160],
        from_number=_one(form, "From"),
        to_number=_one(form, "To"),
        direction="outbound" if urlsplit(webhook.url).query == OUTBOUND else "inbound",
        status=STATUS.get(state, ""),
        answered_by=ANSWERED_BY.get(heard, ""),
    )


def _text(what: str, webhook: Webhook) -> CarrierEvent:
    account = account_ref(webhook)
    try:
        told = msgspec.json.decode(webhook.body, type=Told).data
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotUnderstood(what) from None
    message, wanted = told.payload, ("message.received",) if what == "text" else ("message.sent", "message.finalized")
    if not account or told.event_type not in wanted or not message.id or len(message.id) > 64 or not message.to:
        raise NotUnderstood(what)
    status = TEXT_STATUS.get(message.to[0].status if what == "text-status" else "", "")
    return CarrierEvent(
        kind="text" if what == "text" else "text_status",
        account_ref=account,
        call_ref=message.id,
        event_key=f"telnyx:{what}:{message.id}:{status}"[:160],
        from_number=message.sender.phone_number,
        to_number=message.to[0].phone_number,
        text=message.text if what == "text" else "",
        text_status=status,
        code=f"telnyx_{message.errors[0].code}" if message.errors else "",
    )


def _one(fields: dict[str, Any], name: str) -> str:
    """The field's value; "" if it is absent or given twice."""
    values = fields.get(name, [])
    return str(values[0]).strip() if len(values) == 1 else ""
