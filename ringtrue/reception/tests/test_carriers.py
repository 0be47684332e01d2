"""Every carrier that tells of calls by webhooks, over Django's own request path, as its stand-in sends them. What the hooks make of
them in each odd case stands in `test_hooks.py`."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from ringtrue.calls.models import Call
from ringtrue.conforming.hook_checks import CALLER, OURS, event
from ringtrue.conforming.stand_in import Hooks, Sent
from ringtrue.conforming.under_test import Line
from ringtrue.numbers.connecting import connect, give_number
from ringtrue.reception.hooks import PARTS
from ringtrue.reception.models import LineWebhook, Ticket
from ringtrue.reception.tickets import redeem
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.carrier import Answer

CARRIERS = [name for name in finding.lines() if all(finding.part(name, part) is not None for part in PARTS)]


class Carrier:
    """A carrier's stand-in that reaches our hooks."""

    def __init__(self, client: Any, line: Line) -> None:
        self.line, self.hooks = line, line.hooks()
        self._client = client

    def tells(self, hooks: Hooks | None = None, **told: str) -> Sent:
        return (hooks or self.hooks).send(event(self.line, **told), f"{settings.PUBLIC_URL}/hooks/{self.line.name}")

    def post(self, sent: Sent) -> Any:
        headers = {name: value for name, value in sent.headers.items() if name != "Content-Type"}
        kind = sent.headers.get("Content-Type", "application/x-www-form-urlencoded")
        query = f"?{sent.query}" if sent.query else ""
        return self._client.post(f"/hooks/{self.line.name}/{sent.what}{query}", sent.body, content_type=kind, headers=headers)

    def ticket(self, answer: Any) -> str:
        assert answer.status_code == 200
        return self.hooks.read(Answer(answer.content.decode(), answer["Content-Type"])).ticket


def connected(line: Line, client: Any, dental: Any) -> Carrier:
    """With an account of this business, and a number."""
    account = connect(dental.workspace.id, line.name, line.stand_in.ENTRIES, actor="user:1")
    assert not any(secret in account.credentials for secret in line.secrets())
    give_number(account, OURS, dental.agent.id, actor="user:1")
    return Carrier(client, line)


@pytest.fixture(params=CARRIERS)
def carrier(request: pytest.FixtureRequest, client: Any, dental: Any) -> Carrier:
    return connected(Line(request.param), client, dental)


def test_a_call_is_taken_once_and_ended_once(carrier: Carrier) -> None:
    ringing = carrier.tells()
    assert carrier.post(carrier.hooks.unsigned(ringing)).status_code == 403
    assert carrier.post(carrier.tells(carrier.line.stranger())).status_code == 403
    assert [model.objects.count() for model in (Call, Ticket, LineWebhook)] == [0, 0, 0]
    first, again = carrier.ticket(carrier.post(ringing)), carrier.ticket(carrier.post(ringing))
    assert first != again
    call = Call.objects.get()
    assert (call.line, call.direction) == (carrier.line.name, "inbound")
    over = carrier.tells(kind="status", status="completed")
    for told in (over, carrier.tells(kind="status", status=carrier.hooks.statuses[0]), over):
        assert carrier.post(told).status_code == 200
    call.refresh_from_db()
    assert call.state == "ended"
    assert call.events.filter(kind="ended").count() == 1
    assert not carrier.ticket(carrier.post(ringing)), "it is over"


def test_a_ticket_serves_the_line_it_was_made_for(carrier: Carrier) -> None:
    assert redeem(carrier.ticket(carrier.post(carrier.tells())), carrier.line.name)[1] == Call.objects.get().id
    assert not carrier.ticket(carrier.post(carrier.tells())), "it is being served"


def test_a_number_that_is_nobodys_is_not_taken(carrier: Carrier) -> None:
    answer = carrier.post(carrier.tells(to_number=CALLER, from_number=OURS))
    taken = carrier.hooks.read(Answer(answer.content.decode(), answer["Content-Type"]))
    assert taken.hangs_up
    assert not Call.objects.exists()
