"""Calls at Retell: placing one, its record, deleting it (docs.retellai.com/api-references)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ringtrue.hosted.engine import Order, Reason, Sound, Turn, Whole
from ringtrue.hosted.metadata import metadata
from ringtrue.hosted.requesting import Silent
from ringtrue.hosted.retell.agents import API, UNRECORDED

_REASONS: dict[str, Reason] = {
    "user_hangup": "caller_hung_up",
    "agent_hangup": "agent_hung_up",
    "call_transfer": "transferred",
    "transfer_bridged": "transferred",
    "voicemail_reached": "agent_hung_up",
    "ivr_reached": "agent_hung_up",
    "inactivity": "silence",
    "max_duration_reached": "too_long",
    "dial_busy": "busy",
    "dial_no_answer": "no_answer",
    "user_declined": "declined",
    "invalid_destination": "no_such_number",
    "telephony_provider_permission_denied": "carrier_refused",
    "marked_as_spam": "carrier_refused",
}
"""Their `disconnection_reason` -> ours; all else is a fault of the line."""


def place(credentials: dict[str, Any], order: Order) -> str:
    body = {
        "from_number": order.caller_id,
        "to_number": order.number,
        "override_agent_id": order.agent,
        "metadata": metadata(order.call_id, order.ticket),
        "idempotency_key": order.call_id,
        **({} if order.records else UNRECORDED),
    }
    return str(API.ask(credentials, "POST", "/v2/create-phone-call", body)["call_id"])


def fetch(credentials: dict[str, Any], reference: str) -> Whole:
    got = API.ask(credentials, "GET", f"/v2/get-call/{quote(reference)}")
    if not isinstance(got, dict):
        raise Silent("not_understood")
    return _read(got)


def delete(credentials: dict[str, Any], reference: str) -> int:
    return 204 if API.finds(credentials, "DELETE", f"/v2/delete-call/{quote(reference)}") else 404


def _read(got: dict[str, Any]) -> Whole:
    status, said = got.get("call_status"), str(got.get("disconnection_reason") or "")
    cents = (got.get("call_cost") or {}).get("combined_cost")
    both = got.get("recording_multi_channel_url")
    return Whole(
        reference=str(got["call_id"]),
        over=status in ("ended", "not_connected", "error"),
        # "error" is of calls that were connected as well as of others: only those have a beginning.
        answered=status == "ended" or (status == "error" and bool(got.get("start_timestamp"))),
        reason=_REASONS.get(said, "line_failed"),
        cost_usd=cents / 100 if cents is not None else None,
        turns=tuple(turn for row in got.get("transcript_object") or () if (turn := _turn(row)) is not None),
        sound=Sound(both_url=str(both)) if both else None,
    )


def _turn(row: dict[str, Any]) -> Turn | None:
    """Its times are those of its first and last word; without words there is none."""
    times = [word for word in row.get("words") or () if word.get("start") is not None and word.get("end") is not None]
    if row.get("role") not in ("agent", "user") or not times:
        return None
    start, end = round(times[0]["start"] * 1000), round(times[-1]["end"] * 1000)
    return Turn("agent" if row["role"] == "agent" else "caller", str(row.get("content") or ""), start, end)
