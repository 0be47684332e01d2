"""What Vapi tells us and asks us (docs.vapi.ai/server-url/events): all of it on one address, each message with our secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from ringtrue.hosted.engine import NotUnderstood, Told
from ringtrue.hosted.vapi.calls import OURS, overrides


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
    ours = str(_ours(call.get("assistantOverrides")) or _ours(message.get("assistant")) or "")
    if kind == "assistant-request":
        number = message.get("phoneNumber") or call.get("phoneNumber") or {}
        caller = message.get("customer") or call.get("customer") or {}
        return Told(
            kind="incoming", key=f"incoming:{reference}", reference=reference,
            from_number=str(caller.get("number") or ""), to_number=str(number.get("number") or ""),
        )  # fmt: skip
    if kind == "end-of-call-report" or (kind == "status-update" and message.get("status") == "ended"):
        return Told(kind="over", key=f"{kind}:{reference}", reference=reference, call_id=ours)
    if kind == "status-update" and message.get("status") in ("in-progress", "forwarding"):
        return Told(kind="began", key=f"began:{reference}", reference=reference, call_id=ours)
    if kind == "transfer-destination-request":
        spoken = (message.get("artifact") or {}).get("messages") or call.get("messages") or []
        said = [str(one.get("message") or "") for one in spoken if one.get("role") == "user"]
        return Told(kind="transfer", reference=reference, call_id=ours, said=" ".join(said[-2:]))
    return Told(kind="other")


def accept(agent_reference: str, call_id: str, ticket: str, about: str) -> dict[str, Any]:
    return {"assistantId": agent_reference, "assistantOverrides": overrides(call_id, about)}


def decline() -> dict[str, Any]:
    return {"error": "This number is not in service."}


def put_through(number: str) -> dict[str, Any]:
    return {"destination": {"type": "number", "number": number}}


def nobody_there() -> dict[str, Any]:
    return {"error": "Nobody can take the call now. Say so, and offer that the caller calls again."}


def _ours(held: Any) -> str:
    return str(((held or {}).get("metadata") or {}).get(OURS) or "")
