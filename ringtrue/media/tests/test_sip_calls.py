"""Whole calls over SIP: a real telephone (another process of the SIP library) through the gateway, a real loop and a real scribe."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import time_machine

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started, starter_workspace
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.core.configuring import CONFIG
from ringtrue.core.supervising import Part, Supervisor
from ringtrue.dialing.models import Attempt, DialingSettings, ImportedList
from ringtrue.dialing.tests.grounds import LEAD, NOON, agree
from ringtrue.media.tests.other_line import OtherLine
from ringtrue.media.tests.processes import STUB, Media
from ringtrue.media.tests.sip_house import PEER, free_pair, free_port
from ringtrue.media.tests.stub_speech import LONG_ANSWER, QUESTION, spoken
from ringtrue.numbers.connecting import CannotConnect, connect, give_number
from ringtrue.numbers.models import LineAccount
from ringtrue.reception import tickets
from ringtrue.reception.calling_out import call_out

pytestmark = pytest.mark.line

OURS, CALLER = "+18565550100", "+12025550123"


TRUNK_PORT = free_pair()


@pytest.fixture(scope="module")
def media(database: None) -> Iterator[Media]:
    yield from behind_a_desk(STUB)


def behind_a_desk(speech: str) -> Iterator[Media]:
    """Loop and scribe where an installation has them: an order to the gateway is taken there, for the scribe and for the test."""
    with pytest.MonkeyPatch.context() as patch:
        port = free_port(socket.SOCK_STREAM)
        patch.setenv("RINGTRUE_MEDIA_PORT", str(port))
        made = Media(speech, port=port)
        desk = CONFIG.data / "run" / "sip.sock"
        desk.parent.mkdir(parents=True, exist_ok=True)
        desk.symlink_to(made.socket.parent / "sip.sock")
        try:
            yield made.start()
        finally:
            made.stop()
            desk.unlink()


@pytest.fixture(scope="module")
def shop(database: None) -> Started:
    made = starter_workspace("dental", owner_email="owner@dental.example", slug="sip-test")
    with workspace_scope(made.workspace.id):
        entries = {"name": "The PBX", "kind": "ip", "host": f"127.0.0.1:{TRUNK_PORT}", "allowed": "127.0.0.1"}
        account = connect(made.workspace.id, "sip", entries, actor="user:1")
        give_number(account, OURS, made.agent.id, actor="user:1")
    return made


class Gateway:
    """The gateway under its supervisor, as in an installation."""

    def __init__(self, desk: Path, logs: Path) -> None:
        self.port = free_pair()
        self.said: list[str] = []
        command = [
            sys.executable, "-m", "ringtrue.voice.lines.sip.gateway", "--listen", f"127.0.0.1:{self.port}", "--desk", str(desk),
        ]  # fmt: skip
        self.part = Part(name="sip", command=command, alive=lambda: True)
        self.logs = logs
        self.supervisor = Supervisor([self.part], logs, self.said.append)
        self.supervisor.start()
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()
        self.until_served(1)

    def _keep(self) -> None:
        while not self._over.wait(0.05):
            self.supervisor.keep()

    def until_served(self, times: int, seconds: float = 20) -> None:
        log, deadline = self.logs / "sip.log", time.monotonic() + seconds
        while log.read_text().count("sip gateway serves") < times:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)

    def close(self) -> None:
        self._over.set()
        self._keeper.join()
        self.supervisor.stop()


@pytest.fixture(scope="module")
def gateway(media: Media, shop: Started, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(media.socket.parent / "sip.sock", tmp_path_factory.mktemp("sip"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def phone(gateway: Gateway, tmp_path: Path) -> Any:
    def start(to: str = OURS, **options: Any) -> subprocess.Popen[str]:
        given = {
            "port": free_pair(), "user": CALLER, "dial": f"sip:{to}@127.0.0.1:{gateway.port}", "out": tmp_path / "heard.raw",
            **options,
        }  # fmt: skip
        words = [f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}") for name, value in given.items() if value]
        return subprocess.Popen([sys.executable, str(PEER), *words], stdout=subprocess.PIPE, text=True)

    return start


def result(phone: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = phone.communicate(timeout=60)
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def sound(path: Path, what: str, seconds: float) -> Path:
    path.write_bytes(spoken(what, seconds))
    return path


def ended_calls(shop: Started, count: int, seconds: float = 15) -> list[Call]:
    deadline = time.monotonic() + seconds
    while True:
        with workspace_scope(shop.workspace.id):
            found = list(Call.objects.filter(line="sip", state="ended").order_by("created_at"))
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def new_call(shop: Started, before: list[Call], seconds: float = 15) -> Call:
    """The call that has ended since; the dates of calls tell nothing, for some tests travel in time."""
    known = {call.id for call in before}
    return next(call for call in ended_calls(shop, len(known) + 1, seconds) if call.id not in known)


def calls_so_far(shop: Started) -> int:
    with workspace_scope(shop.workspace.id):
        return Call.objects.filter(line="sip").count()


@pytest.mark.django_db(transaction=True)
def test_the_database_is_there() -> None:
    """See `database` in conftest."""


def test_a_caller_is_greeted_answered_and_on_record(shop: Started, phone: Any, tmp_path: Path) -> None:
    before = calls_so_far(shop)
    said = sound(tmp_path / "said.raw", "question", 1.5)
    told = result(phone(sound=said, converse=True, seconds=45, press="5#", press_at=1.0))
    assert told["status"] == "established"
    assert told["turns_heard"] == 2, "the greeting, and the answer"
    record = ended_calls(shop, before + 1)[-1]
    assert (record.line, record.recorded) == ("sip", True)
    with workspace_scope(shop.workspace.id):
        lines = [(line.speaker, line.text) for line in reading.transcript(record)]
        pressed = [event for event in reading.told(record) if event.kind == "digits"]
    assert ("caller", QUESTION) in lines
    assert any(speaker == "agent" and text in LONG_ANSWER for speaker, text in lines)
    assert pressed


def test_a_number_that_nobody_answers_is_refused_and_nothing_is_kept(shop: Started, phone: Any) -> None:
    before = calls_so_far(shop)
    assert result(phone(to="+18565550199"))["status"] == "failed 486"
    assert calls_so_far(shop) == before


OPTIONS = (
    "OPTIONS sip:x@127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {ip}:{mine};branch=z9hG4bKo;rport\r\nFrom: <sip:a@{ip}>;tag=o\r\n"
    "To: <sip:x@127.0.0.1:{port}>\r\nCall-ID: options@{ip}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


def asked_options(ip: str, port: int, seconds: float) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind((ip, 0))
        asking.settimeout(seconds)
        asking.sendto(OPTIONS.format(ip=ip, port=port, mine=asking.getsockname()[1]).encode(), ("127.0.0.1", port))
        try:
            return asking.recv(4000)
        except TimeoutError:
            return b""


def test_packets_from_elsewhere_get_no_answer_at_all(gateway: Gateway) -> None:
    assert asked_options("127.0.0.1", gateway.port, 10).startswith(b"SIP/2.0 200")
    assert asked_options("127.0.0.3", gateway.port, 1) == b""


@pytest.mark.parametrize("codecs", ["pcma", "g722/16000/1", "opus/48000/2"])
def test_other_codecs_are_heard_too(phone: Any, tmp_path: Path, codecs: str) -> None:
    told = result(phone(codecs=codecs, seconds=3))
    assert told["status"] == "established"
    heard = np.abs(np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2").astype(int))
    assert (heard > 3000).any()


def test_a_killed_gateway_ends_its_calls_with_a_reason_and_is_back(
    shop: Started, gateway: Gateway, phone: Any, media: Media
) -> None:
    before = calls_so_far(shop)
    other = OtherLine(shop, media.port, OURS, CALLER)
    calling = phone(seconds=20)
    deadline = time.monotonic() + 10
    while calls_so_far(shop) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    assert gateway.part.process is not None
    gateway.part.process.send_signal(signal.SIGKILL)  # type: ignore[union-attr]
    killed = time.monotonic()
    answered = other.asks()
    gateway.until_served(2)
    back_s = time.monotonic() - killed
    record = ended_calls(shop, before + 1)[-1]
    calling.kill()
    assert record.end_reason == "line_failed"
    answered()  # another line notices nothing
    other.hang_up()
    told = result(phone(seconds=2))
    assert told["status"] == "established", (told, (gateway.logs / "sip.log").read_text())
    assert back_s < 15  # 5 s are promised on a machine that is not busy with tests


@pytest.mark.skipif(not os.environ.get("RINGTRUE_LONG"), reason="make test-long: waits for half a minute of silence")
def test_a_caller_whose_network_is_gone_ends_as_a_broken_line(shop: Started, phone: Any) -> None:
    before, begun = ended_calls(shop, 0), calls_so_far(shop)
    calling = phone(seconds=90)
    deadline = time.monotonic() + 20
    while calls_so_far(shop) == begun and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(2.0)
    calling.kill()
    assert new_call(shop, before, seconds=60).end_reason == "line_failed"


def test_a_call_that_we_place_is_greeted_when_it_is_answered(
    shop: Started, gateway: Gateway, phone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(ended_calls(shop, 0))
    callee = phone(dial=None, answer=True, port=TRUNK_PORT, seconds=8)
    assert callee.stdout is not None
    assert callee.stdout.readline() == "ready\n"
    with workspace_scope(shop.workspace.id):
        DialingSettings.objects.create(workspace=shop.workspace, countries=["US"])
        ImportedList.objects.create(
            workspace=shop.workspace, name="us.national", published_at=NOON - timedelta(days=5), ready=True, lines=1
        )
    agree(shop.workspace.id, LEAD)
    monkeypatch.setattr(tickets, "extend", lambda call, lifetime: None)  # the test's noon is not the scribe's
    with time_machine.travel(NOON, tick=True):
        _, placed = call_out(shop.agent, LEAD, purpose="sales", claim="test:sip")
    assert placed.state == "placed", placed
    told = result(callee)
    heard = np.abs(np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2").astype(int))
    assert (heard > 3000).any(), told
    record = ended_calls(shop, before + 1)[-1]
    assert (record.direction, record.end_reason) == ("outbound", "caller_hung_up")
    deadline = time.monotonic() + 15
    while True:
        with workspace_scope(shop.workspace.id):
            attempt = Attempt.objects.get(claim="test:sip")
        if attempt.state == "ended" or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    assert (attempt.state, attempt.answered) == ("ended", True)


NO_CODEC_OF_OURS = (
    "INVITE sip:{to}@127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bKg729;rport\r\n"
    "From: <sip:{caller}@127.0.0.1>;tag=g\r\nTo: <sip:{to}@127.0.0.1:{port}>\r\nCall-ID: g729@127.0.0.1\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:a@127.0.0.1:{mine}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"
)
G729 = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"


def test_a_call_in_a_codec_that_we_do_not_speak_stands_among_the_calls_with_the_reason(shop: Started, gateway: Gateway) -> None:
    before = ended_calls(shop, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind(("127.0.0.1", 0))
        asking.settimeout(10)
        words = {"to": OURS, "caller": CALLER, "port": gateway.port, "mine": asking.getsockname()[1], "length": len(G729)}
        asking.sendto(NO_CODEC_OF_OURS.format(**words, body=G729).encode(), ("127.0.0.1", gateway.port))
        answers = asking.recv(4000)
        while answers.startswith(b"SIP/2.0 1"):
            answers = asking.recv(4000)
    assert answers.startswith(b"SIP/2.0 488")
    record = new_call(shop, before)
    assert (record.direction, record.end_reason, record.outcome) == ("inbound", "no_common_codec", "failed")
    with workspace_scope(shop.workspace.id):
        assert reading.numbers(record)["from_number"] == CALLER
        assert reading.timeline(record)[-1].title == "Ended: the other side takes none of our sound formats"


class Busy:
    """A telephone at the trunk's address that is busy."""

    def __enter__(self) -> Busy:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", TRUNK_PORT))
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"over", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _answer(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(4000)
            if packet == b"over":
                return
            if packet.startswith(b"INVITE"):
                named = [
                    line
                    for line in packet.split(b"\r\n")
                    if line.lower().startswith((b"via", b"from", b"to:", b"call-id", b"cseq"))
                ]
                named = [line + b";tag=busy" if line.lower().startswith(b"to:") else line for line in named]
                time.sleep(0.3)  # a telephone is never as near as this one
                self._socket.sendto(b"\r\n".join([b"SIP/2.0 486 Busy Here", *named, b"Content-Length: 0", b"", b""]), sender)


@pytest.mark.parametrize("takes", [True, False])
def test_a_colleague_is_told_and_takes_the_call_or_the_caller_is_given_back(
    shop: Started, gateway: Gateway, phone: Any, tmp_path: Path, takes: bool
) -> None:
    before = ended_calls(shop, 0)
    wish = sound(tmp_path / "wish.raw", "person", 5.0)
    theirs = tmp_path / "theirs.raw"
    with contextlib.ExitStack() as at_the_trunk:
        if takes:
            answer = sound(tmp_path / "answer.raw", "question", 2.0)
            colleague = phone(dial=None, answer=True, port=TRUNK_PORT, take=True, press="1", sound=answer, seconds=60, out=theirs)
            assert colleague.stdout is not None
            assert colleague.stdout.readline() == "ready\n"
        else:
            at_the_trunk.enter_context(Busy())
        told = result(phone(sound=wish, converse=True, stay=takes, seconds=60))
    record = new_call(shop, before)
    with workspace_scope(shop.workspace.id):
        timeline = reading.timeline(record)
        attempt = Attempt.objects.filter(claim__startswith=f"transfer:{record.id}:").first()
    assert attempt is not None, [(moment.at_ms, moment.title, moment.fields.get("text")) for moment in timeline]
    ringing_ms = next(moment.at_ms for moment in timeline if moment.fields.get("stage") == "ringing")
    heard = np.abs(np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2").astype(int))[ringing_ms * 8 :]
    frames = heard[: len(heard) // 160 * 160].reshape(-1, 160).max(axis=1)
    assert np.diff(np.flatnonzero(frames > 200)).max() * 0.02 < 2.0, "the caller hears no longer silence"
    assert (attempt.caller_id, attempt.purpose) == (OURS, "transfer")
    titles = [moment.title for moment in timeline]
    if not takes:
        assert "Could not be passed on: the line was busy" in titles
        assert "I'm sorry, I couldn't reach anybody." in [moment.fields.get("text") for moment in timeline]
        return
    assert (heard > 15000).any(), "the colleague's own voice"
    assert told["closed_by_them"]
    result(colleague)
    briefed = np.abs(np.frombuffer(theirs.read_bytes(), "<i2").astype(int))
    assert (briefed > 3000).sum() > 8000 * 3, "the colleague was told something"
    assert [title for title in titles if "dentist on duty" in title] == [
        "Ringing the dentist on duty", "The dentist on duty answered", "The dentist on duty was told who is calling",
        "The dentist on duty took the call", "Passed to the dentist on duty",
    ]  # fmt: skip
    assert (record.end_reason, record.outcome) == ("transferred", "transfer")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"allowed": ""}, "allowed"),
        ({"allowed": "sip.example.com"}, "allowed"),
        ({"allowed": "0.0.0.0/0"}, "allowed"),
        ({"host": "sip example"}, "host"),
        ({"kind": "account", "user": ""}, "user"),
        ({"kind": "account", "user": "100", "password": ""}, "password"),
        ({"transport": "smoke"}, "transport"),
    ],
)
def test_what_cannot_be_a_trunk_is_told_at_its_field(dental: Any, changed: dict[str, str], field: str) -> None:
    given = {"name": "PBX", "kind": "ip", "host": "192.0.2.10", "allowed": "192.0.2.10", **changed}
    with pytest.raises(CannotConnect) as told:
        connect(dental.workspace.id, "sip", given, actor="user:1")
    assert told.value.field == field
    assert not LineAccount.objects.filter(line="sip", workspace=dental.workspace).exists()
