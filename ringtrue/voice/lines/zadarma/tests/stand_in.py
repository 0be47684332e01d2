"""Zadarma for the conformance suite (`conforming/stand_in.py`): its API, written from https://github.com/zadarma/openapi and the official
clients; its calls go over SIP, so the orders about them are those of that line's stand-in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ringtrue.conforming.faulty_server import FaultyServer
from ringtrue.conforming.stand_in import Fault
from ringtrue.voice.lines.sip.tests.stand_in import Api as Gateway

ENTRIES = {
    "key": "a248a6a984459935b569", "secret": "8a8e91d214fb728889c7", "host": "sip.zadarma.com", "user": "123456",
    "password": "s3cret-Sip-word", "allowed": "203.0.113.0/24",
}  # fmt: skip
STRANGER = {**ENTRIES, "secret": "00000000000000000000"}
NUMBERS = [
    {"number": "18565550100", "status": "on", "sip": "123456", "type": "common"},
    {"number": "442037691880", "status": "on", "sip": "654321", "type": "common"},
]


class Rest(FaultyServer):
    """Believes whoever signs as the documentation says; knows the balance and the numbers, and lets numbers ring elsewhere. `shown`: the
    CallerID of our login."""

    def __init__(self, credentials: dict[str, Any]) -> None:
        super().__init__()
        self._held = credentials
        self.numbers = [dict(one) for one in NUMBERS]
        self.shown = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(path)
        query = parts.query if method == "GET" else body.decode()
        assert method == "GET" or (parts.query, headers["content-type"]) == ("", "application/x-www-form-urlencoded")
        sent = parse_qsl(query, keep_blank_values=True)
        assert query == urlencode(sorted(sent)), "the parameters are sorted"
        digest = hmac.new(
            str(self._held["secret"]).encode(),
            (parts.path + query + hashlib.md5(query.encode()).hexdigest()).encode(),  # noqa: S324 - theirs
            hashlib.sha1,
        )
        signed = base64.b64encode(digest.hexdigest().encode()).decode()
        if headers.get("authorization") != f"{self._held['key']}:{signed}":
            return 401, b'{"status":"error","message":"Not authorized"}'
        given = dict(sent)
        assert given.pop("format", "") == "json"
        told = self._done(method, parts.path, given)
        return 200, json.dumps(
            {"status": "success", **told} if told else {"status": "error", "message": "Wrong parameters"}
        ).encode()

    def _done(self, method: str, path: str, given: dict[str, str]) -> dict[str, Any]:
        match method, path:
            case "GET", "/v1/info/balance/":
                return {"balance": 10.34, "currency": "USD"}
            case "GET", "/v1/direct_numbers/":
                return {"info": self.numbers}
            case "PUT", "/v1/direct_numbers/set_sip_id/":
                for one in self.numbers:
                    if one["number"] == given["number"]:
                        one["sip"] = given["sip_id"]
                        return given
                return {}
            case "PUT", "/v1/sip/callerid/":
                assert given["id"] == self._held["user"]
                if given["number"] not in [one["number"] for one in self.numbers]:
                    return {}
                self.shown = given["number"]
                return {"sip": given["id"], "new_caller_id": given["number"]}
        raise AssertionError(f"{method} {path} is not known")


class Api(Gateway):
    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        self.rest = Rest(credentials)
        super().__init__(account, credentials)
        self.credentials |= {"api_base": self.rest.url}
        # Who does not reach the gateway's socket is not of the house.
        self.wrong_credentials = {**self.credentials, "secret": STRANGER["secret"], "desk": "/nowhere.sock"}

    @property
    def fault(self) -> Fault:  # type: ignore[override]
        return self.rest.fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self.rest.fault = fault

    def close(self) -> None:
        self.rest.close()
        super().close()
