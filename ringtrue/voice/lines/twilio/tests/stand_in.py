"""Twilio for the conformance suite (`conforming/stand_in.py`), written from its documentation:
https://www.twilio.com/docs/voice/twiml, .../voice/api/call-resource, .../voice/media-streams/websocket-messages, .../usage/security.

Signatures are made by the official SDK.
"""

from __future__ import annotations

import base64
import json
import secrets
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from ringtrue.conforming.faulty_server import FaultyServer
from ringtrue.conforming.stand_in import Ordered, Placed, Read, Sent
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.lines.carrier import Answer, CarrierEvent

ENTRIES = {"account_sid": "AC" + "a" * 32, "auth_token": "0123456789abcdef" * 2}
STRANGER = {"account_sid": "AC" + "a" * 32, "auth_token": "fedcba9876543210" * 2}

WHAT = {
    "incoming": "voice", "status": "status", "media_ended": "after", "transfer_ended": "transferred", "answered": "answered",
    "detected": "detected",
}  # fmt: skip
STATUS = {"in_progress": "in-progress", "no_answer": "no-answer"}
ANSWERED_BY = {"person": "human", "machine": "machine_start", "machine_done": "machine_end_beep"}


class Hooks:
    kinds: tuple[str, ...] = tuple(WHAT)
    statuses: tuple[str, ...] = ("ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled")
    signature_header = "X-Twilio-Signature"

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        self.account, self.secret = account, str(credentials["auth_token"])

    def send(self, event: CarrierEvent, url: str) -> Sent:
        what = WHAT[event.kind]
        form = {
            "AccountSid": self.account, "CallSid": event.call_ref, "From": event.from_number, "To": event.to_number,
            "ApiVersion": "2010-04-01", "Direction": "inbound" if event.direction == "inbound" else "outbound-api",
            "CallStatus": STATUS.get(event.status, event.status or "ringing"),
        }  # fmt: skip
        if event.kind == "transfer_ended":
            form["DialCallStatus"] = STATUS.get(event.status, event.status)
        if event.answered_by:
            form["AnsweredBy"] = ANSWERED_BY.get(event.answered_by, event.answered_by)
        signature = RequestValidator(self.secret).compute_signature(f"{url}/{what}", form)
        headers = {"Content-Type": "application/x-www-form-urlencoded", self.signature_header: signature}
        return Sent(what=what, body=urlencode(form).encode(), headers=headers)

    def unsigned(self, sent: Sent) -> Sent:
        headers = {name: value for name, value in sent.headers.items() if name != self.signature_header}
        return Sent(what=sent.what, body=sent.body, headers=headers, query=sent.query)

    def read(self, answer: Answer) -> Read:
        assert answer.content_type.startswith("text/xml")
        return read(answer.body)


def read(document: str) -> Read:
    """TwiML, of which only what we may send is known."""
    response = ET.fromstring(document)  # noqa: S314 - our own answer
    assert response.tag == "Response"
    verbs = [verb.tag for verb in response]
    assert verbs in (["Connect"], ["Say", "Hangup"], ["Hangup"], ["Dial"], []), verbs
    stream = response.find("Connect/Stream")
    if stream is None:
        return Read(said=response.findtext("Say", ""), hangs_up="Hangup" in verbs)
    (parameter,) = stream
    assert parameter.get("name") == "ticket"
    after = response.find("Connect")
    assert after is not None
    return Read(
        media_url=str(stream.get("url")), ticket=str(parameter.get("value")), after_url=after.get("action", ""), hangs_up=False
    )


class Api(FaultyServer):
    """Calls are placed and changed; the account says that it is active. Nothing else of the REST API is known."""

    root = ""

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        super().__init__()
        self.account, self._held = account, credentials
        self.credentials: dict[str, Any] = {**credentials, "api_base": self.url + self.root}
        self.wrong_credentials = {**self.credentials, **self.wrong()}

    def wrong(self) -> dict[str, str]:
        return {"auth_token": "f" * 32}

    def login(self) -> str:
        return f"{self.account}:{self._held['auth_token']}"

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if headers.get("authorization") != "Basic " + base64.b64encode(self.login().encode()).decode():
            return 401, b'{"code": 20003}'
        below = urlsplit(path).path.removeprefix(f"{self.root}/2010-04-01/Accounts/{self.account}")
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if (method, below) == ("GET", ".json"):
            return 200, b'{"status": "active"}'
        assert method == "POST"
        if below == "/Calls.json":
            return self._place(form)
        return self.change(below.removeprefix("/Calls/").removesuffix(".json"), form)

    def _place(self, form: dict[str, str]) -> tuple[int, bytes]:
        assert form["To"].startswith("+")
        assert form["From"].startswith("+")
        assert not form.keys() & {"Record", "RecordingStatusCallback"}
        assert 5 <= int(form["Timeout"]) <= 600
        sid = "CA" + secrets.token_hex(16)
        self.placed.append(
            Placed(
                number=form["To"], caller_id=form["From"], status_url=form["StatusCallback"], reference=sid,
                read=read(form["Twiml"]) if "Twiml" in form else Read(),
            )
        )  # fmt: skip
        return 201, json.dumps({"sid": sid, "status": "queued"}).encode()

    def change(self, reference: str, form: dict[str, str]) -> tuple[int, bytes]:
        if form == {"Status": "completed"}:
            self.ordered.append(Ordered(reference=reference, what="hang_up"))
        else:
            (document,) = form.values()
            number = ET.fromstring(document).findtext("Dial/Number", "")  # noqa: S314 - our own document
            assert number.startswith("+")
            self.ordered.append(Ordered(reference=reference, what="transfer", number=number))
        return 200, b"{}"


class FarEnd:
    def __init__(self, ticket: str) -> None:
        self.heard = b""
        self.query: dict[str, str] = {}
        self.nonsense: list[str | bytes] = ["{", '{"event": 5}', '{"event": "media", "media": {"payload": "%%%"}}', b"\0" * 320]
        self._ticket = ticket
        self._stream = "MZ" + "5" * 32
        self._waiting: list[bytes | str] = []  # sound, and names of marks in its place
        self._sequence = 0

    def begin(self) -> list[str | bytes]:
        start = {
            "accountSid": ENTRIES["account_sid"], "streamSid": self._stream, "callSid": "CA" + "7" * 32, "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"ticket": self._ticket},
        }  # fmt: skip
        return [json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}), self._message("start", start)]

    def speak(self, pcm: bytes) -> list[str | bytes]:
        coded = ulaw_encode(pcm)
        return [
            self._message("media", {"track": "inbound", "payload": base64.b64encode(coded[at : at + 160]).decode()})
            for at in range(0, len(coded), 160)
        ]

    def press(self, digit: str) -> list[str | bytes]:
        return [self._message("dtmf", {"track": "inbound_track", "digit": digit})]

    def leave(self) -> list[str | bytes]:
        return [self._message("stop", {"accountSid": ENTRIES["account_sid"], "callSid": "CA" + "7" * 32})]

    def take(self, message: str | bytes) -> list[str | bytes]:
        assert isinstance(message, str), "Twilio takes text messages only"
        told = json.loads(message)
        assert told["streamSid"] == self._stream
        if told["event"] == "media":
            self._waiting.append(ulaw_decode(base64.b64decode(told["media"]["payload"], validate=True)))
        elif told["event"] == "mark":
            self._waiting.append(str(told["mark"]["name"]))
        else:
            assert told["event"] == "clear", told
            marks = [one for one in self._waiting if isinstance(one, str)]
            self._waiting.clear()
            return [self._message("mark", {"name": name}) for name in marks]  # Twilio returns those of what it threw away
        return []

    def play(self) -> list[str | bytes]:
        marks: list[str | bytes] = []
        for one in self._waiting:
            if isinstance(one, bytes):
                self.heard += one
            else:
                marks.append(self._message("mark", {"name": one}))
        self._waiting.clear()
        return marks

    def _message(self, event: str, body: dict[str, Any]) -> str:
        self._sequence += 1
        return json.dumps({"event": event, "sequenceNumber": str(self._sequence), "streamSid": self._stream, event: body})
