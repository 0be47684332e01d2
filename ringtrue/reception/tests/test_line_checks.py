"""`ringtrue doctor line` against real set-ups on loopback, right ones and wrong ones."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from ringtrue.core.doctoring import Finding
from ringtrue.media.tests.certificates import Authority
from ringtrue.numbers.connecting import connect
from ringtrue.reception.line_checks import sip
from ringtrue.reception.line_checks.address import address, media
from ringtrue.voice.lines.reaching import Reply, Unreachable, ask
from ringtrue.voice.lines.twilio.looking import look

HEALTHY = (200, {"Content-Type": "application/json"}, b'{"status": "ok"}')
Answers = dict[str, tuple[int, dict[str, str], bytes]]
NOW = 1_795_000_000.0
SID, TOKEN = "AC" + "0" * 32, "f" * 32


class Web(BaseHTTPRequestHandler):
    def __init__(self, answers: Answers, *rest: Any) -> None:
        self.answers = answers
        super().__init__(*rest)

    def do_GET(self) -> None:
        status, headers, body = self.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def web(answers: Answers, certificate: Path | None = None) -> Iterator[int]:
    """The port of a server that gives these answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Web, answers))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Callable[..., Reply]]:
    """A certificate for 127.0.0.1, and how somebody asks who trusts its authority."""
    ours = Authority(tmp_path_factory.mktemp("certificates"), "ours")
    return ours.certificate("server"), partial(ask, trust=ssl.create_default_context(cafile=ours.path))


def wrong(findings: Iterator[Finding]) -> str:
    return " ".join(sentence for state, sentence in findings if state == "wrong")


def looked_at(url: str, ask: Callable[..., Reply], *, behind_proxy: bool = True) -> Iterator[Finding]:
    return address(url, ask=ask, console="127.0.0.1:8000", behind_proxy=behind_proxy)


def test_the_right_address_is_told_from_each_wrong_one(trusted: Any) -> None:
    certificate, trusting = trusted
    with web({"/health": HEALTHY, "/": (302, {"Location": "/accounts/login/"}, b"")}, certificate) as port:
        url = f"https://127.0.0.1:{port}"
        found = list(looked_at(url, trusting))
        assert ("ok", f"{url} answers, and it is Ringtrue") in found
        assert "only this machine or your own network" in wrong(iter(found)), "nowhere for a carrier"
        assert "certificate of 127.0.0.1 is not accepted" in wrong(looked_at(url, ask))
        assert "not in plain HTTP" in wrong(looked_at(f"http://127.0.0.1:{port}", ask))
    with web({"/health": HEALTHY}) as port:
        assert "speaks plain HTTP" in wrong(looked_at(f"https://127.0.0.1:{port}", trusting))
        assert "carriers send to HTTPS only" in wrong(looked_at(f"http://127.0.0.1:{port}", ask))
    assert "Nothing listens on port" in wrong(looked_at(f"https://127.0.0.1:{free_port()}", trusting))
    assert "There is no host named" in wrong(looked_at("https://nowhere.invalid", trusting))


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"/health": (502, {}, b"bad gateway")}, "does not reach Ringtrue"),
        ({"/health": (503, {}, b'{"status": "no database"}')}, "its database does not"),
        ({"/health": (200, {}, b"It works!")}, "it is not Ringtrue"),
        ({"/health": (400, {}, b"")}, "RINGTRUE_HOSTS"),
        ({"/health": HEALTHY, "/": (301, {"Location": "http://localhost"}, b"")}, "RINGTRUE_TRUSTED_PROXIES"),
    ],
)
def test_a_proxy_that_is_set_up_wrongly_is_told_what_to_change(answers: Answers, sentence: str) -> None:
    def answer(url: str, **more: Any) -> Reply:
        status, headers, body = answers.get(url.removeprefix("http://localhost"), (302, {}, b""))
        return Reply(status, {name.lower(): value for name, value in headers.items()}, body)

    assert sentence in wrong(looked_at("http://localhost", answer))


def test_the_way_in_for_sound_is_a_websocket(trusted: Any) -> None:
    certificate, trusting = trusted
    with web({"/twilio": (101, {"Upgrade": "websocket", "Connection": "Upgrade"}, b"")}, certificate) as port:
        url = f"wss://127.0.0.1:{port}"
        assert list(media(url, ask=trusting, listens="127.0.0.1:8001")) == [
            ("ok", f"{url} opens a websocket for the sound of calls")
        ]
    with web({"/twilio": (200, {}, b"a page")}, certificate) as port:
        assert "Upgrade and Connection" in wrong(media(f"wss://127.0.0.1:{port}", ask=trusting, listens="127.0.0.1:8001"))
    with web({}) as port:
        assert "wss:// only" in wrong(media(f"ws://127.0.0.1:{port}", ask=ask, listens="127.0.0.1:8001"))
    assert "Nothing listens" in wrong(media(f"wss://127.0.0.1:{free_port()}", ask=trusting, listens="127.0.0.1:8001"))


class Carrier:
    """Asks the real web hooks in place of the public address, and answers as Twilio's API."""

    def __init__(self, **changes: Any) -> None:
        self.status, self.token, self.late_s, self.numbers = 200, TOKEN, 0.0, {}
        self.__dict__.update(changes)

    def __call__(self, url: str, *, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        if method == "POST":
            got = Client().post(
                url.removeprefix(settings.PUBLIC_URL), body, content_type="application/x-www-form-urlencoded", headers=headers
            )
            return Reply(got.status_code, {}, got.content)
        date = datetime.datetime.fromtimestamp(NOW + self.late_s, datetime.UTC)
        told = {"date": date.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        if "IncomingPhoneNumbers" in url:
            held = [{"voice_url": to, "voice_method": "POST"} for number, to in self.numbers.items() if number[1:] in url]
            return Reply(200, told, json.dumps({"incoming_phone_numbers": held}).encode())
        return Reply(self.status, told, b'{"status": "active"}')


def of_twilio(carrier: Carrier, token: str = TOKEN) -> Iterator[Finding]:
    numbers, url = ["+18565550100"], settings.PUBLIC_URL
    return look(SID, {"auth_token": token}, numbers, public_url=url, ask=carrier, now=NOW)


def test_an_account_is_looked_at_from_both_sides(dental: Any) -> None:
    connect(dental.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN}, actor="test")
    ours = f"{settings.PUBLIC_URL}/hooks/twilio/voice"
    found = list(of_twilio(Carrier(numbers={"+18565550100": ours})))
    assert [state for state, _ in found] == ["ok"] * 4, found
    assert "Our own signature is refused" in wrong(of_twilio(Carrier(), token="a" * 32)), "the wrong secret"
    assert "Twilio does not accept this Account SID and Auth Token" in wrong(of_twilio(Carrier(status=401)))
    assert "is not a number of this Twilio account" in wrong(of_twilio(Carrier()))
    elsewhere = wrong(of_twilio(Carrier(numbers={"+18565550100": "https://old.example/voice"})))
    assert "go to https://old.example/voice" in elsewhere
    assert ours in elsewhere
    assert "clock is 300 seconds behind" in wrong(of_twilio(Carrier(late_s=300.0)))


def test_an_api_that_cannot_be_reached_is_told_apart_from_a_wrong_key(dental: Any) -> None:
    def away(url: str, **more: Any) -> Reply:
        raise Unreachable("Nothing listens.")

    findings = look(SID, {"auth_token": TOKEN}, [], public_url="https://x.example", ask=away, now=0.0)
    assert wrong(findings) == (
        "Twilio's webhooks do not reach us. Nothing listens. Twilio cannot be asked from here, so no call can be placed, transferred or ended. "
        "Nothing listens."
    )


@contextmanager
def registrar(headers: str = "", sdp: str = "") -> Iterator[int]:
    """The UDP port of a far end that answers OPTIONS."""
    far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    far.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                message, back = far.recvfrom(65535)
            except OSError:
                return
            via = next(line for line in message.decode().split("\r\n") if line.startswith("Via:"))
            far.sendto(f"SIP/2.0 200 OK\r\n{via}{headers}\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}".encode(), back)

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield far.getsockname()[1]
    finally:
        far.close()


def of_sip(
    port: int, *, transport: str = "udp", allowed: str = "127.0.0.0/8", state: str = "registered", detail: str = ""
) -> list[Finding]:
    held = {"host": f"127.0.0.1:{port}", "transport": transport, "allowed": [allowed]}
    return list(sip.account(held, state, detail))


SDP = "v=0\r\nm=audio 4000 RTP/AVP 0 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n"


def test_a_far_end_that_answers_is_asked_for_codecs_and_our_address() -> None:
    with registrar(";received=127.0.0.1", SDP) as port:
        found = of_sip(port)
        assert [state for state, _ in found] == ["ok"] * 5, found
        assert ("ok", "codecs in common: G.711 µ-law, Opus") in found
        assert "dropped" in wrong(iter(of_sip(port, allowed="192.0.2.0/24")))
        assert "user name or password is wrong" in wrong(iter(of_sip(port, state="registration_failed", detail="401")))
    with registrar(";received=203.0.113.9", "m=audio 4000 RTP/AVP 18\r\n") as port:
        told = wrong(iter(of_sip(port)))
        assert "takes G729, and none of our codecs" in told
        assert "sees us at 203.0.113.9" in told
        assert "(NAT)" in told


def test_a_far_end_that_does_not_answer_is_told_by_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip, "WAITS", (0.1,))
    assert "nothing listens there" in wrong(iter(of_sip(free_port(), transport="tcp")))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        assert "no answer" in wrong(iter(of_sip(deaf.getsockname()[1])))
    held = {"host": "nowhere.invalid", "transport": "udp", "allowed": ["127.0.0.1/32"]}
    assert "there is no such host" in wrong(sip.account(held, "ready", ""))
