"""Periodic work of the installation itself: its backup, and the proof that it can be restored."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from ringtrue.core import backing_up, restoring


@app.periodic(cron="53 1 * * *")
@app.task(name="core.back_up", queueing_lock="core.back_up")
def back_up(timestamp: int) -> None:
    backing_up.back_up()
    backing_up.remove_old(datetime.now(UTC))


@app.periodic(cron="13 4 * * 0")
@app.task(name="core.rehearse_restore", queueing_lock="core.rehearse_restore")
def rehearse_restore(timestamp: int) -> None:
    for newest in backing_up.backups()[-1:]:
        restoring.rehearse(newest)
