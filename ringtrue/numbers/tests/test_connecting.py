from __future__ import annotations

from typing import Any

import pytest

from ringtrue.core.models import AuditEntry
from ringtrue.numbers.connecting import CannotConnect, connect, credentials_of, give_number, take_number
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.numbers.reading import e164

SID = "AC" + "a" * 32
TOKEN = "0123456789abcdef" * 2


@pytest.mark.promise("P-CLX-7-2")
def test_credentials_are_stored_encrypted_and_only_so(dental: Any) -> None:
    account = connect(dental.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN}, actor="user:1")
    stored = LineAccount.objects.get(id=account.id).credentials
    assert TOKEN not in stored
    assert stored.startswith("gAAAA")  # a Fernet token
    assert credentials_of(account) == {"auth_token": TOKEN}
    assert not any(TOKEN in str(entry.detail) for entry in AuditEntry.objects.all())


def test_connecting_again_changes_the_credentials(dental: Any) -> None:
    first = connect(dental.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN}, actor="user:1")
    second = connect(dental.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN[::-1]}, actor="user:1")
    assert first.id == second.id
    assert credentials_of(LineAccount.objects.get(id=first.id)) == {"auth_token": TOKEN[::-1]}


@pytest.mark.parametrize(("sid", "token", "field"), [("SK" + "a" * 32, TOKEN, "account_sid"), (SID, "short", "auth_token")])
def test_what_cannot_be_credentials_is_told_at_its_field(dental: Any, sid: str, token: str, field: str) -> None:
    with pytest.raises(CannotConnect) as told:
        connect(dental.workspace.id, "twilio", {"account_sid": sid, "auth_token": token}, actor="user:1")
    assert told.value.field == field
    assert not LineAccount.objects.exists()


def test_a_number_is_given_to_an_agent_and_taken_away(dental: Any) -> None:
    account = connect(dental.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN}, actor="user:1")
    row = give_number(account, "(856) 555-0100", dental.agent.id, actor="user:1", country="US")
    assert row.number == "+18565550100"
    again = give_number(account, "+1 856 555 0100", None, actor="user:1")
    assert again.id == row.id
    assert PhoneNumber.objects.get().agent_id is None
    take_number(again, actor="user:1")
    assert not PhoneNumber.objects.exists()
    with pytest.raises(CannotConnect):
        give_number(account, "five five five", None, actor="user:1")


@pytest.mark.parametrize("text", ["anonymous", "Restricted", "+266696687", "", "client:bob", "sip:bob@example.com"])
def test_withheld_numbers_are_none(text: str) -> None:
    assert e164(text) == ""
