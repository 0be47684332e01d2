"""The SIP gateway against real peers, without a database: Kamailio as a registrar, telephones as far ends, TLS, what stands in its way."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringtrue.media.tests.certificates import Authority
from ringtrue.media.tests.kamailio import REFUSED_WITH, Kamailio, need_kamailio
from ringtrue.media.tests.sip_house import PEER, House, free_pair, free_port, phone, result, trunk
from ringtrue.voice.lines.sip.carrying import MOST_UNCONFIRMED, sender_of
from ringtrue.voice.lines.sip.desk_talk import Dial

pytestmark = pytest.mark.line

US = "+18565550100"


def tone_in(path: Path) -> bool:
    return bool((np.abs(np.frombuffer(path.read_bytes(), "<i2").astype(int)) > 3000).any())


LONG = bool(os.environ.get("RINGTRUE_LONG"))


def dial(house: House, trunk_id: str, number: str, ref: str, ring_s: int = 60) -> None:
    order = Dial(ask=0, trunk=trunk_id, number=number, caller_id=US, ref=ref, ticket="a ticket", ring_s=ring_s)
    assert house.order(order) == ""


# --- a login at a registrar


@pytest.fixture(scope="module")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    need_kamailio()
    made = Kamailio(tmp_path_factory.mktemp("kamailio"))
    yield made
    with contextlib.suppress(ProcessLookupError):
        made.stop()


@pytest.fixture(scope="module")
def logins(carrier: Kamailio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    at = {"kind": "account", "host": f"127.0.0.1:{carrier.port}"}
    trunks = [
        trunk(id="good", user="bot", password="secret", **at),
        trunk(id="wrong", user="bad", password="nope", **at),
        trunk(id="barred", user="barred", password="secret", **at),
        trunk(id="steady", user="steady", password="secret", transport="tcp", **at),
        trunk(id="tcp", user="tcp", password="secret", transport="tcp", kind="account", host=f"127.0.0.1:{free_port()}"),
    ]
    house = House(tmp_path_factory.mktemp("house"), trunks)
    yield house
    house.close()


def test_a_login_registers_and_stays_registered_and_a_refused_one_says_why(logins: House, carrier: Kamailio) -> None:
    logins.until(lambda: len({state.trunk for state in logins.states}) == 5, "all tell")
    assert {state.trunk: (state.code, state.detail) for state in logins.states} == {
        "good": ("registered", ""),
        "wrong": ("registration_failed", "401"),
        "barred": ("registration_failed", "403"),
        "steady": ("registered", ""),
        "tcp": ("registration_failed", "nobody_listens"),
    }
    logins.until(lambda: carrier.registrations("bot") >= 2, "the registration is refreshed before it expires")


def test_calls_come_to_a_login_and_go_out_with_its_password(logins: House, carrier: Kamailio, tmp_path: Path) -> None:
    logins.until_state("registered")
    at = {"user": "alice", "registrar": f"127.0.0.1:{carrier.port}", "password": "secret", "seconds": 2}
    coming = phone(dial=f"sip:bot@127.0.0.1:{carrier.port}", out=tmp_path / "in.raw", **at)
    assert result(coming)["status"] == "established"
    assert (logins.incoming[-1].trunks, logins.incoming[-1].from_user) == (["good"], "alice")
    assert tone_in(tmp_path / "in.raw")
    callee = phone(answer=True, out=tmp_path / "out.raw", **at)
    dial(logins, "good", "alice", "to-alice")
    result(callee)
    assert tone_in(tmp_path / "out.raw")
    logins.until(lambda: logins.dials, "the end of our call is told")
    assert (logins.dials[-1].ref, logins.dials[-1].answered) == ("to-alice", True)


def verdict(house: House, trunk_id: str, number: str) -> tuple[int, str]:
    ref = f"{trunk_id}-{number}"
    dial(house, trunk_id, number, ref, ring_s=4)
    house.until(lambda: any(end.ref == ref for end in house.dials), f"the end of {ref} is told")
    (end,) = [end for end in house.dials if end.ref == ref]
    return end.status, end.cause


def test_each_way_to_fail_is_told_apart(logins: House) -> None:
    logins.until_state("registered")
    for status in REFUSED_WITH:
        assert verdict(logins, "good", f"+19995550{status}") == (status, "")
    assert verdict(logins, "wrong", "alice") == (407, "")
    assert verdict(logins, "tcp", "alice") == (0, "nobody_listens")


def test_a_registrar_that_is_gone_is_said(logins: House, carrier: Kamailio) -> None:
    logins.until_state("registered")
    carrier.stop()
    gone = ("registration_failed", "nobody_listens")
    logins.until(
        lambda: [(state.code, state.detail) for state in logins.states if state.trunk == "steady"][-1] == gone, "it says so"
    )


def test_digest_with_sha_256(tmp_path: Path) -> None:
    need_kamailio()
    carrier = Kamailio(tmp_path, "SHA-256")
    house = House(tmp_path, [trunk(id="good", kind="account", host=f"127.0.0.1:{carrier.port}", user="bot", password="secret")])
    try:
        house.until_state("registered")
    finally:
        house.close()
        carrier.stop()


# --- TLS


class TlsRegistrar:
    """Says 200 to every REGISTER that comes over TLS."""

    def __init__(self, certificate: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), self.context.wrap_socket(plain, server_side=True) as talk:
                while asked := talk.recv(4000).decode():
                    kept = [line for line in asked.split("\r\n") if re.match("(Via|From|To|Call-ID|CSeq|Contact):", line)]
                    answer = ["SIP/2.0 200 OK", *(f"{line};tag=x" if line.startswith("To:") else line for line in kept)]
                    talk.sendall("\r\n".join([*answer, "Expires: 60", "Content-Length: 0", "", ""]).encode())


def test_over_tls_a_far_end_is_believed_only_with_a_certificate_and_sound_is_encrypted(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path, "ours"), Authority(tmp_path, "other")
    right, wrong = TlsRegistrar(ours.certificate("right")), TlsRegistrar(other.certificate("wrong"))
    certificate = ours.certificate("phone")
    port, plain_port = free_pair(), free_pair()
    at = {"kind": "account", "user": "bot", "password": "x", "transport": "tls"}
    house = House(
        tmp_path,
        [
            trunk(id="right", host=f"127.0.0.1:{right.port}", **at),
            trunk(id="wrong", host=f"127.0.0.1:{wrong.port}", **at),
            trunk(id="secret", host=f"127.0.0.1:{port + 1}", transport="tls", encrypted_media=True),
            trunk(id="plain", host=f"127.0.0.1:{plain_port}"),
        ],
        "--authorities", str(ours.path), "--certificate", str(ours.certificate("house")),
    )  # fmt: skip
    try:
        house.until(lambda: len({state.trunk for state in house.states}) == 4, "all four tell")
        assert {state.trunk: (state.code, state.detail) for state in house.states} == {
            "right": ("registered", ""),
            "wrong": ("registration_failed", "certificate"),
            "secret": ("ready", ""),
            "plain": ("ready", ""),
        }
        callee = phone(port=port, answer=True, srtp=True, certificate=certificate, seconds=2, out=tmp_path / "secret.raw")
        dial(house, "secret", US, "secret")
        result(callee)
        assert tone_in(tmp_path / "secret.raw")
        # The same telephone takes nothing that is not encrypted.
        callee = phone(port=plain_port, answer=True, srtp=True, seconds=40)
        dial(house, "plain", US, "plain")
        house.until(lambda: any(end.ref == "plain" for end in house.dials))
        callee.kill()
        assert [(end.answered, end.status) for end in house.dials if end.ref == "plain"] == [(False, 488)]
        # And who calls us over TLS sees our certificate.
        coming = phone(
            dial=f"sip:{US}@127.0.0.1:{house.port + 1};transport=tls", authorities=ours.path, seconds=2, out=tmp_path / "in.raw"
        )
        assert result(coming)["status"] == "established"
        assert tone_in(tmp_path / "in.raw")
    finally:
        house.close()


# --- in the call


@pytest.fixture(scope="module")
def third() -> int:
    """Where a colleague's telephone may ring."""
    return free_pair()


@pytest.fixture(scope="module")
def house(third: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"), [trunk(host=f"127.0.0.1:{third}")])
    made.until_state("ready")
    yield made
    made.close()


@pytest.fixture
def caller(house: House, tmp_path: Path) -> Callable[..., Any]:
    def call(**options: Any) -> Any:
        before = house.heard
        made = phone(dial=f"sip:{US}@127.0.0.1:{house.port}", out=tmp_path / "heard.raw", **options)
        house.until(lambda: house.heard > before, "the call is served")
        return made

    return call


def test_a_blind_transfer_ends_with_the_colleague(house: House, third: int, caller: Any, tmp_path: Path) -> None:
    colleague = phone(port=third, answer=True, seconds=3)
    calling = caller(refer="auto", seconds=20)
    outcome = house.transfer("+12025550177", house.incoming[-1].ref)
    assert (outcome.ok, outcome.reason) == (True, "")
    house.until(lambda: len(house.ended) == len(house.legs), "our end is closed")
    assert [end.code for end in house.transfers] == [""]
    assert "from" in result(colleague)
    assert "+12025550177" in result(calling)["transferred_to"]


@pytest.mark.parametrize("refer", ["reject", *(["auto"] if LONG else [])])  # the second waits for half a minute
def test_a_refused_transfer_gives_the_caller_back(house: House, caller: Any, refer: str) -> None:
    """The far end will not; or it tries, and nobody is there."""
    told = len(house.transfers)
    calling = caller(refer=refer, seconds=60)
    outcome = house.transfer("+12025550177", house.incoming[-1].ref)
    assert not outcome.ok
    assert outcome.reason == "declined" or (refer == "auto" and outcome.reason != "call_over")
    assert [end.code for end in house.transfers[told:]] == [outcome.reason]
    heard = house.heard
    house.until(lambda: house.heard > heard + 25, "the call goes on")
    calling.kill()
    house.hang_up()


def test_hold_by_the_far_end_is_told_to_the_call(house: House, caller: Any) -> None:
    assert result(caller(hold=1.0, hold_at=0.5, seconds=3))["status"] == "established"
    assert house.held == [True, False]


# --- damaged packets


INVITE = (
    "INVITE sip:{to}@127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bK{n}\r\n"
    "From: <sip:someone@127.0.0.1:{mine}>;tag=t{n}\r\nTo: <sip:{to}@127.0.0.1:{port}>\r\nCall-ID: fuzz{n}@x\r\n"
    "CSeq: 1 INVITE\r\nContact: <sip:someone@127.0.0.1:{mine}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n"
    "Content-Length: {length}\r\n\r\n"
)
SDP = (
    "v=0\r\no=a 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30700 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


def damaged(rng: random.Random, n: int, port: int, mine: int) -> bytes:
    whole = bytearray((INVITE.format(to="+18565550199", port=port, mine=mine, n=n, length=len(SDP)) + SDP).encode())
    for _ in range(rng.choice((1, 3, 10, 40))):
        at = rng.randrange(len(whole))
        kind = rng.randrange(4)
        if kind == 0:
            whole[at] = rng.randrange(256)
        elif kind == 1:
            del whole[at : at + rng.randrange(1, 40)]
        elif kind == 2:
            whole[at:at] = rng.randbytes(rng.randrange(1, 60))
        else:
            whole[at:at] = b"A" * rng.choice((1, 300, 5000))
        if len(whole) < 5:
            break
    return bytes(whole[:8000])


def dropped_by_filter(port: int) -> int:
    """Packets that the kernel kept from the socket: the last column of /proc/net/udp (proc(5))."""
    rows = [row.split() for row in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if row[1] == f"0100007F:{port:04X}")


def rain(house: House, messages: Iterable[bytes], sender: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind((sender, 0))
        count = 0
        for message in messages:
            out.sendto(message, ("127.0.0.1", house.port))
            count += 1
            if count % 20 == 0:
                time.sleep(0.005)  # a socket's buffer holds only so many
    return count


def test_nothing_from_outside_the_allow_list_reaches_the_process(house: House) -> None:
    before, asked = dropped_by_filter(house.port), len(house.incoming)
    rng = random.Random(8)
    sent = rain(house, (damaged(rng, n, house.port, 5060) for n in range(300)), "127.0.0.3")
    assert dropped_by_filter(house.port) - before == sent
    assert len(house.incoming) == asked


def survives(house: House, caller: Any, messages: Iterable[bytes]) -> None:
    """A call is up when they come. Whatever they do to the process: its calls end at most, and it is back."""
    calling = caller(seconds=30)
    rain(house, messages, "127.0.0.1")
    for _ in range(3):  # what it has read may also end it a moment later, with the call that is under way then
        if house.process.poll() is not None:
            house.until(lambda: len(house.ended) == len(house.legs), "its calls are over")
            house.process = house.start()
        heard = house.heard
        again = caller(seconds=1)
        status = result(again)["status"]
        if status == "established":
            break
        house.hang_up()  # 486: what was still good of the rain has taken every line
    assert status == "established"
    assert house.heard > heard
    calling.kill()
    house.hang_up()


def test_damaged_invites_end_the_process_at_most(house: House, caller: Any) -> None:
    rng = random.Random(7)
    survives(house, caller, [damaged(rng, n, house.port, 5062) for n in range(3000 if LONG else 300)])


def test_torture_messages_end_the_process_at_most(house: House, caller: Any, eval_data: Path) -> None:
    """RFC 4475."""
    messages = [path.read_bytes() for path in sorted((eval_data / "sip" / "rfc4475").glob("*.dat"))]
    assert len(messages) == 16
    survives(house, caller, messages)


def test_a_trunk_that_confirms_none_of_its_calls_keeps_no_line(house: House, caller: Any) -> None:
    """It says INVITE, hears 200 and never says ACK. The library alone would wait for 32 s (RFC 3261, 13.3.1.4)."""
    before, begun = len(house.ended), time.monotonic()
    sent = MOST_UNCONFIRMED + 5
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.settimeout(60)
        at = {"to": US, "port": house.port, "mine": silent.getsockname()[1], "length": len(SDP)}
        for n in range(sent):
            silent.sendto((INVITE.format(n=f"silent{n}", **at) + SDP).encode(), ("127.0.0.1", house.port))
        verdicts: dict[bytes, bytes] = {}
        while len(verdicts) < sent:
            status, _, rest = silent.recv(4000).partition(b"\r\n")
            if not status.startswith(b"SIP/2.0 1"):
                verdicts[rest.partition(b"Call-ID: ")[2].partition(b"\r\n")[0]] = status[8:11]
        assert sorted(verdicts.values()) == [b"200"] * MOST_UNCONFIRMED + [b"486"] * 5
        house.until(lambda: len(house.ended) == before + sent, "all are over")
        assert time.monotonic() - begun < 25
    assert result(caller(seconds=1))["status"] == "established"


@pytest.mark.slow
def test_many_calls_at_once_are_all_heard(tmp_path: Path) -> None:
    count = 60 if LONG else 6
    house = House(tmp_path, [trunk()])
    try:
        house.until_state("ready")
        load = PEER.with_name("sip_load.py")
        words = [
            "--port",
            free_pair(),
            "--to",
            f"sip:{US}@127.0.0.1:{house.port}",
            "--calls",
            count,
            "--seconds",
            20 if LONG else 2,
        ]
        done = subprocess.run([sys.executable, load, *map(str, words)], capture_output=True, text=True, timeout=90, check=True)
        assert json.loads(done.stdout) == {"established": count, "heard": count}
    finally:
        house.close()


# --- several trunks


@pytest.mark.parametrize(
    ("via", "sender"),
    [
        ("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport", "192.0.2.1"),
        ("SIP / 2.0 / TCP 192.0.2.1", "192.0.2.1"),
        ("SIP/2.0/TLS [2001:db8::1]:5061;branch=x", "2001:db8::1"),
        ("SIP/2.0/UDP pbx.example;branch=x", "None"),
        ("", "None"),
    ],
)
def test_the_nearest_hop_of_a_call(via: str, sender: str) -> None:
    assert str(sender_of(via)) == sender


def test_a_trunk_that_comes_later_waits_for_the_calls_that_are_up(house: House, caller: Any) -> None:
    """Last of all: it ends the gateway, which its supervisor would start again."""
    calling = caller(seconds=4)
    house.trunks[0:0] = [trunk(id="late", host="127.0.0.1:2", allowed=["127.0.0.9"])]
    house.until_state("waiting")
    assert result(calling)["closed_by_them"] is False
    house.process.wait(20)
    house.process = house.start()
    house.until(lambda: any((state.trunk, state.code) == ("late", "ready") for state in house.states))
    result(caller(seconds=1))
    assert house.incoming[-1].trunks == ["t"], "by the sender that the call names, not the first trunk there is"


def test_a_port_that_another_program_has_is_said_until_it_is_free(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        port = free_pair()
        other.bind(("127.0.0.1", port))
        house = House(tmp_path, [trunk()], port=port)
        try:
            house.until_state("port_taken", str(port))
            other.close()
            house.until_state("ready")
            assert house.process.poll() is None
        finally:
            house.close()
