"""A stand-in for Twilio's REST API, stateful, written from its documentation; never compared with a trace of the real service.

Accounts, Calls, AvailablePhoneNumbers, IncomingPhoneNumbers and Messages of version 2010-04-01 (https://www.twilio.com/docs/usage/api), and
the prices of numbers of pricing.twilio.com (https://www.twilio.com/docs/phone-numbers/pricing). Who is not signed in gets 20003; a field that
is not documented for a request fails it. Twilio's own library speaks to it in `test_twilio_rest.py`.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ringtrue.dialing.tests.dials import rang

Form = dict[str, list[str]]

CALL_FIELDS = {
    "To", "From", "Url", "Method", "Twiml", "StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod", "Timeout", "SendDigits",
    "MachineDetection", "MachineDetectionTimeout", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", "Status", "TimeLimit",
}  # fmt: skip
NUMBER_FIELDS = {
    "PhoneNumber", "FriendlyName", "VoiceUrl", "VoiceMethod", "StatusCallback", "StatusCallbackMethod", "SmsUrl", "SmsMethod", "BundleSid",
    "AddressSid",
}  # fmt: skip
MESSAGE_FIELDS = {"To", "From", "Body", "StatusCallback"}


@dataclass
class Fault:
    """`kind`: "reset" (the connection breaks and nothing is done), "lost" (it is done, and the answer never comes), "500", "429", or a code
    of Twilio's, such as "21219", told with 400. Holds for the next `times` requests."""

    method: str
    part: str  # of the path
    kind: str
    times: int = 1


@dataclass
class TwilioRest:
    """`updates` and `created`: calls that were changed or created, as (path, form, authorization). `elsewhere`: permits are admitted in
    another process, where `dialing.tests.dials` does not see them; the test looks at the attempts itself."""

    elsewhere: bool = False
    token: str = ""  # then who signs in otherwise is refused
    keys: dict[str, str] = field(default_factory=dict)  # API keys: SID -> secret
    status: str = "active"
    type: str = "Full"
    refuses: tuple[int, int] | None = None  # HTTP status and error code for calls that are created
    sids: list[str] = field(default_factory=list)
    created: list[tuple[str, Form, str]] = field(default_factory=list)
    updates: list[tuple[str, Form, str]] = field(default_factory=list)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)  # bought, by SID
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    on_sale: list[str] = field(default_factory=lambda: [f"+1212555{n:04}" for n in (190, 191, 192)])
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # "GET /path"

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                with stand_in._lock:
                    status, answer = stand_in.answer(
                        self.command, self.path, parse_qs(body, keep_blank_values=True), self.headers
                    )
                if status == 0:
                    self.close_connection = True
                    self.connection.close()
                    return
                coded = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(coded)))
                self.end_headers()
                self.wfile.write(coded)

            do_GET = do_POST = do_DELETE = handle_any

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fails(self, method: str, part: str, kind: str, times: int = 1) -> None:
        self.faults.append(Fault(method, part, kind, times))

    def answer(self, method: str, address: str, form: Form, headers: Any) -> tuple[int, Any]:
        """(HTTP status, JSON); status 0 breaks the connection."""
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        self.asked.append(f"{method} {path}")
        fault = next((one for one in self.faults if one.method == method and one.part in path and one.times > 0), None)
        if fault is not None:
            fault.times -= 1
            if fault.kind in ("500", "429"):
                return int(fault.kind), {"code": 20429 if fault.kind == "429" else 20500, "status": int(fault.kind)}
            if fault.kind.isdigit():
                return _error(400, int(fault.kind))
            if fault.kind == "reset":
                return 0, None
        if not self._signed_in(headers.get("Authorization", ""), path):
            return _error(401, 20003)
        answered = self._act(method, path, form, query, headers)
        return (0, None) if fault is not None else answered

    def _signed_in(self, authorization: str, path: str) -> bool:
        scheme, _, coded = authorization.partition(" ")
        assert scheme == "Basic", authorization
        user, _, password = base64.b64decode(coded).decode().partition(":")
        if user in self.keys:
            return self.keys[user] == password and not re.fullmatch(r"/2010-04-01/Accounts/AC\w+\.json", path)
        return user.startswith("AC") and (not self.token or password == self.token)

    def _act(self, method: str, path: str, form: Form, query: Form, headers: Any) -> tuple[int, Any]:
        if found := re.fullmatch(r"/v1/PhoneNumbers/Countries/([A-Z]{2})", path):
            prices = [{"number_type": kind, "base_price": price, "current_price": price} for kind, price in PRICES.items()]
            return 200, {"iso_country": found[1], "country": found[1], "phone_number_prices": prices, "price_unit": "USD"}
        found = re.fullmatch(r"/2010-04-01/Accounts/(AC\w+)(?:/(\w+)(?:/(\w+))?(?:/(\w+))?)?\.json", path)
        assert found, path
        account, kind, sid, more = found.groups()
        if kind is None:
            return 200, {"sid": account, "status": self.status, "type": self.type, "friendly_name": "Stand-in"}
        told = (path, form, headers.get("Authorization", ""))
        if kind == "Calls":
            return self._calls(method, sid, form, told)
        if kind == "AvailablePhoneNumbers":
            assert (method, sid, more in PLACES) == ("GET", "US", True) or sid in ("GB", "XX"), path
            return self._available(sid, query)
        if kind == "IncomingPhoneNumbers":
            return self._numbers(method, sid, form, query)
        assert kind == "Messages", path
        return self._messages(method, sid, form)

    def _calls(self, method: str, sid: str | None, form: Form, told: tuple[str, Form, str]) -> tuple[int, Any]:
        assert set(form) <= CALL_FIELDS, set(form) - CALL_FIELDS
        if method == "GET" and sid is None:
            return 200, {"calls": list(self.calls.values())}
        if method == "POST" and sid is None:
            if self.refuses:
                return _error(*self.refuses)
            assert ("Url" in form) != ("Twiml" in form), form
            if not self.elsewhere:
                rang(form["To"][0])
            made = "CA" + secrets.token_hex(16)
            self.sids.append(made)
            self.created.append(told)
            self.calls[made] = {
                "sid": made,
                "status": "queued",
                "to": form["To"][0],
                "price": None,
                "price_unit": "USD",
                "duration": None,
            }
            return 201, self.calls[made]
        if method == "POST":
            self.updates.append(told)
            return 200, {"sid": sid}
        if sid not in self.calls:
            return _error(404, 20404)
        if method == "DELETE":
            if self.calls[sid]["status"] in ("queued", "ringing", "in-progress"):
                return _error(409, 20009)
            del self.calls[sid]
            return 204, None
        return 200, self.calls[sid]

    def _available(self, country: str, query: Form) -> tuple[int, Any]:
        if country != "US":
            return _error(404, 20404)
        area, contains = query.get("AreaCode", [""])[0], query.get("Contains", [""])[0].replace("*", "")
        found = [n for n in self.on_sale if n[2:].startswith(area) and contains in n]
        can = {"voice": True, "SMS": True, "MMS": False}
        rows = [
            {"phone_number": n, "friendly_name": n, "locality": "New York", "region": "NY", "capabilities": can} for n in found
        ]
        return 200, {"available_phone_numbers": rows[: int(query.get("PageSize", ["50"])[0])]}

    def _numbers(self, method: str, sid: str | None, form: Form, query: Form) -> tuple[int, Any]:
        assert set(form) <= NUMBER_FIELDS, set(form) - NUMBER_FIELDS
        if sid is None and method == "GET":
            wanted = query.get("PhoneNumber", [""])[0]
            rows = [row for row in self.numbers.values() if not wanted or row["phone_number"] == wanted]
            return 200, {"incoming_phone_numbers": rows, "next_page_uri": None}
        if sid is None:
            number = form["PhoneNumber"][0]
            if number not in self.on_sale:
                return _error(400, 21422)
            self.on_sale.remove(number)
            return 201, self.add_number(number, form)
        if sid not in self.numbers:
            return _error(404, 20404)
        if method == "DELETE":
            del self.numbers[sid]
            return 204, None
        self.numbers[sid] |= {_snake(name): value[0] for name, value in form.items()}
        return 200, self.numbers[sid]

    def add_number(self, number: str, form: Form | None = None) -> dict[str, Any]:
        sid = "PN" + secrets.token_hex(16)
        row = {
            "sid": sid,
            "phone_number": number,
            "friendly_name": number,
            "voice_url": "",
            "capabilities": {"voice": True, "sms": True},
        }
        self.numbers[sid] = row | {_snake(name): value[0] for name, value in (form or {}).items()}
        return self.numbers[sid]

    def _messages(self, method: str, sid: str | None, form: Form) -> tuple[int, Any]:
        assert set(form) <= MESSAGE_FIELDS, set(form) - MESSAGE_FIELDS
        if sid is None:
            made = "SM" + secrets.token_hex(16)
            held = {"sid": made, "status": "queued", "price": None, "price_unit": "USD", "error_code": None}
            self.messages[made] = held | {_snake(name): value[0] for name, value in form.items()}
            return 201, self.messages[made]
        if sid not in self.messages:
            return _error(404, 20404)
        if method == "DELETE":
            del self.messages[sid]
            return 204, None
        return 200, self.messages[sid]


PRICES = {"local": "1.15", "toll free": "2.15"}
PLACES = ("Local", "TollFree", "Mobile")


def _error(status: int, code: int) -> tuple[int, Any]:
    return status, {
        "code": code,
        "message": "stand-in",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
