"""Background work of notifications. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ringtrue.notifications import delivering, mailing


@app.task(name="notifications.send_mail")
def send_mail(mail_id: str) -> None:
    mailing.send(mail_id)


@app.task(name="notifications.deliver")
def deliver(delivery_id: str) -> None:
    delivering.deliver(delivery_id)


@app.periodic(cron="* * * * *")
@app.task(name="notifications.take_up", queueing_lock="notifications.take_up")
def take_up(timestamp: int) -> None:
    """What a dead worker left behind, and what is due again."""
    mailing.release_old_claims()
    for mail_id in mailing.waiting():
        mailing.send(mail_id)
    for delivery_id in delivering.due():
        delivering.deliver(delivery_id)
