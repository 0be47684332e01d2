"""Whole calls of an Asterisk: the dialplan that the console shows, our hooks, a real loop and a real scribe."""

from __future__ import annotations

import asyncio
import html
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import AgentVersion
from ringtrue.agents.publishing import current
from ringtrue.agents.starters import Started, starter_workspace
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.dialing.models import Attempt, DialingSettings, ImportedList
from ringtrue.dialing.tests.grounds import LEAD, NOON, agree
from ringtrue.media.tests.processes import Media as Processes
from ringtrue.media.tests.sip_house import free_pair
from ringtrue.media.tests.stub_speech import LONG_ANSWER, QUESTION, spoken
from ringtrue.numbers.connecting import connect, give_number, hook_urls
from ringtrue.reception import tickets
from ringtrue.reception.calling_out import call_out
from ringtrue.reception.tests.asterisk_media import AudioSocketStream, Media, WebSocketChannel
from ringtrue.reception.tests.asterisk_stand_in import AsteriskCall, originate
from ringtrue.voice.lines.asterisk.about import DIALING_PLAN, DIALPLAN, WEBSOCKET
from ringtrue.voice.lines.asterisk.tests.stand_in import ENTRIES, Api

pytestmark = pytest.mark.line

ACCOUNT, SECRET = ENTRIES["account"], ENTRIES["secret"]
OURS, CALLER, COLLEAGUE = "+18565550100", "+12025550123", "+18565550119"
STREAMS = free_pair()
OVER_TCP = f"Answer()\n same => n,AudioSocket(${{TICKET}},127.0.0.1:{STREAMS})"


@pytest.fixture(scope="module")
def media(database: None) -> Iterator[Processes]:
    made = Processes(env={"RINGTRUE_AUDIOSOCKET_LISTEN": f"127.0.0.1:{STREAMS}"})
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    made = Api(ACCOUNT, dict(ENTRIES))
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(database: None) -> Started:
    made = starter_workspace("dental", owner_email="owner@dental.example", slug="asterisk-test")
    connected(made, {"account": ACCOUNT, "secret": SECRET})
    return made


def connected(shop: Started, entries: dict[str, str]) -> None:
    with workspace_scope(shop.workspace.id):
        account = connect(shop.workspace.id, "asterisk", entries, actor="user:1")
        give_number(account, OURS, shop.agent.id, actor="user:1")


def passes_calls_on(shop: Started, how: str) -> None:
    with workspace_scope(shop.workspace.id):
        version = current(shop.agent)
        assert version is not None
        version.document["escalations"] = [{**one, "transfer": how} for one in version.document["escalations"]]
        AgentVersion.objects.filter(id=version.id).update(document=version.document)


class Pbx:
    """The files of one Asterisk, as the console shows them, and our hooks as it reaches them."""

    def __init__(self, client: Client, media: Processes) -> None:
        known = {**hook_urls("asterisk"), "media": f"ws://127.0.0.1:{media.port}/asterisk"}
        self._client = client
        self._websocket = WEBSOCKET.format(**known)
        self._dialplan = f"{DIALPLAN}\n{DIALING_PLAN}".format(**known).replace("the name from above", ACCOUNT)

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        answer = self._client.post(path, body, content_type="application/x-www-form-urlencoded")
        return answer.status_code, answer.content

    def ring(self, exten: str = OURS, secret: str = SECRET, over_tcp: bool = False) -> AsteriskCall:
        dialplan = self._dialplan.replace("the secret from above", secret)
        if over_tcp:
            dialplan = dialplan.replace("Dial(WebSocket/ringtrue/c(ulaw)nv(ticket=${TICKET}))", OVER_TCP)
        return AsteriskCall(self._post, dialplan, self._websocket, exten, CALLER)

    def originate(self, told: dict[str, Any], conversation: Any, status: str = "ANSWER") -> AsteriskCall:
        dialplan = self._dialplan.replace("the secret from above", SECRET)
        return originate(self._post, dialplan, self._websocket, told, conversation, status)


@pytest.fixture
def pbx(shop: Started, media: Processes, client: Client) -> Pbx:
    return Pbx(client, media)


@pytest.fixture
def ring(pbx: Pbx) -> Callable[..., AsteriskCall]:
    return pbx.ring


async def greeted(call: Media) -> None:
    await call.until(call.speaking)
    await call.until(lambda: not call.speaking() and len(call.heard) > 16000 * 2)


def record_of(shop: Started, call: AsteriskCall) -> Call:
    deadline = time.monotonic() + 20
    while True:
        with workspace_scope(shop.workspace.id):
            found = Call.objects.get(provider_ref=f"{ACCOUNT}/{call.reference}")
        if found.state == "ended" or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def test_a_caller_breaks_in_presses_a_key_and_hangs_up(shop: Started, ring: Any) -> None:
    call = ring()

    async def conversation(line: WebSocketChannel) -> None:
        await greeted(line)
        line.say(spoken("question", 1.5))
        await line.until(lambda: line.said)
        await line.until(line.speaking)
        line.say(spoken("question", 1.5))
        await line.until(lambda: "FLUSH_MEDIA" in line.commands)
        await line.until(lambda: not line.speaking())
        line.press("5")
        await asyncio.sleep(2.5)  # keys count once no more of them come
        line.hang_up()

    call.run(conversation)
    record = record_of(shop, call)
    assert (record.line, record.end_reason, record.recorded) == ("asterisk", "caller_hung_up", True)
    with workspace_scope(shop.workspace.id):
        lines = [(line.speaker, line.text) for line in reading.transcript(record)]
        events = reading.told(record)
        assert reading.numbers(record)["from_number"] == CALLER
    assert ("caller", QUESTION) in lines
    assert [event.fields["digits"] for event in events if event.kind == "digits"] == ["5"]
    assert any(event.kind == "interrupted" and not event.fields["resumed"] for event in events)
    assert (call.media.faults, call.media.commands[0]) == ([], "ANSWER")
    assert (call.statuses, call.dialed) == ([200, 200], [])  # asked, and told of the end


def test_over_audiosocket_the_agent_answers_and_hangs_up(shop: Started, ring: Any) -> None:
    call = ring(over_tcp=True)

    async def conversation(line: AudioSocketStream) -> None:
        await greeted(line)
        line.say(spoken("question", 1.5))
        await line.until(lambda: line.said)
        await line.until(line.speaking)
        await line.until(lambda: not line.speaking())
        line.say(spoken("goodbye", 0.5))

    call.run(conversation)
    record = record_of(shop, call)
    assert (record.end_reason, record.outcome) == ("agent_hung_up", "answered")
    with workspace_scope(shop.workspace.id):
        assert ("agent", LONG_ANSWER) in [(line.speaker, line.text) for line in reading.transcript(record)]
    assert call.media.faults == []
    assert call.applications[-5:] == ["AudioSocket", "Set", "GotoIf", "Hangup", "Set"]


@pytest.mark.parametrize("how", ["blind", "warm"])
def test_a_transfer_goes_on_in_the_dialplan(shop: Started, ring: Any, how: str) -> None:
    """Also where a colleague was to be rung first, by an Asterisk that we cannot ask for that."""
    passes_calls_on(shop, how)
    call = ring()

    async def conversation(line: Media) -> None:
        await greeted(line)
        line.say(spoken("person", 3.5))

    call.run(conversation)
    assert (call.dialed, call.media.faults) == ([COLLEAGUE], [])
    record = record_of(shop, call)
    assert (record.end_reason, record.outcome) == ("transferred", "transfer")
    with workspace_scope(shop.workspace.id):
        attempt = Attempt.objects.get(claim__startswith=f"transfer:{record.id}:", state="ended")
    assert attempt.answered


@pytest.mark.parametrize(
    ("given", "status"), [({"secret": "x" * 32}, 403), ({"exten": "+18565550199"}, 200), ({"exten": "100"}, 200)]
)
def test_who_does_not_know_the_secret_or_dials_nobodys_number_gets_no_call(ring: Any, given: dict[str, str], status: int) -> None:
    call = ring(**given)

    async def never(line: Media) -> None:
        raise AssertionError

    call.run(never)
    assert call.statuses[0] == status
    assert call.applications == ["Set", "Set", "GotoIf", "Hangup", "Set"]
    assert not Call.objects.filter(provider_ref=f"{ACCOUNT}/{call.reference}").exists()


def test_a_call_that_nobody_serves_is_never_answered_and_ends_for_the_record(shop: Started, ring: Any) -> None:
    """Somebody else's ticket, or one that was used: the dialplan goes on as if nobody were there."""
    call = ring()
    post, tickets = call._post, []

    def other_ticket(path: str, body: bytes) -> tuple[int, bytes]:
        status, answer = post(path, body)
        if path.endswith("/voice"):
            tickets.append(answer)
            return status, b"6f1c5c2e-8a53-4f0b-9d6c-1f6c3d0f5a11"
        return status, answer

    call._post = other_ticket

    async def conversation(line: Media) -> None:
        return None

    call.run(conversation)
    assert len(tickets[0]) == 36
    assert "ANSWER" not in call.media.commands
    assert record_of(shop, call).end_reason == "line_failed"


def call_lead(shop: Started, api: Api, claim: str, number: str = LEAD) -> dict[str, Any]:
    """What Asterisk was told to place."""
    connected(shop, {**ENTRIES, "ari": api.url})
    with workspace_scope(shop.workspace.id):
        DialingSettings.objects.get_or_create(workspace=shop.workspace, defaults={"countries": ["US"]})
        ImportedList.objects.get_or_create(
            workspace=shop.workspace,
            name="us.national",
            defaults={"published_at": NOON - timedelta(days=5), "ready": True, "lines": 1},
        )
    agree(shop.workspace.id, number)
    with time_machine.travel(NOON, tick=True):
        call, placed = call_out(shop.agent, number, purpose="sales", claim=claim)
    assert (placed.state, call is not None) == ("placed", True), placed
    return api.asked[-1]


def test_a_call_that_we_place_is_greeted_when_it_is_answered(
    shop: Started, pbx: Pbx, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "extend", lambda call, lifetime: None)  # the test's noon is not the scribe's
    told = call_lead(shop, api, "test:asterisk")
    assert (told["callerId"], told["endpoint"]) == (OURS, f"Local/{LEAD}@ringtrue-out/n")

    async def conversation(line: WebSocketChannel) -> None:
        await greeted(line)
        line.hang_up()

    called = pbx.originate(told, conversation)
    assert called.dialed == [LEAD]
    record = record_of(shop, called)
    assert (record.direction, record.end_reason) == ("outbound", "caller_hung_up")
    with workspace_scope(shop.workspace.id):
        attempt = Attempt.objects.get(claim="test:asterisk")
    assert (attempt.state, attempt.answered) == ("ended", True)


def test_a_call_that_nobody_answers_ends_with_the_reason(shop: Started, pbx: Pbx, api: Api) -> None:
    async def never(line: Media) -> None:
        raise AssertionError

    record = record_of(shop, pbx.originate(call_lead(shop, api, "test:busy", "+12125550143"), never, status="BUSY"))
    assert (record.end_reason, record.outcome) == ("busy", "not_reached")
    with workspace_scope(shop.workspace.id):
        attempt = Attempt.objects.get(claim="test:busy")
    assert (attempt.state, attempt.answered) == ("ended", False)


def test_a_colleague_is_told_who_calls_and_takes_the_call(
    shop: Started, pbx: Pbx, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(shop, {**ENTRIES, "ari": api.url})
    passes_calls_on(shop, "warm")
    heard: dict[str, bytes] = {}

    async def colleague(line: WebSocketChannel) -> None:
        await greeted(line)
        line.press("1")
        await line.until(line.speaking)  # that the caller is there
        line.say(spoken("question", 2.0))
        await line.until(lambda: line.said)
        heard["colleague"] = bytes(line.heard)
        line.hang_up()

    rung: list[threading.Thread] = []
    place = api._place

    def ring(told: dict[str, Any]) -> None:
        try:
            pbx.originate(told, colleague)
        finally:
            connections.close_all()

    def placed(name: str, told: dict[str, Any]) -> None:
        place(name, told)
        rung.append(threading.Thread(target=ring, args=(told,)))
        rung[-1].start()

    monkeypatch.setattr(api, "_place", placed)
    call = pbx.ring()

    async def conversation(line: WebSocketChannel) -> None:
        await greeted(line)
        line.say(spoken("person", 3.5))
        await line.over()
        heard["caller"] = bytes(line.heard)

    call.run(conversation)
    rung[0].join()
    record = record_of(shop, call)
    assert (record.end_reason, record.outcome, call.dialed) == ("transferred", "transfer", [])
    loudest = np.abs(np.frombuffer(heard["caller"], "<i2").astype(int)).max()
    assert loudest > 15000, "the colleague's own voice"
    with workspace_scope(shop.workspace.id):
        titles = [moment.title for moment in reading.timeline(record) if "dentist on duty" in moment.title]
    assert titles == [
        "Ringing the dentist on duty", "The dentist on duty answered", "The dentist on duty was told who is calling",
        "The dentist on duty took the call", "Passed to the dentist on duty",
    ]  # fmt: skip


@pytest.mark.django_db  # also what makes pytest-django create the test database for this module
def test_the_page_shows_what_to_write_into_asterisks_files(shop: Started, client: Client) -> None:
    client.force_login(shop.owner)
    page = html.unescape(client.get(f"/w/{shop.workspace.slug}/settings/lines/").content.decode())
    assert f"uri = {settings.MEDIA_SOCKET_URL}/asterisk" in page
    assert f"CURL({settings.PUBLIC_URL}/hooks/asterisk/voice,${{WHO}}&to=${{URIENCODE(${{EXTEN}})}}" in page
    assert SECRET not in page
