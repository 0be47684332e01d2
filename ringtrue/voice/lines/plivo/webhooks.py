"""Plivo's webhooks: forms, sent by POST (https://www.plivo.com/docs/voice/xml/request, .../docs/voice/concepts/callbacks)."""

from __future__ import annotations

from typing import Literal

from ringtrue.voice.lines.carrier import CarrierEvent, NotUnderstood, Status, Webhook

Kind = Literal["incoming", "status", "media_ended", "answered"]
KINDS: dict[str, Kind] = {"voice": "incoming", "status": "status", "after": "media_ended", "answered": "answered"}
"""Last part of our address -> kind of event. "answered" is the `answer_url` of a call that we placed."""

STATUS: dict[str, Status] = {
    "ringing": "ringing",
    "in-progress": "in_progress",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "timeout": "failed",  # of the network, not of the ringing (.../docs/voice/use-cases/dial-status-reporting)
    "cancel": "canceled",
}


def account_ref(webhook: Webhook) -> str:
    """The Auth ID of the main account."""
    return _one(webhook, "ParentAuthID")


def read(what: str, webhook: Webhook) -> CarrierEvent:
    """Raises NotUnderstood."""
    account, outbound = account_ref(webhook), _one(webhook, "Direction") == "outbound"
    # What `dial` was told is the name of the request; for one number it is that of the call too, so that orders can use it.
    call = (outbound and _one(webhook, "ALegRequestUUID")) or _one(webhook, "CallUUID")
    if what not in KINDS or not account or not call or len(call) > 64:
        raise NotUnderstood(what)
    state = _one(webhook, "CallStatus")
    return CarrierEvent(
        kind=KINDS[what],
        account_ref=account,
        call_ref=call,
        event_key=f"plivo:{what}:{call}:{state}"[:160],
        from_number=_number(_one(webhook, "From")),
        to_number=_number(_one(webhook, "To")),
        direction="outbound" if outbound else "inbound",
        status=STATUS.get(state, ""),
    )


def _one(webhook: Webhook, name: str) -> str:
    """The field's value; "" if it is absent or given twice, which Plivo never does."""
    values = webhook.form.get(name, [])
    return values[0].strip() if len(values) == 1 else ""


def _number(written: str) -> str:
    """Plivo writes E.164 without its plus; a number without one is read as that of no country."""
    return f"+{written}" if written.isascii() and written.isdigit() else written
