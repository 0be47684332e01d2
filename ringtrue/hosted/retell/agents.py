"""Our agent at Retell (docs.retellai.com/api-references/create-agent). It has no prompt there: our websocket gives every word."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ringtrue.hosted.engine import Account, Definition
from ringtrue.hosted.requesting import Api, Silent

API = Api("https://api.retellai.com")
USUAL_VOICE = "retell-Cimo"
MOST_PAGES = 20
UNRECORDED = {"agent_override": {"agent": {"data_storage_setting": "basic_attributes_only"}}}
"""What lays over the agent's definition in one call, placed (create-phone-call) or come in (features/inbound-call-webhook)."""


def check(credentials: dict[str, Any]) -> Account:
    found: dict[str, str] = {}
    after = ""
    for _ in range(MOST_PAGES):
        page = API.ask(credentials, "GET", f"/v2/list-phone-numbers{after}")
        if not isinstance(page, dict):
            raise Silent("not_understood")
        found |= {str(row["phone_number"]): str(row["phone_number"]) for row in page["items"]}
        if not page.get("has_more"):
            break
        after = f"?pagination_key={quote(str(page['pagination_key']), safe='')}"
    return Account(found)


def provision(credentials: dict[str, Any], definition: Definition, reference: str) -> str:
    body = _agent(credentials, definition)
    if reference and API.finds(credentials, "PATCH", f"/update-agent/{quote(reference)}", body):
        return reference
    return str(API.ask(credentials, "POST", "/create-agent", body)["agent_id"])


def withdraw(credentials: dict[str, Any], reference: str) -> None:
    API.finds(credentials, "DELETE", f"/delete-agent/{quote(reference)}")


def answer_here(credentials: dict[str, Any], number: str, hook_url: str) -> None:
    API.ask(credentials, "PATCH", f"/update-phone-number/{quote(number, safe='')}", {"inbound_webhook_url": hook_url})


def leave(credentials: dict[str, Any], number: str) -> None:
    API.ask(credentials, "PATCH", f"/update-phone-number/{quote(number, safe='')}", {"inbound_webhook_url": None})


def _agent(credentials: dict[str, Any], definition: Definition) -> dict[str, Any]:
    return {
        "agent_name": definition.name,
        "response_engine": {"type": "custom-llm", "llm_websocket_url": definition.words_url},
        "voice_id": credentials.get("voice") or USUAL_VOICE,
        "language": definition.language,
        "webhook_url": definition.hook_url,
        "webhook_events": ["call_started", "call_ended"],
        # The transcript is ours already, from the websocket: Retell needs to keep something only for the recording.
        "data_storage_setting": "everything" if definition.records else "basic_attributes_only",
        "opt_in_signed_url": True,
        "enable_backchannel": False,
        "max_call_duration_ms": max(60_000, min(7_200_000, definition.longest_s * 1000)),
        "end_call_after_silence_ms": max(10_000, definition.silence_s * 1000),
    }
