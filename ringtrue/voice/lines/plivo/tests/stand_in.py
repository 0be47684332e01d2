"""Plivo for the conformance suite (`conforming/stand_in.py`), written from https://www.plivo.com/docs/voice: xml/request,
xml/request/validation, xml/audiostream, xml/hangup, audio-streaming/audio-streaming, api/call/make-a-call, api/call/hangup-a-call."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from ringtrue.conforming.faulty_server import FaultyServer
from ringtrue.conforming.stand_in import Ordered, Placed, Read, Sent
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.lines.carrier import Answer, CarrierEvent

ENTRIES = {"name": "Practice", "auth_id": "MA0123456789ABCDEFGH", "auth_token": "0123456789abcdef" * 2 + "01234567"}
STRANGER = {**ENTRIES, "auth_token": "f" * 40}

WHAT = {"incoming": "voice", "status": "status", "media_ended": "after", "answered": "answered"}
STATE = {"in_progress": "in-progress", "no_answer": "no-answer", "canceled": "cancel"}
EVENT = {"incoming": "StartApp", "answered": "StartApp", "media_ended": "Redirect"}
FORM = "application/x-www-form-urlencoded"


class Hooks:
    kinds: tuple[str, ...] = tuple(WHAT)
    statuses: tuple[str, ...] = ("ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled")

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        self.account, self.token = account, str(credentials["auth_token"])

    def send(self, event: CarrierEvent, url: str) -> Sent:
        what, outbound = WHAT[event.kind], event.direction == "outbound" or event.kind == "answered"
        fields = {
            "CallUUID": event.call_ref,
            "From": event.from_number.removeprefix("+"),
            "To": event.to_number.removeprefix("+"),
            "CallStatus": STATE.get(event.status, event.status) or ("ringing" if what == "voice" else "in-progress"),
            "Direction": "outbound" if outbound else "inbound",
            "Event": EVENT.get(event.kind, "Ring" if event.status == "ringing" else "Hangup"),
            "ParentAuthID": self.account,
        }
        if outbound:
            fields |= {"ALegUUID": event.call_ref, "ALegRequestUUID": event.call_ref}
        nonce = "82091334875561029374"
        # The query is empty here: then a question mark stands between the address and the fields.
        text = f"{url}/{what}?" + "".join(sorted(name + value for name, value in fields.items())) + "." + nonce
        made = base64.b64encode(hmac.new(self.token.encode(), text.encode(), hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": FORM, "X-Plivo-Signature-V3": made, "X-Plivo-Signature-Ma-V3": made, "X-Plivo-Signature-V3-Nonce": nonce,
        }  # fmt: skip
        return Sent(what=what, body=urlencode(fields).encode(), headers=headers)

    def unsigned(self, sent: Sent) -> Sent:
        return Sent(what=sent.what, body=sent.body, headers={"Content-Type": FORM})

    def read(self, answer: Answer) -> Read:
        assert answer.content_type in ("text/xml", "application/xml")
        assert len(answer.body.encode()) <= 100 * 1024
        return read(ElementTree.fromstring(answer.body))  # noqa: S314 - our own document


def read(response: ElementTree.Element) -> Read:
    """What Plivo does with this document."""
    assert response.tag == "Response"
    does = [element.tag for element in response]
    assert does in (["Stream", "Redirect"], ["Stream"], ["Speak", "Hangup"], ["Hangup"], []), does
    if does[:1] == ["Stream"]:
        after = response.find("Redirect")
        assert after is None or after.attrib in ({}, {"method": "POST"}), "our hooks take POST only"
        return _stream(response[0], "" if after is None else after.text or "")
    if does[:1] == ["Speak"]:
        assert response[0].attrib.keys() <= {"voice", "language", "loop"}
        return Read(said=response[0].text or "", hangs_up=True)
    return Read(hangs_up=does == ["Hangup"])


def _stream(stream: ElementTree.Element, after_url: str) -> Read:
    asked = dict(stream.attrib)
    headers = asked.pop("extraHeaders")
    assert asked.pop("audioTrack", "inbound") == "inbound", "of a stream in both directions, no other"
    assert asked == {"bidirectional": "true", "keepCallAlive": "true", "contentType": "audio/x-mulaw;rate=8000"}
    assert len(headers.encode()) <= 512
    assert re.fullmatch(r"[A-Za-z0-9]+=[A-Za-z0-9]+(,[A-Za-z0-9]+=[A-Za-z0-9]+)*", headers), headers
    given = dict(pair.split("=") for pair in headers.split(","))
    return Read(media_url=stream.text or "", ticket=bytes.fromhex(given["ticket"]).decode(), after_url=after_url)


class Api(FaultyServer):
    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        super().__init__()
        self._below = f"/v1/Account/{account}"
        self._account = account
        self._basic = "Basic " + base64.b64encode(f"{account}:{credentials['auth_token']}".encode()).decode()
        self.credentials: dict[str, Any] = {**credentials, "api_base": self.url}
        self.wrong_credentials = {**self.credentials, "auth_token": "e" * 40}
        self.asked: list[dict[str, Any]] = []
        """The orders for calls, as they came: a `Placed` has no place for the address that is asked when one is answered."""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if headers.get("authorization") != self._basic:
            return 401, b'{"error": "authentication failed"}'
        assert path.startswith(self._below)
        match method, path.removeprefix(self._below).strip("/").split("/"):
            case "GET", [""]:
                return 200, json.dumps({"auth_id": self._account, "account_type": "standard"}).encode()
            case "POST", ["Call"]:
                assert headers["content-type"] == "application/json"
                return 201, json.dumps({"message": "call fired", "request_uuid": self._place(json.loads(body))}).encode()
            case "DELETE", ["Call", reference]:
                self.ordered.append(Ordered(reference=reference, what="hang_up"))
                return 204, b""
        raise AssertionError(f"{method} of this address is not known")

    def _place(self, told: dict[str, Any]) -> str:
        assert told.keys() - {"send_digits"} == {
            "to", "from", "answer_url", "answer_method", "ring_url", "ring_method", "hangup_url", "hangup_method", "ring_timeout",
        }  # fmt: skip
        assert {told[name] for name in ("answer_method", "ring_method", "hangup_method")} == {"POST"}
        assert told["ring_url"] == told["hangup_url"]
        assert re.fullmatch(r"[1-9][0-9]{6,14}", told["to"]), "one number, as Plivo's pages write them"
        assert re.fullmatch(r"[0-9*#wW]*", told.get("send_digits", ""))
        assert 0 < told["ring_timeout"] <= 120
        self.asked.append(told)
        reference = f"5d1c0d6e-0000-4000-8000-{len(self.placed):012}"
        self.placed.append(
            Placed(
                number=told["to"],
                caller_id=told["from"],
                status_url=told["hangup_url"],
                reference=reference,
                read=Read(),
                asks=told["answer_url"],
            )
        )
        return reference


class FarEnd:
    def __init__(self, ticket: str) -> None:
        self.heard = b""
        self.pressed = ""
        self.query: dict[str, str] = {}
        self.nonsense: list[str | bytes] = [
            "{", "[]", '{"event": "sing"}', '{"event": "media"}', '{"event": "media", "media": {"payload": "%"}}', b"\0" * 4,
            self._start("a second stream"),
        ]  # fmt: skip
        self._ticket = ticket
        self._stream = "20170ada-f610-433b-8758-c02a2aab3662"
        self._begun = False
        self._waiting: list[bytes | str] = []  # sound, and names of checkpoints

    def begin(self) -> list[str | bytes]:
        self._begun = True
        return [self._start(self._stream, f"ticket={self._ticket.encode().hex()}")]

    def _start(self, stream: str, headers: str = "") -> str:
        start = {
            "callId": "9b1f6bd2-6c1e-4c2f-9d6f-3f6a0e3b7a11", "streamId": stream, "accountId": ENTRIES["auth_id"],
            "tracks": ["inbound"], "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
        }  # fmt: skip
        return json.dumps({"event": "start", "sequenceNumber": 1, "start": start, "extra_headers": headers})

    def speak(self, pcm: bytes) -> list[str | bytes]:
        return [self._media(ulaw_encode(pcm[at : at + 320])) for at in range(0, len(pcm), 320)]

    def _media(self, sound: bytes) -> str:
        media = {"track": "inbound", "timestamp": "1700000000000", "chunk": 2, "payload": base64.b64encode(sound).decode()}
        return json.dumps({"event": "media", "sequenceNumber": 2, "streamId": self._stream, "media": media, "extra_headers": ""})

    def press(self, digit: str) -> list[str | bytes]:
        dtmf = {"track": "inbound", "digit": digit, "timestamp": "1700000000000"}
        return [json.dumps({"event": "dtmf", "sequenceNumber": 3, "streamId": self._stream, "dtmf": dtmf, "extra_headers": ""})]

    def leave(self) -> list[str | bytes]:
        return [json.dumps({"event": "stop", "sequenceNumber": 4, "streamId": self._stream})]

    def take(self, message: str | bytes) -> list[str | bytes]:
        assert isinstance(message, str), "JSON in text messages"
        assert self._begun, "nothing is said to a stream that has not begun"
        told = json.loads(message)
        match told:
            case {"event": "playAudio", "media": {"contentType": "audio/x-mulaw", "sampleRate": 8000, "payload": str(payload)}}:
                self._waiting.append(ulaw_decode(base64.b64decode(payload, validate=True)))
            case {"event": "checkpoint", "streamId": self._stream, "name": str(name)} if name:
                self._waiting.append(name)
            case {"event": "clearAudio", "streamId": self._stream}:
                self._waiting = []
                return [json.dumps({"sequenceNumber": 5, "event": "clearedAudio", "streamId": self._stream})]
            case {"event": "sendDTMF", "dtmf": str(digits)} if re.fullmatch(r"[0-9*#]+", digits):
                self.pressed += digits
            case _:
                raise AssertionError(f"no message of Plivo's: {message[:80]}")
        return []

    def play(self) -> list[str | bytes]:
        said: list[str | bytes] = []
        for one in self._waiting:
            if isinstance(one, bytes):
                self.heard += one
            else:
                said.append(json.dumps({"sequenceNumber": 6, "event": "playedStream", "streamId": self._stream, "name": one}))
        self._waiting = []
        return said
