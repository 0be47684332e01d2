"""Calls at Vapi: placing one, its record, deleting it (docs.vapi.ai/api-reference/calls)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ringtrue.hosted.engine import Order, Reason, Sound, Turn, Whole
from ringtrue.hosted.requesting import Silent
from ringtrue.hosted.vapi.agents import API, overrides

_REASONS: tuple[tuple[str, Reason], ...] = (
    ("customer-busy", "busy"),
    ("customer-did-not-answer", "no_answer"),
    ("manually-canceled", "no_answer"),
    ("twilio-reported-customer-misdialed", "no_such_number"),
    ("sip-outbound-unallocated-number", "no_such_number"),
    ("vonage-rejected", "declined"),
    ("customer-ended-call", "caller_hung_up"),
    ("assistant-forwarded-call", "transferred"),
    ("assistant-ended-call", "agent_hung_up"),
    ("assistant-said-end-call-phrase", "agent_hung_up"),
    ("voicemail", "agent_hung_up"),
    ("silence-timed-out", "silence"),
    ("exceeded-max-duration", "too_long"),
)
"""Beginning of their `endedReason` -> ours; all else is a fault of the line."""
_NEVER_ANSWERED = ("busy", "no_answer", "no_such_number", "declined", "line_failed")


def place(credentials: dict[str, Any], order: Order) -> str:
    body = {
        "assistantId": order.agent,
        "phoneNumberId": credentials["numbers"][order.caller_id],
        "customer": {"number": order.number},
        "assistantOverrides": overrides(order.call_id, order.ticket, order.records),
    }
    return str(API.ask(credentials, "POST", "/call", body)["id"])


def fetch(credentials: dict[str, Any], reference: str) -> Whole:
    got = API.ask(credentials, "GET", f"/call/{quote(reference)}")
    if not isinstance(got, dict):
        raise Silent("not_understood")
    return _read(got, f"{API.base}/call/{quote(reference)}")


def delete(credentials: dict[str, Any], reference: str) -> int:
    return 200 if API.finds(credentials, "DELETE", f"/call/{quote(reference)}") else 404


def _read(got: dict[str, Any], base: str) -> Whole:
    said = str(got.get("endedReason") or "")
    reason: Reason = next((ours for beginning, ours in _REASONS if said.startswith(beginning)), "line_failed")
    artifact = got.get("artifact") or {}
    turns = tuple(turn for message in artifact.get("messages") or () if (turn := _turn(message)) is not None)
    return Whole(
        reference=str(got["id"]),
        over=got.get("status") == "ended",
        answered=bool(turns) or (bool(got.get("startedAt")) and reason not in _NEVER_ANSWERED),
        reason=reason,
        cost_usd=got.get("cost"),
        turns=turns,
        sound=Sound(caller_url=f"{base}/customer-recording", agent_url=f"{base}/assistant-recording")
        if artifact.get("recording") or artifact.get("recordingUrl")
        else None,
    )


def _turn(message: dict[str, Any]) -> Turn | None:
    who = {"user": "caller", "bot": "agent"}.get(str(message.get("role")))
    text = str(message.get("message") or "").strip()
    if who is None or not text:
        return None
    start = round(float(message.get("secondsFromStart") or 0) * 1000)
    return Turn(who, text, start, start + max(0, round(float(message.get("endTime") or 0) - float(message.get("time") or 0))))  # type: ignore[arg-type]
