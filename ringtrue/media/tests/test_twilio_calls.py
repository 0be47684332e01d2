"""Whole calls over Twilio's protocol: our webhooks, a real loop and a real scribe, against a stand-in for the carrier."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import AgentVersion
from ringtrue.agents.publishing import current
from ringtrue.agents.starters import Started, starter_workspace
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing.models import Attempt, DialingSettings
from ringtrue.media.scribe import Scribe
from ringtrue.media.tests.processes import Media, running
from ringtrue.media.tests.stub_speech import LONG_ANSWER, QUESTION, spoken
from ringtrue.numbers.connecting import connect, give_number
from ringtrue.reception.answering import open_call
from ringtrue.reception.tests.twilio_rest import TwilioRest
from ringtrue.reception.tests.twilio_stand_in import TwilioCall
from ringtrue.voice.audio.g711 import ulaw_decode
from ringtrue.voice.port import ToolFailed

pytestmark = pytest.mark.line

SID, TOKEN = "AC" + "a" * 32, "0123456789abcdef" * 2
OURS, CALLER = "+18565550100", "+12025550123"


@pytest.fixture(scope="module")
def media(database: None) -> Iterator[Media]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def rest() -> Iterator[TwilioRest]:
    made = TwilioRest(elsewhere=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(database: None, rest: TwilioRest) -> Started:
    made = starter_workspace("dental", owner_email="owner@dental.example", slug="twilio-test")
    with workspace_scope(made.workspace.id):
        account = connect(made.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN}, actor="user:1")
        account.credentials = lock_credentials({"auth_token": TOKEN, "api_base": rest.url})
        account.save()
        give_number(account, OURS, made.agent.id, actor="user:1")
    return made


@pytest.fixture
def phone(shop: Started, media: Media, settings: Any, client: Client) -> Callable[[], TwilioCall]:
    settings.MEDIA_SOCKET_URL = f"ws://127.0.0.1:{media.port}"

    def post(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        answer = client.post(path, body, content_type="application/x-www-form-urlencoded", headers=headers)
        return answer.status_code, answer.content

    return lambda: TwilioCall(post, settings.PUBLIC_URL, SID, TOKEN, OURS, CALLER)


def hold(call: TwilioCall, conversation: Callable[[], Awaitable[None]]) -> None:
    """Ring, connect, and do what the caller does."""
    url, ticket = call.ring()

    async def run() -> None:
        await call.connect(url, ticket)
        await conversation()

    asyncio.run(run())


async def greeted(call: TwilioCall) -> None:
    await call.until(call.speaking)
    await call.until(lambda: not call.speaking() and len(call.heard) > 8000 * 2)


def record_of(shop: Started, call: TwilioCall, seconds: float = 20) -> Call:
    import time

    deadline = time.monotonic() + seconds
    while True:
        with workspace_scope(shop.workspace.id):
            found = Call.objects.get(provider_ref=call.sid)
        if found.state == "ended" or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def told(shop: Started, call: Call) -> list[Any]:
    with workspace_scope(shop.workspace.id):
        return reading.told(call)


@pytest.mark.promise("P-ALX-1-1")
def test_a_full_call_ends_when_the_agent_hangs_up(shop: Started, phone: Any) -> None:
    call = phone()

    async def conversation() -> None:
        await greeted(call)
        call.say(spoken("question", 1.5))
        await call.until(lambda: not call.speaking())
        await call.until(call.speaking)
        await call.until(lambda: not call.speaking())
        call.say(spoken("goodbye", 0.5))
        await call.over()

    hold(call, conversation)
    record = record_of(shop, call)
    assert (record.state, record.end_reason, record.outcome, record.recorded) == ("ended", "agent_hung_up", "answered", True)
    with workspace_scope(shop.workspace.id):
        lines = [(line.speaker, line.text) for line in reading.transcript(record)]
        sound = reading.wav(record)
    assert ("caller", QUESTION) in lines
    assert ("agent", LONG_ANSWER) in lines
    assert "AI assistant" in lines[0][1]
    assert sound is not None
    assert np.abs(np.frombuffer(call.heard_pcm(), "<i2")).max() > 4000
    status, after = call.webhook("after", CallStatus="in-progress")
    assert (status, "<Hangup/>" in after, "<Say>" in after) == (200, True, False)


def test_a_caller_who_breaks_in_is_heard_and_the_rest_is_cleared(shop: Started, phone: Any) -> None:
    call = phone()

    async def conversation() -> None:
        await greeted(call)
        call.say(spoken("question", 1.5))
        await call.until(lambda: len(call._to_say) == 0)
        await call.until(call.speaking)
        await asyncio.sleep(1.0)
        before = call.clears
        call.say(spoken("question", 1.5))
        await call.until(lambda: call.clears > before, 3)
        await call.until(lambda: not call.speaking())
        await call.until(call.speaking)  # answered anew
        call.press("5")
        await asyncio.sleep(2.5)  # keys count once no more of them come
        await call.hang_up()

    hold(call, conversation)
    record = record_of(shop, call)
    assert record.end_reason == "caller_hung_up"
    events = told(shop, record)
    cut = [event for event in events if event.kind == "said" and not event.fields["complete"]]
    assert cut
    assert LONG_ANSWER.startswith(cut[0].fields["text"].rstrip(" —…")[:10])
    assert len(cut[0].fields["text"]) < len(LONG_ANSWER)
    assert [event.fields["digits"] for event in events if event.kind == "digits"] == ["5"]
    assert any(event.kind == "interrupted" and not event.fields["resumed"] for event in events)


def test_a_ticket_serves_one_connection(shop: Started, phone: Any, media: Media) -> None:
    first, second = phone(), phone()
    url, ticket = first.ring()

    async def run() -> None:
        await first.connect(url, ticket)
        await first.until(first.speaking)
        await second.connect(url, ticket)
        await second.over(5)
        assert second.close_code == 1008
        await first.until(lambda: first.frames_sent > 60)
        await first.hang_up()

    asyncio.run(run())
    assert record_of(shop, first).state == "ended"
    assert not any(byte != 0xFF for byte in second.heard)


def test_an_unsigned_webhook_is_refused(shop: Started, phone: Any) -> None:
    call = phone()
    assert call.webhook("voice", sign=False)[0] == 403
    assert call.webhook("status", sign=False, CallStatus="completed")[0] == 403
    with workspace_scope(shop.workspace.id):
        assert not Call.objects.filter(provider_ref=call.sid).exists()


def transfers_are(shop: Started, how: str) -> None:
    """ "warm" or "blind", in the version that serves."""
    with workspace_scope(shop.workspace.id):
        version = current(shop.agent)
        assert version is not None
        version.document["escalations"] = [{**one, "transfer": how} for one in version.document["escalations"]]
        AgentVersion.objects.filter(id=version.id).update(document=version.document)


def test_a_blind_transfer_is_told_to_the_carrier_with_a_number_of_the_agents_list(
    shop: Started, phone: Any, rest: TwilioRest, media: Media
) -> None:
    transfers_are(shop, "blind")
    call = phone()

    async def conversation() -> None:
        await greeted(call)
        call.say(spoken("person", 3.5))
        await call.until(lambda: bool(updates()), 15)
        await call.over()

    def updates() -> list[tuple[str, dict[str, list[str]], str]]:
        return [update for update in rest.updates if call.sid in update[0]]

    hold(call, conversation)
    path, form, _ = updates()[0]
    assert len(updates()) == 1  # a hang-up after the transfer would end the call that was handed over
    assert path == f"/2010-04-01/Accounts/{SID}/Calls/{call.sid}.json"
    assert "<Number>+18565550119</Number>" in form["Twiml"][0]
    record = record_of(shop, call)
    assert (record.end_reason, record.outcome) == ("transferred", "transfer")
    assert TOKEN not in media.logs()


def colleague_of(phone: Any, rest: TwilioRest, media: Media, begun: int) -> tuple[TwilioCall, str, str]:
    """(their telephone, address, ticket): what the order of call number `begun` says is to be done when it is answered."""
    _, form, _ = rest.created[begun]
    assert (form["To"], form["From"]) == (["+18565550119"], [OURS])
    stream = ET.fromstring(form["Twiml"][0]).find("./Connect/Stream")  # noqa: S314 - our own document
    assert stream is not None
    ticket = stream.find("Parameter")
    assert ticket is not None
    made = phone()
    made.sid = rest.sids[begun]
    return made, f"ws://127.0.0.1:{media.port}/twilio", str(ticket.get("value"))


def longest_silence_s(coded: bytes) -> float:
    """Between the first sound and the last."""
    frames = np.abs(np.frombuffer(ulaw_decode(coded[: len(coded) // 160 * 160]), "<i2").astype(int)).reshape(-1, 160).max(axis=1)
    return float(np.diff(np.flatnonzero(frames > 200)).max() * 0.02)


@pytest.mark.promise("P-NEJ-1-6")
@pytest.mark.parametrize("takes", [True, False])
def test_a_colleague_on_a_second_leg_takes_the_call_or_leaves_it(
    shop: Started, phone: Any, rest: TwilioRest, media: Media, takes: bool
) -> None:
    transfers_are(shop, "warm")
    call, begun = phone(), len(rest.created)
    from_transfer = connected = 0

    async def conversation() -> None:
        nonlocal from_transfer, connected
        await greeted(call)
        call.say(spoken("person", 3.5))
        await call.until(lambda: len(rest.created) > begun, 15)
        from_transfer = len(call.heard)
        colleague, url, ticket = colleague_of(phone, rest, media, begun)
        if not takes:  # nobody picks up: the carrier says so
            await asyncio.to_thread(colleague.webhook, "status", CallStatus="no-answer", Direction="outbound-api")
            await call.until(lambda: not call.speaking())  # the hold sound has no pause: the agent has said that it did not work
            await call.hang_up()
            return
        await colleague.connect(url, ticket)
        await greeted(colleague)
        colleague.press("1")
        await colleague.until(colleague.speaking)  # "Thank you."
        await colleague.until(lambda: not colleague.speaking(), 15)
        connected = len(colleague.heard)
        colleague.say(spoken("question", 2.0))
        call.say(spoken("question", 2.0))
        await call.until(lambda: loud(bytes(call.heard[from_transfer:])) and loud(bytes(colleague.heard[connected:])))
        await colleague.hang_up()
        await call.over()
        await asyncio.to_thread(colleague.webhook, "status", CallStatus="completed", Direction="outbound-api")

    def loud(coded: bytes) -> bool:
        """Noise as `speech` makes it: neither the hold sound nor the tone of the agent's voice is as loud."""
        return bool(np.abs(np.frombuffer(ulaw_decode(coded), "<i2").astype(int)).max(initial=0) > 15000)

    hold(call, conversation)
    assert longest_silence_s(bytes(call.heard[from_transfer:])) < 2.0
    record = record_of(shop, call)
    stages = [event.fields.get("stage") for event in told(shop, record) if event.kind == "consulted"]
    with workspace_scope(shop.workspace.id):
        attempt = Attempt.objects.get(claim__startswith=f"transfer:{record.id}:")
        titles = [moment.title for moment in reading.timeline(record)]
    assert (attempt.state, attempt.answered, attempt.caller_id) == ("ended", takes, OURS)
    if takes:
        assert stages == ["ringing", "answered", "briefed", "accepted"]
        assert (record.end_reason, record.outcome) == ("transferred", "transfer")
        assert "Passed to the dentist on duty" in titles
    else:
        assert stages == ["ringing"]
        assert "Could not be passed on: nobody answered" in titles
        assert (record.end_reason, attempt.reason) == ("caller_hung_up", "no_answer")


def test_nobody_is_rung_whom_the_agent_does_not_name_or_the_permit_refuses(shop: Started, rest: TwilioRest) -> None:
    with workspace_scope(shop.workspace.id):
        made, token = open_call(shop.agent, line="twilio", from_number=CALLER, to_number=OURS)
    scribe = Scribe()
    scribe.redeem(token, "twilio")
    begun = len(rest.created)

    def ring(**given: str) -> str:
        try:
            scribe.use(str(made.id), "ring_colleague", {"ticket": "t" * 43, "words": "Connect me to 1 900 555 1234", **given})
        except ToolFailed as failure:
            return str(failure)
        return ""

    assert ring(escalation="+19005551234") == "not_allowed"
    assert ring(escalation="nobody", number="+19005551234") == "not_allowed"
    with workspace_scope(shop.workspace.id):
        DialingSettings.objects.create(workspace=shop.workspace, countries=["GB"])
    assert ring(escalation="pain") == "not_permitted"
    assert len(rest.created) == begun
    with workspace_scope(shop.workspace.id):
        DialingSettings.objects.all().delete()
    assert ring(escalation="pain", number="+19005551234") == ""
    assert [form["To"] for _, form, _ in rest.created[begun:]] == [["+18565550119"]], "whatever number is said beside it"
    scribe.lost(str(made.id))


def test_a_scribe_that_is_started_again_loses_nothing_that_was_told(shop: Started, phone: Any, media: Media) -> None:
    call = phone()

    async def conversation() -> None:
        await greeted(call)
        assert media.scribe is not None
        media.scribe.kill()
        media.scribe.wait()
        call.say(spoken("question", 1.5))
        await call.until(lambda: len(call._to_say) == 0)
        await call.until(call.speaking, 5)  # the caller is answered while nobody writes anything down
        await asyncio.to_thread(media.start_scribe)
        await call.until(lambda: not call.speaking())
        await call.hang_up()

    hold(call, conversation)
    record = record_of(shop, call)
    assert (record.state, record.end_reason) == ("ended", "caller_hung_up")
    kinds = [event.kind for event in told(shop, record)]
    assert kinds.count("consent") == 1
    assert kinds.count("heard") == 1
    assert kinds[0] == "answered"
    assert kinds[-1] == "ended"


def test_a_loop_that_dies_has_its_calls_ended_as_lost(shop: Started, phone: Any, media: Media) -> None:
    call = phone()

    async def conversation() -> None:
        await greeted(call)
        await asyncio.sleep(6.0)  # a piece of the recording is four seconds long, and leaves 0.4 s after its end
        assert media.loop is not None
        media.loop.kill()
        media.loop.wait()
        await call.over(5)

    try:
        hold(call, conversation)
        record = record_of(shop, call)
    finally:
        media.start_loop()
    assert (record.state, record.end_reason, record.recorded) == ("ended", "lost", True)


def test_a_loop_that_is_told_to_stop_ends_its_calls_in_words(shop: Started, phone: Any, media: Media) -> None:
    call = phone()

    async def conversation() -> None:
        await greeted(call)
        assert media.loop is not None
        media.loop.terminate()
        await call.until(call.speaking, 5)
        await call.over(15)
        assert await asyncio.to_thread(media.loop.wait, 10) == 0

    try:
        hold(call, conversation)
        record = record_of(shop, call)
    finally:
        media.start_loop()
    assert (record.state, record.end_reason) == ("ended", "stopped")
    assert any(event.kind == "said" and "end this call now" in event.fields["text"] for event in told(shop, record))


@pytest.mark.django_db  # also what makes pytest-django create the test database for this module
def test_health_tells_load_and_room(media: Media) -> None:
    health = media.health()
    assert (health["status"], health["live"], health["taking"]) == ("ok", 0, True)
    assert health["capacity"] >= 1
    assert health["loop_lag_ms_p99"] >= 0
