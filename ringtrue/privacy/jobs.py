"""Periodic work of privacy: expiry, unfinished erasures, key backups, signed heads of the audit chain."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ringtrue.core import checkpoints
from ringtrue.privacy import announcing, backing_up_keys, closing, deleting_elsewhere, erasing, retention, reviewing


@app.periodic(cron="37 2 * * *")
@app.task(name="privacy.expire", queueing_lock="privacy.expire")
def expire(timestamp: int) -> None:
    retention.expire(timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="privacy.resume_erasures", queueing_lock="privacy.resume_erasures")
def resume_erasures(timestamp: int) -> None:
    erasing.resume()


@app.periodic(cron="* * * * *")
@app.task(name="privacy.delete_elsewhere", queueing_lock="privacy.delete_elsewhere")
def delete_elsewhere(timestamp: int) -> None:
    deleting_elsewhere.carry_out()


@app.periodic(cron="11 1 * * *")
@app.task(name="privacy.back_up_keys", queueing_lock="privacy.back_up_keys")
def back_up_keys(timestamp: int) -> None:
    backing_up_keys.back_up()


@app.periodic(cron="* * * * *")
@app.task(name="privacy.sign_audit_head", queueing_lock="privacy.sign_audit_head")
def sign_audit_head(timestamp: int) -> None:
    checkpoints.checkpoint()


@app.periodic(cron="*/10 * * * *")
@app.task(name="privacy.announce", queueing_lock="privacy.announce")
def announce(timestamp: int) -> None:
    announcing.send_notices()
    announcing.apply_due(timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="privacy.finish_closures", queueing_lock="privacy.finish_closures")
def finish_closures(timestamp: int) -> None:
    closing.finish_due(timezone.now())


@app.periodic(cron="43 6 * * *")
@app.task(name="privacy.ask_for_reviews", queueing_lock="privacy.ask_for_reviews")
def ask_for_reviews(timestamp: int) -> None:
    reviewing.ask_owners(timezone.now())
