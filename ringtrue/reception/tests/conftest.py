"""A workspace whose number is one of a Twilio account, and that account as a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing.tests.grounds import LEAD, NOON, OURS, agree, make_ground
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.calling_out import call_out
from ringtrue.reception.tests.twilio_rest import TwilioRest
from ringtrue.reception.tests.twilio_stand_in import TwilioCall

SID, TOKEN = "AC" + "b" * 32, "0123456789abcdef" * 2
Ring = Callable[..., Any]


@pytest.fixture
def rest() -> Iterator[TwilioRest]:
    made = TwilioRest(token=TOKEN)
    yield made
    made.close()


@pytest.fixture
def shop(transactional_db: Any, rest: TwilioRest) -> Any:
    made = make_ground("ringing")
    agree(made.workspace.id, LEAD)
    with workspace_scope(made.workspace.id):
        held = lock_credentials({"auth_token": TOKEN, "api_base": rest.url})
        LineAccount.objects.update(line="twilio", account_ref=SID, credentials=held)
    return made


@pytest.fixture
def ring(shop: Any) -> Ring:
    def place(number: str = LEAD, purpose: str = "sales", **more: Any) -> Any:
        with time_machine.travel(NOON, tick=True):
            return call_out(shop.agent, number, purpose=purpose, claim=f"test:{uuid4()}", **more)

    return place


@pytest.fixture
def tells(client: Client, settings: Any) -> Callable[..., tuple[int, str]]:
    """`tells(call sid, what, **fields)`: a signed webhook of Twilio about a call that we placed."""

    def post(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        answer = client.post(path, body, content_type="application/x-www-form-urlencoded", headers=headers)
        return answer.status_code, answer.content

    def webhook(sid: str, what: str, **fields: str) -> tuple[int, str]:
        carrier = TwilioCall(post, settings.PUBLIC_URL, SID, TOKEN, LEAD, OURS)
        carrier.sid = sid
        return carrier.webhook(what, **{"Direction": "outbound-api", **fields})

    return webhook
