"""Our agent as an assistant of Vapi (docs.vapi.ai/api-reference/assistants/create), and the numbers of the account."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ringtrue.hosted.engine import Account, Definition
from ringtrue.hosted.requesting import Refused, Silent, request

API = "https://api.vapi.ai"
USUAL_MODEL = "gpt-4.1"
USUAL_VOICE = "Elliot"


def ask(credentials: dict[str, Any], method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return request(method, f"{credentials.get('api_base') or API}{path}", credentials["key"], body)


def check(credentials: dict[str, Any]) -> Account:
    rows = ask(credentials, "GET", "/phone-number")
    if not isinstance(rows, list):
        raise Silent("not_understood")
    return Account({str(row["number"]): str(row["id"]) for row in rows if row.get("number")})


def provision(credentials: dict[str, Any], definition: Definition, reference: str) -> str:
    body = _assistant(credentials, definition)
    if reference:
        try:
            ask(credentials, "PATCH", f"/assistant/{quote(reference)}", body)
            return reference
        except Refused as refusal:
            if refusal.status != 404:  # somebody removed it there: it is made again
                raise
    return str(ask(credentials, "POST", "/assistant", body)["id"])


def withdraw(credentials: dict[str, Any], reference: str) -> None:
    ask(credentials, "DELETE", f"/assistant/{quote(reference)}")


def answer_here(credentials: dict[str, Any], number: str, hook_url: str) -> None:
    """A number without an assistant asks its server which one answers ("assistant-request")."""
    body = {"assistantId": None, "server": _server(credentials, hook_url)}
    ask(credentials, "PATCH", f"/phone-number/{quote(credentials['numbers'][number])}", body)


def leave(credentials: dict[str, Any], number: str) -> None:
    ask(credentials, "PATCH", f"/phone-number/{quote(credentials['numbers'][number])}", {"server": None})


def _server(credentials: dict[str, Any], hook_url: str) -> dict[str, Any]:
    return {"url": hook_url, "headers": {"X-Vapi-Secret": credentials["hook_secret"]}}


def _assistant(credentials: dict[str, Any], definition: Definition) -> dict[str, Any]:
    tools: list[dict[str, Any]] = [{"type": "endCall"}]
    if definition.transfers:
        tools.append({"type": "transferCall", "destinations": []})  # without any, our server is asked where to
    off = {"enabled": False}
    return {
        "name": definition.name[:40],
        "firstMessage": definition.first_words,
        "firstMessageMode": "assistant-speaks-first",
        "firstMessageInterruptionsEnabled": False,
        "model": {
            "provider": "openai",
            "model": credentials.get("model") or USUAL_MODEL,
            "messages": [{"role": "system", "content": definition.instructions}],
            "tools": tools,
        },
        "voice": {"provider": "vapi", "voiceId": credentials.get("voice") or USUAL_VOICE},
        "serverMessages": ["status-update", "end-of-call-report", "transfer-destination-request"],
        "clientMessages": [],
        "maxDurationSeconds": max(10, min(43200, definition.longest_s)),
        "artifactPlan": {
            "recordingEnabled": definition.records,
            "recordingFormat": "wav;l16",
            "videoRecordingEnabled": False,
            "pcapEnabled": False,
            "loggingEnabled": False,
        },
        # What a call was about we work out ourselves: no second copy of it there.
        "analysisPlan": {"summaryPlan": off, "structuredDataPlan": off, "successEvaluationPlan": off},
        "server": _server(credentials, definition.hook_url),
    }
