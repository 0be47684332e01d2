"""Our agent as an assistant of Vapi (docs.vapi.ai/api-reference/assistants/create), and the numbers of the account. It has no prompt there:
for every answer it asks us (docs.vapi.ai/customization/custom-llm/using-your-server)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ringtrue.hosted.engine import Account, Definition
from ringtrue.hosted.metadata import metadata
from ringtrue.hosted.requesting import Api, Silent
from ringtrue.voice.call import wording

API = Api("https://api.vapi.ai")
USUAL_VOICE = "Elliot"
STILL_THERE_AFTER_S = 10


def kept(*, records: bool) -> dict[str, Any]:
    """Their `artifactPlan`: what stays there after a call. Also laid over the assistant's own in one call (`assistantOverrides`)."""
    return {
        "recordingEnabled": records,
        "recordingFormat": "wav;l16",
        "videoRecordingEnabled": False,
        "pcapEnabled": False,
        "loggingEnabled": False,
    }


def overrides(call_id: str, ticket: str, records: bool) -> dict[str, Any]:
    """What one call has of its own; the assistant's definition says the rest."""
    own: dict[str, Any] = {"metadata": metadata(call_id, ticket)}
    return own if records else own | {"artifactPlan": kept(records=False)}


def check(credentials: dict[str, Any]) -> Account:
    rows = API.ask(credentials, "GET", "/phone-number")
    if not isinstance(rows, list):
        raise Silent("not_understood")
    return Account({str(row["number"]): str(row["id"]) for row in rows if row.get("number")})


def provision(credentials: dict[str, Any], definition: Definition, reference: str) -> str:
    body = _assistant(credentials, definition)
    if reference and API.finds(credentials, "PATCH", f"/assistant/{quote(reference)}", body):
        return reference
    return str(API.ask(credentials, "POST", "/assistant", body)["id"])


def withdraw(credentials: dict[str, Any], reference: str) -> None:
    API.finds(credentials, "DELETE", f"/assistant/{quote(reference)}")


def answer_here(credentials: dict[str, Any], number: str, hook_url: str) -> None:
    """A number without an assistant asks its server which one answers ("assistant-request")."""
    body = {"assistantId": None, "server": _server(credentials, hook_url)}
    API.ask(credentials, "PATCH", f"/phone-number/{quote(credentials['numbers'][number])}", body)


def leave(credentials: dict[str, Any], number: str) -> None:
    API.ask(credentials, "PATCH", f"/phone-number/{quote(credentials['numbers'][number])}", {"server": None})


def _secret(credentials: dict[str, Any]) -> dict[str, str]:
    return {"X-Vapi-Secret": credentials["hook_secret"]}


def _server(credentials: dict[str, Any], hook_url: str) -> dict[str, Any]:
    return {"url": hook_url, "headers": _secret(credentials)}


def _assistant(credentials: dict[str, Any], definition: Definition) -> dict[str, Any]:
    tools: list[dict[str, Any]] = [{"type": "endCall"}]
    if definition.transfers:
        tools.append({"type": "transferCall", "destinations": []})  # without any, our server is asked where to
    off = {"enabled": False}
    return {
        "name": definition.name[:40],
        # The first words are asked of us, too: who speaks, that it is an AI, and the notice. They cannot be interrupted.
        "firstMessageMode": "assistant-speaks-first-with-model-generated-message",
        "firstMessageInterruptionsEnabled": False,
        "model": {
            "provider": "custom-llm",
            "model": "ringtrue",
            "url": definition.hook_url,  # an OpenAI client's base URL: it asks at `/chat/completions` behind it
            "headers": _secret(credentials),
            "metadataSendMode": "variable",
            "tools": tools,
        },
        "voice": {"provider": "vapi", "voiceId": credentials.get("voice") or USUAL_VOICE},
        "serverMessages": ["status-update", "end-of-call-report", "transfer-destination-request"],
        "clientMessages": [],
        "maxDurationSeconds": max(10, min(43200, definition.longest_s)),
        "hooks": [
            _silent_for(STILL_THERE_AFTER_S, {"type": "say", "exact": wording.STILL_THERE}),
            _silent_for(max(STILL_THERE_AFTER_S * 2, definition.silence_s), {"type": "tool", "tool": {"type": "endCall"}}),
        ],
        "artifactPlan": kept(records=definition.records),
        # What a call was about we work out ourselves: no second copy of it there.
        "analysisPlan": {"summaryPlan": off, "structuredDataPlan": off, "successEvaluationPlan": off},
        "server": _server(credentials, definition.hook_url),
    }


def _silent_for(seconds: int, action: dict[str, Any]) -> dict[str, Any]:
    """docs.vapi.ai/assistants/idle-messages"""
    options = {"timeoutSeconds": seconds, "triggerMaxCount": 3, "triggerResetMode": "onUserSpeech"}
    return {"on": "customer.speech.timeout", "options": options, "do": [action]}
