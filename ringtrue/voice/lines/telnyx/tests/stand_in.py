"""Telnyx for the conformance suite (`conforming/stand_in.py`), written from its documentation, as the modules name it, and from the types of its
official SDK (telnyx 4.189.0). Each request that it takes was also made with that SDK, and each signature was taken by it.
"""

from __future__ import annotations

import base64
import json
import re
import time
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringtrue.conforming.faulty_server import FaultyServer
from ringtrue.conforming.stand_in import Ordered, Placed, Read, Sent
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.lines.carrier import Answer, CarrierEvent

_KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2)]
_PRIVATE = {base64.b64encode(key.public_key().public_bytes_raw()).decode(): key for key in _KEYS}
PUBLIC, OTHER = _PRIVATE

ENTRIES = {
    "account_id": "f5586561-8ff0-4291-a51b-c7dfe4139ff9", "api_key": "KEY0123456789ABCDEF0123456789ABCDEF_a1b2c3", "public_key": PUBLIC,
    "application_id": "1293384261075731499", "profile_id": "16fd2706-8baf-433b-82eb-8c7fada847da",
}  # fmt: skip
STRANGER = {**ENTRIES, "public_key": OTHER}

WHAT = {"incoming": "voice", "status": "status", "media_ended": "after", "transfer_ended": "transferred", "detected": "detected"}
STATUS = {"in_progress": "in-progress", "no_answer": "no-answer"}
ANSWERED_BY = {"person": "human", "machine": "machine", "machine_done": "machine_end_beep"}


class Hooks:
    kinds: tuple[str, ...] = tuple(WHAT)
    statuses: tuple[str, ...] = ("ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled")

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        self.account, self._key = account, _PRIVATE[credentials["public_key"]]

    def send(self, event: CarrierEvent, url: str) -> Sent:
        form = {
            "AccountSid": self.account,
            "CallSid": event.call_ref,
            "CallSidLegacy": event.call_ref,
            "ConnectionId": "1293384261075731499",
        }
        if event.kind == "detected":
            form["AnsweredBy"] = ANSWERED_BY.get(event.answered_by, event.answered_by or "unknown")
        else:
            form |= {
                "From": event.from_number,
                "To": event.to_number,
                "CallStatus": STATUS.get(event.status, event.status or "ringing"),
            }
        if event.kind == "status":
            form |= {"CallbackSource": "call-progress-events", "SequenceNumber": "0", "Timestamp": "2026-11-22T10:30:00Z"}
        if event.kind == "transfer_ended":
            form["DialCallStatus"] = STATUS.get(event.status, event.status)
        placed = event.kind == "status" and event.direction == "outbound"
        return self.signed(
            WHAT[event.kind],
            urlencode(form).encode(),
            "application/x-www-form-urlencoded",
            "direction=outbound" if placed else "",
        )

    def signed(self, what: str, body: bytes, content_type: str, query: str, *, at: float | None = None) -> Sent:
        stamp = str(int(time.time() if at is None else at))
        made = base64.b64encode(self._key.sign(stamp.encode() + b"|" + body)).decode()
        headers = {"Content-Type": content_type, "Telnyx-Timestamp": stamp, "Telnyx-Signature-Ed25519": made}
        return Sent(what=what, body=body, headers=headers, query=query)

    def text(self, what: str, event: str, **payload: Any) -> Sent:
        """A webhook of text messages; `what`: "text" or "text-status"."""
        told = {
            "data": {
                "record_type": "event", "event_type": event, "id": "b301ed3f-1490-491f-995f-6e64e69674d4", "occurred_at": "2026-11-22T10:30:00Z",
                "payload": {"record_type": "message", "organization_id": "b448f9cc-a842-4784-98e9-03c1a5872950", "type": "SMS", **payload},
            },
            "meta": {"attempt": 1, "delivered_to": f"https://ours.example/hooks/telnyx/{what}"},
        }  # fmt: skip
        return self.signed(what, json.dumps(told).encode(), "application/json", f"account={self.account}")

    def unsigned(self, sent: Sent) -> Sent:
        return Sent(what=sent.what, body=sent.body, headers={"Content-Type": sent.headers["Content-Type"]}, query=sent.query)

    def read(self, answer: Answer) -> Read:
        if not answer.body:  # the call goes on as it was told
            return Read()
        assert answer.content_type.startswith("text/xml")
        return read(answer.body)


def read(document: str) -> Read:
    """TeXML, of which only what we may send is known."""
    response = ET.fromstring(document)  # noqa: S314 - our own document
    assert response.tag == "Response"
    verbs = [verb.tag for verb in response]
    assert verbs in (["Connect", "Redirect"], ["Say", "Hangup"], ["Hangup"]), verbs
    stream = response.find("Connect/Stream")
    if stream is None:
        return Read(said=response.findtext("Say", ""), hangs_up=True)
    url = stream.attrib.pop("url")
    assert stream.attrib == {"track": "inbound_track", "codec": "PCMU", "bidirectionalMode": "rtp", "bidirectionalCodec": "PCMU"}
    (parameter,) = stream
    assert (parameter.tag, parameter.get("name")) == ("Parameter", "ticket")
    return Read(media_url=url, ticket=str(parameter.get("value")), after_url=response.findtext("Redirect", ""))


class Api(FaultyServer):
    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        super().__init__()
        self._held, self._account = credentials, account
        self.credentials: dict[str, Any] = {**credentials, "api_base": self.url}
        self.wrong_credentials = {**self.credentials, "api_key": "KEY" + "0" * 40}
        self.orders: list[dict[str, Any]] = []  # for calls, as they came
        self.price: str | None = None  # of each call; None until it is known
        self.application = {"friendly_name": "Front desk", "voice_url": "https://elsewhere.example/texml"}
        self.profile: dict[str, Any] = {}
        self.numbers: dict[str, dict[str, Any]] = {}  # by id
        self.messages: list[dict[str, Any]] = []
        self.refuses = ""  # Telnyx's code of an error
        self.late = False  # orders of numbers are carried out later

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if headers.get("authorization") != f"Bearer {self._held['api_key']}":
            return _error(401, "10009")
        if self.refuses:
            return _error(400, self.refuses)
        assert not body or headers["content-type"] == "application/json"
        parts = urlsplit(path)
        query, told = parse_qs(parts.query), json.loads(body) if body else {}
        status, said = self._act(method, [unquote(one) for one in parts.path.split("/")[1:]], query, told)
        return status, json.dumps(said).encode()

    def _act(self, method: str, path: list[str], query: dict[str, list[str]], told: dict[str, Any]) -> tuple[int, Any]:
        application, profile = self._held["application_id"], self._held["profile_id"]
        match method, path:
            case "GET", ["v2", "texml", "Accounts", self._account, "Calls"]:
                return 200, {"calls": []}
            case "GET", ["v2", "texml", "Accounts", self._account, "Calls", _]:
                return 200, {"price": self.price, "price_unit": "USD", "status": "completed"}
            case "POST", ["v2", "texml", "Accounts", self._account, "Calls", reference]:
                return self._change(reference, told)
            case "POST", ["v2", "texml", "calls", called] if called == application:
                return self._place(told)
            case (("GET" | "PATCH"), ["v2", "texml_applications", called]) if called == application:
                assert method == "GET" or {"friendly_name", "voice_url"} <= told.keys(), "both are required"
                self.application |= told
                return 200, {"data": self.application}
            case "PATCH", ["v2", "messaging_profiles", called] if called == profile:
                self.profile |= told
                return 200, {"data": self.profile}
            case "POST", ["v2", "messages"]:
                assert told.keys() == {"from", "to", "text", "webhook_url", "use_profile_webhooks"}
                self.messages.append(told)
                return 200, {"data": {"id": f"40385f64-5717-4562-b3fc-{len(self.messages):012}", "to": [{"status": "queued"}]}}
            case "GET", ["v2", "available_phone_numbers"]:
                return 200, {"data": [_offer("+12125550190", "1.00"), _offer("+12125550191", "1.00")]}
            case _ if path[:2] in (["v2", "number_orders"], ["v2", "phone_numbers"]):
                return self._number(method, path[1:], query, told)
        return 404, {"errors": [{"code": "10005", "title": "Resource not found"}]}

    def _place(self, told: dict[str, Any]) -> tuple[int, Any]:
        asked = {"To", "From", "Texml", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent", "Timeout"}
        assert told.keys() - {"MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"} == asked
        assert told["To"].startswith("+")
        assert told["From"].startswith("+")
        assert 5 <= told["Timeout"] <= 120
        self.orders.append(told)
        reference = f"v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-{len(self.placed):03}"
        self.placed.append(
            Placed(
                number=told["To"], caller_id=told["From"], status_url=told["StatusCallback"], reference=reference, read=read(told["Texml"])
            )
        )  # fmt: skip
        return 200, {"from": told["From"], "to": told["To"], "status": "queued", "call_sid": reference}

    def _change(self, reference: str, told: dict[str, Any]) -> tuple[int, Any]:
        if told == {"Status": "completed"}:
            self.ordered.append(Ordered(reference=reference, what="hang_up"))
        else:
            (document,) = told.values()
            dial = ET.fromstring(document).find("Dial")  # noqa: S314 - our own document
            assert dial is not None
            assert 5 <= int(dial.get("timeout", "")) <= 120
            assert 60 <= int(dial.get("timeLimit", "")) <= 14400
            self.ordered.append(Ordered(reference=reference, what="transfer", number=dial.findtext("Number", "")))
        return 200, {"sid": reference}

    def _number(self, method: str, path: list[str], query: dict[str, list[str]], told: dict[str, Any]) -> tuple[int, Any]:
        match method, path:
            case "POST", ["number_orders"]:
                (one,) = told.pop("phone_numbers")
                if not self.late:
                    self.add(one["phone_number"], **told)
                return 200, {"data": {"id": "12ade33a-21c0-473b-b055-b3c836e1c292", "status": "pending"}}
            case "GET", ["phone_numbers"]:
                wanted = query.get("filter[phone_number]", [""])[0]
                assert re.fullmatch("[0-9]*", wanted), "else nothing is found"
                return 200, {"data": [one for one in self.numbers.values() if wanted in one["phone_number"]]}
            case "PATCH", ["phone_numbers", reference, *_] if reference in self.numbers:
                self.numbers[reference] |= told
                return 200, {"data": self.numbers[reference]}
            case "DELETE", ["phone_numbers", reference] if reference in self.numbers:
                return 200, {"data": self.numbers.pop(reference)}
        return 404, {"errors": [{"code": "10005"}]}

    def add(self, number: str, **settings: str) -> None:
        reference = str(1293384261075731499 + len(self.numbers))
        self.numbers[reference] = {
            "id": reference,
            "phone_number": number,
            "connection_id": "",
            "connection_name": "",
            **settings,
        }


def _offer(number: str, cost: str) -> dict[str, Any]:
    return {
        "record_type": "available_phone_number", "phone_number": number, "features": [{"name": "sms"}, {"name": "voice"}],
        "cost_information": {"upfront_cost": "1.00", "monthly_cost": cost, "currency": "USD"},
        "region_information": [{"region_type": "country_code", "region_name": "US"}, {"region_type": "rate_center", "region_name": "NEW YORK"}],
    }  # fmt: skip


def _error(status: int, code: str) -> tuple[int, bytes]:
    return status, json.dumps({"errors": [{"code": code, "title": "…"}]}).encode()


class FarEnd:
    def __init__(self, ticket: str) -> None:
        self.heard = b""
        self.query: dict[str, str] = {}
        self.nonsense: list[str | bytes] = [
            "{", "[]", '{"event": "sing"}', '{"event": "media"}', '{"event": "media", "media": {"payload": "%"}}', b"\0" * 4, self._start("x"),
        ]  # fmt: skip
        self._ticket = ticket
        self._begun = False
        self._waiting: list[bytes | str] = []  # sound, and names of marks

    def begin(self) -> list[str | bytes]:
        self._begun = True
        return [json.dumps({"event": "connected", "version": "1.0.0"}), self._start(self._ticket)]

    def _start(self, ticket: str) -> str:
        start = {
            "user_id": ENTRIES["account_id"], "call_control_id": "v3:call", "from": "+12025550123", "to": "+18565550100",
            "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}, "custom_parameters": {"ticket": ticket},
        }  # fmt: skip
        return self._event("start", start=start)

    def _event(self, event: str, **told: Any) -> str:
        return json.dumps({"event": event, "sequence_number": "1", "stream_id": "32DE0DEA-53CB-4B21-89A4-9E1819C043BC", **told})

    def speak(self, pcm: bytes) -> list[str | bytes]:
        coded = [base64.b64encode(ulaw_encode(pcm[at : at + 320])).decode() for at in range(0, len(pcm), 320)]
        return [self._event("media", media={"track": "inbound", "chunk": "1", "timestamp": "5", "payload": one}) for one in coded]

    def press(self, digit: str) -> list[str | bytes]:
        return [self._event("dtmf", occurred_at="2026-11-22T10:30:00Z", dtmf={"digit": digit})]

    def leave(self) -> list[str | bytes]:
        return [self._event("stop", stop={"user_id": ENTRIES["account_id"], "call_control_id": "v3:call"})]

    def take(self, message: str | bytes) -> list[str | bytes]:
        assert isinstance(message, str), "JSON in text messages"
        assert self._begun, "nothing is said to a stream that has not begun"
        match json.loads(message):
            case {"event": "media", "media": {"payload": str(payload)}}:
                sound = base64.b64decode(payload, validate=True)
                assert 160 <= len(sound) <= 30 * 8000, "20 ms to 30 s"
                self._waiting.append(ulaw_decode(sound))
            case {"event": "mark", "mark": {"name": str(name)}} if name:
                self._waiting.append(name)
            case {"event": "clear", **more} if not more:
                marks = [one for one in self._waiting if isinstance(one, str)]
                self._waiting = []
                return [self._event("mark", mark={"name": name}) for name in marks]
            case _:
                raise AssertionError(f"no message of Telnyx's: {message[:80]}")
        return []

    def play(self) -> list[str | bytes]:
        said: list[str | bytes] = []
        for one in self._waiting:
            if isinstance(one, bytes):
                self.heard += one
            else:
                said.append(self._event("mark", mark={"name": one}))
        self._waiting = []
        return said
