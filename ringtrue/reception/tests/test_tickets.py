from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.reception.answering import open_call
from ringtrue.reception.models import Ticket
from ringtrue.reception.tickets import TicketRefused, redeem


def test_a_ticket_works_once(dental: Any) -> None:
    call, token = open_call(dental.agent, line="browser", is_test=True)
    assert redeem(token, "browser") == (dental.workspace.id, call.id)
    with pytest.raises(TicketRefused, match="used"):
        redeem(token, "browser")


def test_only_a_hash_is_kept(dental: Any) -> None:
    _, token = open_call(dental.agent, line="browser")
    stored = Ticket.objects.get()
    assert token not in str(stored.__dict__)


def test_another_line_cannot_use_it_and_does_not_spend_it(dental: Any) -> None:
    call, token = open_call(dental.agent, line="browser")
    with pytest.raises(TicketRefused, match="wrong_line"):
        redeem(token, "twilio")
    assert redeem(token, "browser")[1] == call.id


def test_it_lives_for_a_minute(dental: Any) -> None:
    _, token = open_call(dental.agent, line="browser")
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        with pytest.raises(TicketRefused, match="expired"):
            redeem(token, "browser")


def test_an_unknown_one_is_refused(dental: Any) -> None:
    with pytest.raises(TicketRefused, match="unknown"):
        redeem("made-up", "browser")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins() -> None:
    made = starter_workspace("dental", owner_email="o@dental.example", slug="race")
    with workspace_scope(made.workspace.id):
        _, token = open_call(made.agent, line="browser")
    gate = threading.Barrier(6)
    results: list[str] = []

    def run() -> None:
        gate.wait()
        try:
            redeem(token, "browser")
            results.append("won")
        except TicketRefused as refusal:
            results.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["used"] * 5 + ["won"]
    with system_scope("test"):
        assert Ticket.objects.get().used_at is not None
