"""Twilio's voice webhooks and status callbacks as one typed event (https://www.twilio.com/docs/voice/twiml#request-parameters)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ringtrue.voice.lines.carrier import AnsweredBy, CarrierEvent, NotUnderstood, Status, TextStatus, Webhook

KINDS: dict[str, Literal["incoming", "status", "media_ended", "transfer_ended", "answered", "detected"]] = {
    "voice": "incoming",
    "status": "status",
    "after": "media_ended",
    "transferred": "transfer_ended",
    "answered": "answered",
    "detected": "detected",
}
"""Last part of the hook's address -> kind of event."""

_STATUS: dict[str, Status] = {
    "queued": "ringing",
    "initiated": "ringing",
    "ringing": "ringing",
    "answered": "in_progress",
    "in-progress": "in_progress",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}


_TEXT_STATUS: dict[str, TextStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}

_ANSWERED_BY: dict[str, AnsweredBy] = {
    "human": "person",
    "machine_start": "machine",
    "machine_end_beep": "machine_done",
    "machine_end_silence": "machine_done",
    "machine_end_other": "machine_done",
    "fax": "fax",
}
"""https://www.twilio.com/docs/voice/answering-machine-detection"""


def account_ref(webhook: Webhook) -> str:
    """Whose key the signature is to be checked with; not believed before that. "" when there is none."""
    return _first(webhook.form, "AccountSid")


def read(what: str, webhook: Webhook) -> CarrierEvent:
    """Raises NotUnderstood."""
    form = webhook.form
    if what in ("text", "text-status"):
        return _text(what, webhook)
    call = _first(form, "CallSid")
    if what not in KINDS or not call or not account_ref(webhook):
        raise NotUnderstood(what)
    kind = KINDS[what]
    status = _STATUS.get(_first(form, "DialCallStatus" if kind == "transfer_ended" else "CallStatus"), "")
    order = _first(form, "SequenceNumber") or status
    return CarrierEvent(
        kind=kind,
        account_ref=account_ref(webhook),
        call_ref=call,
        event_key=f"twilio:{what}:{call}:{order}"[:160],
        from_number=_first(form, "From"),
        to_number=_first(form, "To"),
        direction="outbound" if _first(form, "Direction").startswith("outbound") else "inbound",
        status=status,
        answered_by=_ANSWERED_BY.get(_first(form, "AnsweredBy"), ""),
    )


def _text(what: str, webhook: Webhook) -> CarrierEvent:
    """https://www.twilio.com/docs/messaging/guides/webhook-request, .../track-outbound-message-status"""
    form = webhook.form
    message, account = _first(form, "MessageSid"), account_ref(webhook)
    if not message or not account:
        raise NotUnderstood(what)
    status = _TEXT_STATUS.get(_first(form, "MessageStatus"), "") if what == "text-status" else ""
    code = _first(form, "ErrorCode")
    return CarrierEvent(
        kind="text" if what == "text" else "text_status",
        account_ref=account,
        call_ref=message,
        event_key=f"twilio:{what}:{message}:{status}"[:160],
        from_number=_first(form, "From"),
        to_number=_first(form, "To"),
        text=_first(form, "Body"),
        text_status=status,
        code=f"twilio_{code}" if code else "",
    )


def _first(form: Mapping[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[0]
