"""A stand-in for Retell, written from its documentation (docs.retellai.com/api-references, /features/webhook, /features/secure-webhook,
/features/inbound-call-webhook) and spoken to by its official SDK in `tests/test_official_sdks.py`. It was never compared with the real
service. Its LLM websocket is `llm_socket.py`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import secrets
import time
from typing import Any

import numpy as np

from ringtrue.dialing.tests.dials import rang
from ringtrue.hosted.retell.tests.holding import hold_words
from ringtrue.hosted.tests.serving import Answered, EngineStandIn, Hook, Wrong, tone, wav

NUMBER = "+12125550100"
START_MS = 1_795_539_600_000


class StandIn(EngineStandIn):
    engine = "retell"

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, dict[str, Any]] = {NUMBER: {"phone_number": NUMBER, "inbound_webhook_url": None}}
        self.agents: dict[str, dict[str, Any]] = {}
        self.calls: dict[str, dict[str, Any]] = {}
        self.sounds: dict[str, bytes] = {}
        self.placed: dict[str, str] = {}  # idempotency key -> call
        self.storage: dict[str, str] = {}  # call -> its own data_storage_setting
        self.route(r"GET /v2/list-phone-numbers", lambda *_: (200, {"items": list(self.numbers.values()), "has_more": False}))
        self.route(r"PATCH /update-phone-number/(.+)", self._change_number)
        self.route(r"POST /create-agent", self._make_agent)
        self.route(r"PATCH /update-agent/(.+)", self._change_agent)
        self.route(r"DELETE /delete-agent/(.+)", self._delete(self.agents))
        self.route(r"POST /v2/create-phone-call", self._place)
        self.route(r"GET /v2/get-call/(.+)", self._get)
        self.route(r"DELETE /v2/delete-call/(.+)", self._delete(self.calls))
        self.route(r"GET /files/(.+)", lambda found, _: (200, self.sounds[found[1]]))

    def enter(self) -> dict[str, str]:
        return {"key": self.key}

    # What the API does

    def _get(self, found: re.Match[str], _: Any) -> Answered:
        return (200, self.calls[found[1]]) if found[1] in self.calls else (404, {"status": "error"})

    def _delete(self, held: dict[str, dict[str, Any]]) -> Any:
        def delete(found: re.Match[str], _: Any) -> Answered:
            return (204, None) if held.pop(found[1], None) is not None else (404, {"status": "error"})

        return delete

    def _change_number(self, found: re.Match[str], body: dict[str, Any]) -> Answered:
        number = found[1].replace("%2B", "+")
        self.numbers[number] |= body
        return 200, self.numbers[number]

    def _checked(self, body: dict[str, Any]) -> dict[str, Any]:
        engine = body["response_engine"]
        if engine["type"] != "custom-llm" or not engine["llm_websocket_url"].startswith(
            ("wss://", "ws://127.0.0.1", "ws://localhost")
        ):
            raise Wrong("response_engine")
        if not body["voice_id"] or body["data_storage_setting"] not in STORAGE:
            raise Wrong("voice_id or data_storage_setting")
        if not 60_000 <= body["max_call_duration_ms"] <= 7_200_000 or body["end_call_after_silence_ms"] < 10_000:
            raise Wrong("a limit outside of what is documented")
        return body

    def _make_agent(self, _: Any, body: dict[str, Any]) -> Answered:
        made = {"agent_id": "agent_" + secrets.token_hex(8), "version": 0, "is_published": False, **self._checked(body)}
        made["last_modification_timestamp"] = START_MS
        self.agents[made["agent_id"]] = made
        return 201, made

    def _change_agent(self, found: re.Match[str], body: dict[str, Any]) -> Answered:
        if found[1] not in self.agents:
            return 404, {"status": "error"}
        self.agents[found[1]] |= self._checked(body)
        return 200, self.agents[found[1]]

    def _place(self, _: Any, body: dict[str, Any]) -> Answered:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", body["to_number"]) or body["from_number"] not in self.numbers:
            raise Wrong("to_number or from_number")
        if body["override_agent_id"] not in self.agents:
            raise Wrong("no such agent")
        key = body.get("idempotency_key", "")
        if key in self.placed:
            return 201, self.calls[self.placed[key]]
        rang(body["to_number"])
        made = self._call(
            "outbound", body["override_agent_id"], body["from_number"], body["to_number"], body.get("metadata") or {}
        )
        self.placed[key] = made["call_id"]
        self._override(made["call_id"], body)
        return 201, made

    def _override(self, reference: str, given: dict[str, Any]) -> None:
        for setting, value in (given.get("agent_override") or {}).get("agent", {}).items():
            if setting != "data_storage_setting" or value not in STORAGE:
                raise Wrong("agent_override")
            self.storage[reference] = value

    def _call(self, direction: str, agent: str, caller: str, called: str, metadata: dict[str, str]) -> dict[str, Any]:
        made = {
            "call_id": "call_" + secrets.token_hex(12), "call_type": "phone_call", "agent_id": agent, "agent_version": 0,
            "call_status": "registered", "direction": direction, "from_number": caller, "to_number": called, "metadata": metadata,
        }  # fmt: skip
        self.calls[made["call_id"]] = made
        return made

    # What happens in a call

    def answer(self, reference: str) -> None:
        self.calls[reference] |= {"call_status": "ongoing", "start_timestamp": START_MS}
        self._tell("call_started", reference)

    def hold(self, reference: str, says: list[str]) -> None:
        """The call as it goes: it asks us for every word. In one process, with the scribe that the loop would have beside it."""
        asyncio.run(hold_words(self.calls[reference], says))

    def end(self, reference: str, says: list[str], *, reason: str = "user", cost: float = 0.1234, to: str = "") -> None:
        """`reason`: as `REASONS`; `says` only makes its own transcript, which we do not store: ours came over the websocket."""
        held = self.calls[reference]
        held["disconnection_reason"] = REASONS[reason]
        if reason in ("busy", "no_answer"):
            held["call_status"] = "not_connected"
            self._tell("call_ended", reference)
            return
        spoken = [("agent", "Hi.")] + [turn for said in says for turn in (("user", said), ("agent", "We open at nine."))]
        rows = [
            {"role": role, "content": text, "words": [{"word": text, "start": n * 4.0, "end": n * 4.0 + 3}]}
            for n, (role, text) in enumerate(spoken)
        ]
        held |= {
            "call_status": "ended", "end_timestamp": START_MS + 4000 * len(spoken), "duration_ms": 4000 * len(spoken),
            "call_cost": {"combined_cost": cost * 100, "product_costs": [], "total_duration_seconds": 4 * len(spoken),
                          "total_duration_unit_price": 0.1},
            **({"transfer_destination": to} if to else {}),
        }  # fmt: skip
        if self.storage.get(reference, self.agents[held["agent_id"]]["data_storage_setting"]) == "everything":
            held["transcript_object"] = rows
            self.sounds[reference] = self._sound(len(spoken))
            held["recording_multi_channel_url"] = f"{self.url}/files/{reference}"
        self._tell("call_ended", reference)

    @staticmethod
    def _sound(turns: int) -> bytes:
        """The agent on the left: nothing says which side is whose."""
        hush = tone(4, 300, loud=0.0)
        agent = [tone(4, 900) if n % 2 == 0 else hush for n in range(turns)]
        caller = [tone(4, 300) if n % 2 else hush for n in range(turns)]
        return wav(*(np.concatenate(side) for side in (agent, caller)))

    def ring_in(self, client: Any, caller: str, number: str = NUMBER) -> str:
        """A call comes in: our webhook is asked, "" where we decline."""
        body = {"event": "call_inbound", "call_inbound": {"agent_id": None, "from_number": caller, "to_number": number}}
        hook = Hook(str(self.numbers[number]["inbound_webhook_url"]), json.dumps(body).encode())
        answers = [self.post(client, hook).json() for _ in range(2)]  # the first was lost on its way
        given = answers[1]["call_inbound"]
        if "override_agent_id" not in given:
            return ""
        if given["override_agent_id"] not in self.agents:
            self.wrong.append("call_inbound answered with an agent that is not there")
        reference = str(self._call("inbound", given["override_agent_id"], caller, number, given["metadata"])["call_id"])
        self._override(reference, given)
        return reference

    def _tell(self, event: str, reference: str) -> None:
        held = self.calls[reference]
        url = self.agents[held["agent_id"]]["webhook_url"]
        self.hooks.append(Hook(url, json.dumps({"event": event, "call": held}).encode()))

    def headers(self, body: bytes, at_ms: int | None = None, key: str = "") -> dict[str, str]:
        at = str(int(time.time() * 1000) if at_ms is None else at_ms)
        digest = hmac.new((key or self.key).encode(), body + at.encode(), hashlib.sha256).hexdigest()
        return {"X-Retell-Signature": f"v={at},d={digest}"}

    def forged(self, body: bytes) -> list[dict[str, str]]:
        """Headers that we must not believe."""
        late = int(time.time() * 1000) - 301_000
        good = self.headers(body)["X-Retell-Signature"]
        return [
            {},
            self.headers(body, at_ms=late),
            self.headers(body, key="another"),
            {"X-Retell-Signature": good.replace("v=", "v=1")},
        ]


STORAGE = ("everything", "everything_except_pii", "basic_attributes_only")
REASONS = {
    "user": "user_hangup", "busy": "dial_busy", "no_answer": "dial_no_answer", "transfer": "call_transfer", "agent": "agent_hangup",
}  # fmt: skip
