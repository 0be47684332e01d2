"""What Retell tells us and asks us (docs.retellai.com/features/webhook, /inbound-call-webhook), signed with the account's key."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from ringtrue.hosted.engine import NotUnderstood, Told
from ringtrue.hosted.metadata import OURS, metadata
from ringtrue.hosted.retell.agents import UNRECORDED

GOOD_FOR_S = 300
_SIGNATURE = re.compile(r"v=(\d{1,16}),d=([0-9a-f]{64})")


def signed(headers: Mapping[str, str], body: bytes, credentials: dict[str, Any], now: float) -> bool:
    """`v=<ms>,d=<hex HMAC-SHA256 of body and ms>`, at most five minutes old (docs.retellai.com/features/secure-webhook)."""
    found = _SIGNATURE.fullmatch(headers.get("x-retell-signature", ""))
    if found is None or abs(now - int(found[1]) / 1000) > GOOD_FOR_S:
        return False
    made = hmac.new(str(credentials["key"]).encode(), body + found[1].encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, found[2])


def read(body: bytes) -> Told:
    try:
        message = json.loads(body)
        event = str(message["event"])
        call = message.get("call") or message.get("call_inbound") or {}
        reference, held = str(call.get("call_id") or ""), call.get("metadata") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotUnderstood from None
    if event == "call_inbound":
        return Told(
            kind="incoming",
            reference=reference,
            from_number=str(call.get("from_number") or ""),
            to_number=str(call.get("to_number") or ""),
        )
    if event not in ("call_started", "call_ended") or not reference:
        return Told(kind="other")
    ours = str(held.get(OURS) or "") if isinstance(held, dict) else ""
    return Told(
        kind="began" if event == "call_started" else "over", key=f"{event}:{reference}", reference=reference, call_id=ours
    )


def accept(agent_reference: str, call_id: str, ticket: str, records: bool) -> dict[str, Any]:
    given = {"override_agent_id": agent_reference, "metadata": metadata(call_id, ticket)}
    return {"call_inbound": given if records else given | UNRECORDED}


def decline() -> dict[str, Any]:
    """Without an agent the call is not answered."""
    return {"call_inbound": {}}
