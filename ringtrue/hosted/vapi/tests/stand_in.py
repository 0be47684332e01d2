"""A stand-in for Vapi, written from its documentation (docs.vapi.ai/api-reference, /server-url/events, /assistants/retrieve-call-artifacts)
and spoken to by its official SDK in `hosted/tests/test_official_sdks.py`. It was never compared with the real service. What it asks of its
custom model is `completions_client.py`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ringtrue.dialing.tests.dials import rang
from ringtrue.hosted.tests.serving import Answered, EngineStandIn, Hook, Wrong, tone, wav
from ringtrue.hosted.vapi.tests.completions_client import Model
from ringtrue.hosted.vapi.tests.holding import hold_words

NUMBER = "+12125550100"
HTTPS = ("https://", "http://127.0.0.1", "http://localhost")
FIRST = ("assistant-speaks-first", "assistant-speaks-first-with-model-generated-message", "assistant-waits-for-user")
START = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


class StandIn(EngineStandIn):
    engine = "vapi"

    def __init__(self) -> None:
        super().__init__()
        self.numbers = {"pn-1": {"id": "pn-1", "number": NUMBER, "provider": "vapi"}}
        self.agents: dict[str, dict[str, Any]] = {}
        self.calls: dict[str, dict[str, Any]] = {}
        self.secret = ""
        self.route(r"GET /phone-number", lambda *_: (200, list(self.numbers.values())))
        self.route(r"PATCH /phone-number/(.+)", self._change_number)
        self.route(r"POST /assistant", self._make_assistant)
        self.route(r"PATCH /assistant/(.+)", self._change_assistant)
        self.route(r"DELETE /assistant/(.+)", self._delete(self.agents))
        self.route(r"POST /call", self._place)
        self.route(r"GET /call/([^/]+)", self._get(self.calls))
        self.route(r"DELETE /call/([^/]+)", self._delete(self.calls))
        self.route(r"GET /call/([^/]+)/(customer|assistant)-recording", self._recording)

    def enter(self) -> dict[str, str]:
        return {"key": self.key}

    # What the API does

    def _get(self, held: dict[str, dict[str, Any]]) -> Any:
        return lambda found, _: (200, held[found[1]]) if found[1] in held else (404, {"message": "Not Found"})

    def _delete(self, held: dict[str, dict[str, Any]]) -> Any:
        return lambda found, _: (200, held.pop(found[1])) if found[1] in held else (404, {"message": "Not Found"})

    def _change_number(self, found: re.Match[str], body: dict[str, Any]) -> Answered:
        self.numbers[found[1]] |= body
        self.secret = ((body.get("server") or {}).get("headers") or {}).get("X-Vapi-Secret", self.secret)
        return 200, self.numbers[found[1]]

    def _checked(self, body: dict[str, Any]) -> dict[str, Any]:
        if len(body["name"]) > 40:
            raise Wrong("name is longer than 40 characters")
        model = body["model"]
        if model["provider"] != "custom-llm" or not model["url"].startswith(HTTPS) or "messages" in model:
            raise Wrong("model")
        if "authorization" in {name.lower() for name in model["headers"]}:
            raise Wrong("model.headers cannot say who asks: that is for a credential")
        if body["firstMessageMode"] not in FIRST or ("firstMessage" in body) == (body["firstMessageMode"] == FIRST[1]):
            raise Wrong("firstMessageMode")
        for hook in body["hooks"]:
            if hook["on"] != "customer.speech.timeout" or not 2 <= hook["options"]["timeoutSeconds"] <= 1000:
                raise Wrong("hooks")
        if not 10 <= body["maxDurationSeconds"] <= 43200:
            raise Wrong("maxDurationSeconds")
        if not body["server"]["url"].startswith(HTTPS):
            raise Wrong("server.url")
        self.secret = body["server"]["headers"]["X-Vapi-Secret"]
        return body

    def _make_assistant(self, _: Any, body: dict[str, Any]) -> Answered:
        made = self._stamped(self._checked(body))
        self.agents[made["id"]] = made
        return 201, made

    def _change_assistant(self, found: re.Match[str], body: dict[str, Any]) -> Answered:
        if found[1] not in self.agents:
            return 404, {"message": "Not Found"}
        self.agents[found[1]] |= self._checked(body)
        return 200, self.agents[found[1]]

    def _place(self, _: Any, body: dict[str, Any]) -> Answered:
        number = body["customer"]["number"]
        if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
            raise Wrong("customer.number is not E.164")
        if body["assistantId"] not in self.agents or body["phoneNumberId"] not in self.numbers:
            raise Wrong("no such assistant or number")
        rang(number)
        return 201, self._call("outboundPhoneCall", body)

    def _call(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        made = self._stamped({"type": kind, "status": "queued", **body})
        self.calls[made["id"]] = made
        return made

    @staticmethod
    def _stamped(body: dict[str, Any]) -> dict[str, Any]:
        at = START.isoformat().replace("+00:00", "Z")
        return {"id": str(uuid.uuid4()), "orgId": "org-1", "createdAt": at, "updatedAt": at, **body}

    def _recording(self, found: re.Match[str], _: Any) -> Answered:
        held = self.calls.get(found[1])
        if held is None or "recording" not in held.get("artifact", {}):
            return 404, {"message": "Not Found"}
        seconds = (held["artifact"]["messages"][-1]["endTime"] - held["artifact"]["messages"][1]["time"]) / 1000
        return 200, wav(tone(seconds, 300 if found[2] == "customer" else 900))

    # What happens in a call

    def answer(self, reference: str) -> None:
        self.calls[reference] |= {"status": "in-progress", "startedAt": START.isoformat().replace("+00:00", "Z")}
        self._tell(reference, {"type": "status-update", "status": "in-progress"})

    def hold(self, reference: str, says: list[str]) -> Model:
        """The call as it goes: it asks us for every word."""
        call = self.calls[reference]

        async def over(host: str, messages: list[dict[str, str]]) -> None:
            body = json.dumps(
                {"message": {"type": "status-update", "status": "ended", "call": call, "messages": messages}}
            ).encode()
            url = re.sub(r"^https?://[^/]+", host, self.agents[call["assistantId"]]["server"]["url"])
            async with httpx.AsyncClient() as client:
                answer = await client.post(url, content=body, headers=self.headers(body), timeout=60)
                assert answer.status_code == 200

        return asyncio.run(hold_words(self.agents[call["assistantId"]], call, says, over))

    def end(self, reference: str, says: list[str], *, reason: str = "user", cost: float = 0.1234, to: str = "") -> None:
        """`reason`: as `REASONS`; `says` only makes its own transcript, which we do not store: ours is of what it asked us."""
        held = self.calls[reference]
        ended = REASONS[reason]
        if reason in ("busy", "no_answer"):
            held |= {"status": "ended", "endedReason": ended, "cost": 0, "artifact": {"messages": []}}
            self._over(reference)
            return
        assistant = self.agents[held["assistantId"]]
        messages: list[dict[str, Any]] = [{"role": "system", "message": "instructions", "time": 0, "secondsFromStart": 0}]
        spoken = [("bot", "Hi.")] + [turn for said in says for turn in (("user", said), ("bot", "We open at nine."))]
        for n, (role, text) in enumerate(spoken):
            at = START.timestamp() * 1000 + n * 4000
            messages.append(
                {"role": role, "message": text, "time": at, "endTime": at + 3000, "secondsFromStart": n * 4.0, "duration": 3000}
            )
        own = (held.get("assistantOverrides") or {}).get("artifactPlan") or {}
        recorded = {**assistant["artifactPlan"], **own}["recordingEnabled"]
        over = START + timedelta(seconds=4 * len(spoken))
        held |= {
            "status": "ended", "endedReason": ended, "cost": cost, "endedAt": over.isoformat().replace("+00:00", "Z"),
            "artifact": {"messages": messages, **({"recording": {"mono": {}}, "recordingUrl": "https://x.example/r"} if recorded else {})},
            **({"destination": {"type": "number", "number": to}} if to else {}),
        }  # fmt: skip
        self._over(reference)

    def wants_transfer(self, client: Any, reference: str) -> str:
        """The model has used its transfer tool: the number that we name, "" for none."""
        held = self.calls[reference]
        agent = self.agents[held["assistantId"]]
        if {"type": "transferCall", "destinations": []} not in agent["model"]["tools"]:
            raise Wrong("no transfer tool")
        message = {"type": "transfer-destination-request", "call": held}
        answer = self.post(client, Hook(agent["server"]["url"], json.dumps({"message": message}).encode())).json()
        number = str((answer.get("destination") or {}).get("number") or "")
        if number:
            rang(number)
        return number

    def ring_in(self, client: Any, caller: str, number: str = NUMBER) -> str:
        """A call comes in: our webhook is asked, "" where we decline."""
        row = next(row for row in self.numbers.values() if row["number"] == number)
        made = self._call("inboundPhoneCall", {"phoneNumberId": row["id"], "customer": {"number": caller}})
        body = json.dumps(
            {"message": {"type": "assistant-request", "call": made, "phoneNumber": row, "customer": {"number": caller}}}
        ).encode()
        answers = [self.post(client, Hook(row["server"]["url"], body)).json() for _ in range(2)]  # the first was lost on its way
        answer = answers[1]
        if "error" in answer:
            return ""
        if answer["assistantId"] not in self.agents:
            self.wrong.append("assistant-request answered with an assistant that is not there")
        self.calls[made["id"]] |= answer
        return str(made["id"])

    def _over(self, reference: str) -> None:
        held = self.calls[reference]
        self._tell(reference, {"type": "status-update", "status": "ended", "endedReason": held["endedReason"]})
        self._tell(
            reference,
            {
                "type": "end-of-call-report",
                "endedReason": held["endedReason"],
                "cost": held["cost"],
                "artifact": held["artifact"],
            },
        )

    def _tell(self, reference: str, message: dict[str, Any]) -> None:
        held = self.calls[reference]
        url = self.agents[held["assistantId"]]["server"]["url"]
        self.hooks.append(Hook(url, json.dumps({"message": {**message, "call": held, "timestamp": 1}}).encode()))

    def headers(self, body: bytes) -> dict[str, str]:
        return {"X-Vapi-Secret": self.secret}

    def forged(self, body: bytes) -> list[dict[str, str]]:
        """Headers that we must not believe."""
        other = hmac.new(b"another secret", body, hashlib.sha256).hexdigest()
        return [{}, {"X-Vapi-Secret": self.secret[:-1] + "!"}, {"X-Vapi-Secret": ""}, {"x-vapi-signature": other}]


REASONS = {
    "user": "customer-ended-call", "busy": "customer-busy", "no_answer": "customer-did-not-answer", "transfer": "assistant-forwarded-call",
    "agent": "assistant-ended-call",
}  # fmt: skip
