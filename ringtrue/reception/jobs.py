"""Background work on calls and messages at carriers. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from ringtrue.reception import texting, verifying_caller_ids
from ringtrue.reception.costing import ask_for_costs


@app.task(name="reception.send_text")
def send_text(message_id: str) -> None:
    texting.send(message_id)


@app.task(name="reception.tell_code", pass_context=False)
def tell_code(workspace: str, code: str) -> None:
    verifying_caller_ids.tell(UUID(workspace), UUID(code))


@app.periodic(cron="* * * * *")
@app.task(name="reception.take_up_texts", queueing_lock="reception.take_up_texts", pass_context=False)
def take_up_texts(timestamp: int) -> None:
    texting.take_up()


@app.periodic(cron="* * * * *")
@app.task(name="reception.ask_for_costs", queueing_lock="reception.ask_for_costs", pass_context=False)
def ask(timestamp: int) -> None:
    ask_for_costs()
