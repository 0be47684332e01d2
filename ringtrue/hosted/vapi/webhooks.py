"""What Vapi tells us and asks us (docs.vapi.ai/server-url/events): all of it on one address, each message with our secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from ringtrue.hosted.engine import NotUnderstood, Told
from ringtrue.hosted.metadata import OURS, TICKET
from ringtrue.hosted.vapi.agents import overrides
from ringtrue.voice.lines.asked_leg import Question
from ringtrue.voice.lines.words_leg import Utterance


def signed(headers: Mapping[str, str], body: bytes, credentials: dict[str, Any], now: float) -> bool:
    """Our secret in a header, as we ask for it in `server.headers`; or, where the account's owner has made a credential of it, a
    signature of the body (HMAC-SHA256, hex)."""
    secret = str(credentials["hook_secret"]).encode()
    signature = headers.get("x-vapi-signature", "")
    if signature:
        return hmac.compare_digest(hmac.new(secret, body, hashlib.sha256).hexdigest(), signature.removeprefix("sha256="))
    return hmac.compare_digest(headers.get("x-vapi-secret", "").encode(), secret)


def read(body: bytes) -> Told:
    try:
        message = json.loads(body)["message"]
        kind, call = str(message["type"]), message.get("call") or {}
        reference = str(call.get("id") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotUnderstood from None
    given = carried(call) or carried(message.get("assistant"))
    ours = str(given.get(OURS) or "")
    if kind == "assistant-request":
        number = message.get("phoneNumber") or call.get("phoneNumber") or {}
        caller = message.get("customer") or call.get("customer") or {}
        return Told(
            kind="incoming", key=f"incoming:{reference}", reference=reference,
            from_number=str(caller.get("number") or ""), to_number=str(number.get("number") or ""),
        )  # fmt: skip
    if kind == "end-of-call-report" or (kind == "status-update" and message.get("status") == "ended"):
        last = Question(str(given.get(TICKET) or ""), _spoken(message), over=True)
        return Told(kind="over", key=f"{kind}:{reference}", reference=reference, call_id=ours, last=last)
    if kind == "status-update" and message.get("status") in ("in-progress", "forwarding"):
        return Told(kind="began", key=f"began:{reference}", reference=reference, call_id=ours)
    if kind == "transfer-destination-request":
        return Told(kind="transfer", reference=reference, call_id=ours)
    return Told(kind="other")


def accept(agent_reference: str, call_id: str, ticket: str, records: bool) -> dict[str, Any]:
    return {"assistantId": agent_reference, "assistantOverrides": overrides(call_id, ticket, records)}


def decline() -> dict[str, Any]:
    return {"error": "This number is not in service."}


def put_through(number: str) -> dict[str, Any]:
    return {"destination": {"type": "number", "number": number}}


def nobody_there() -> dict[str, Any]:
    return {"error": "Nobody can take the call now."}


def carried(held: Any) -> dict[str, Any]:
    """What we gave the call to carry: it comes back in its overrides, and in the assistant that they were laid over."""
    for one in ((held or {}).get("assistantOverrides") or {}, held or {}):
        if isinstance(one.get("metadata"), dict) and OURS in one["metadata"]:
            return dict(one["metadata"])
    return {}


def _spoken(message: dict[str, Any]) -> list[Utterance]:
    rows = (message.get("artifact") or {}).get("messages") or message.get("messages") or []
    roles = {"user": "user", "bot": "agent"}
    return [Utterance(roles[row["role"]], str(row.get("message") or "")) for row in rows if row.get("role") in roles]
