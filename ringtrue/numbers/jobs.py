"""Background work on numbers. Arguments are ids only."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ringtrue.numbers import buying


@app.task(name="numbers.carry_out")
def carry_out(order_id: str) -> None:
    buying.carry_out(order_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="numbers.look_after_orders", queueing_lock="numbers.look_after_orders", pass_context=False)
def look_after(timestamp: int) -> None:
    buying.look_after_orders()
