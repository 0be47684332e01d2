"""Asterisk for the conformance suite (`conforming/stand_in.py`), written from its documentation:
https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/, .../API_Documentation/Dialplan_Functions/CURL/ and
.../API_Documentation/Asterisk_REST_Interface/Channels_REST_API/.

Whole calls, with the dialplan itself, are held by `reception/tests/asterisk_stand_in.py`.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from ringtrue.conforming.faulty_server import FaultyServer
from ringtrue.conforming.stand_in import Ordered, Placed, Read, Sent
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.lines.carrier import Answer, CarrierEvent

ENTRIES = {
    "account": "office", "secret": "0123456789abcdef" * 2, "ari": "http://127.0.0.1:8088", "ari_user": "ringtrue",
    "ari_password": "s3cret-Ari-word",
}  # fmt: skip
STRANGER = {**ENTRIES, "secret": "fedcba9876543210" * 2}

WHAT = {"incoming": "voice", "status": "status", "media_ended": "after"}
DIALSTATUS = {"completed": "ANSWER", "busy": "BUSY", "no_answer": "NOANSWER", "failed": "CONGESTION", "canceled": "CANCEL"}


class Hooks:
    kinds: tuple[str, ...] = tuple(WHAT)
    statuses: tuple[str, ...] = tuple(DIALSTATUS)

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        self.who = {"account": account, "secret": str(credentials["secret"])}

    def send(self, event: CarrierEvent, url: str) -> Sent:
        form = {**self.who, "call": event.call_ref}
        if event.kind == "incoming":
            form |= {"to": event.to_number, "from": event.from_number}
        if event.direction == "outbound":
            form["direction"] = event.direction
        if event.status:
            form["status"] = DIALSTATUS[event.status]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Sent(what=WHAT[event.kind], body=urlencode(form).encode(), headers=headers)

    def unsigned(self, sent: Sent) -> Sent:
        form = [(name, value) for name, value in parse_qsl(sent.body.decode()) if name != "secret"]
        return msgspec.structs.replace(sent, body=urlencode(form).encode())

    def read(self, answer: Answer) -> Read:
        assert answer.content_type.startswith("text/plain")
        assert "\n" not in answer.body
        return Read(ticket=answer.body, hangs_up=not answer.body)


class Api(FaultyServer):
    """The REST interface. `asked`: the calls that it was told to place, as they came."""

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        super().__init__()
        self._account = account
        self._basic = "Basic " + base64.b64encode(f"{credentials['ari_user']}:{credentials['ari_password']}".encode()).decode()
        self.credentials: dict[str, Any] = {**credentials, "ari": self.url}
        self.wrong_credentials = {**self.credentials, "ari_password": "another-word"}
        self.asked: list[dict[str, Any]] = []

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if headers.get("authorization") != self._basic:
            return 401, b'{"message": "Authentication required"}'
        match method, path.split("/")[1:]:
            case "GET", ["ari", "asterisk", "ping"]:
                return 200, b'{"asterisk_id": "00:15:5d:01:02:03", "ping": "pong", "timestamp": "2026-11-22T12:00:00.000+0000"}'
            case "POST", ["ari", "channels", name]:
                assert headers["content-type"] == "application/json"
                self._place(name, json.loads(body))
                return 200, json.dumps({"id": name, "name": "Local/ringtrue-0000;1", "state": "Down"}).encode()
            case "DELETE", ["ari", "channels", name]:
                self.ordered.append(Ordered(reference=name, what="hang_up"))
                return 204, b""
        return 404, b'{"message": "Resource not found"}'

    def _place(self, name: str, told: dict[str, Any]) -> None:
        assert told.keys() == {
            "endpoint", "context", "extension", "priority", "callerId", "timeout", "otherChannelId", "variables",
        }, told  # fmt: skip
        number, _, context = told["endpoint"].removeprefix("Local/").partition("@")
        assert context == "ringtrue-out/n", "without /n the halves are joined and the dialplan does not see how it ends"
        assert (told["context"], told["extension"], told["priority"]) == ("ringtrue-agent", "s", 1)
        assert all(isinstance(value, str) for value in told["variables"].values())
        assert name not in (told["otherChannelId"], *(one["otherChannelId"] for one in self.asked)), "409: the name is taken"
        self.asked.append(told)
        self.placed.append(
            Placed(
                number=number, caller_id=told["callerId"], status_url="", reference=f"{self._account}/{told['otherChannelId']}",
                read=Read(ticket=told["variables"]["RINGTRUE_TICKET"]),
            )
        )  # fmt: skip


class FarEnd:
    """chan_websocket with c(ulaw), control in plain text."""

    def __init__(self, ticket: str) -> None:
        self.heard = b""
        self.query = {"ticket": ticket}
        self.nonsense: list[str | bytes] = [
            "{",
            '{"event": 5}',
            "MEDIA_START connection_id:e226e283 format:opus optimal_frame_size:0",
        ]
        self._waiting = b""

    def begin(self) -> list[str | bytes]:
        start = "MEDIA_START connection_id:e226e283-c90a-4ea9-9e37-389000b9ef47 channel:WebSocket/ringtrue/0x7f"
        return [f"{start} format:ulaw optimal_frame_size:160"]

    def speak(self, pcm: bytes) -> list[str | bytes]:
        coded = ulaw_encode(pcm)
        return [coded[at : at + 160] for at in range(0, len(coded), 160)]

    def press(self, digit: str) -> list[str | bytes]:
        return [f"DTMF_END digit:{digit}"]

    def leave(self) -> list[str | bytes]:
        """It closes the websocket; there is no message."""
        return []

    def take(self, message: str | bytes) -> list[str | bytes]:
        if isinstance(message, bytes):
            assert len(message) % 160 == 0, "what fills no frame is dropped"
            assert len(message) <= 65500, "a longer message ends the call"
            self._waiting += ulaw_decode(message)
        else:
            assert message in ("ANSWER", "FLUSH_MEDIA", "HANGUP"), message
            if message == "FLUSH_MEDIA":
                self._waiting = b""
        return []

    def play(self) -> list[str | bytes]:
        self.heard += self._waiting
        self._waiting = b""
        return []
