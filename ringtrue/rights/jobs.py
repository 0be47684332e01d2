from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ringtrue.rights import incidents, noticing, watching_clocks


@app.periodic(cron="23 * * * *")
@app.task(name="rights.watch_clocks", queueing_lock="rights.watch_clocks")
def watch_clocks(timestamp: int) -> None:
    watching_clocks.warn(timezone.now())
    watching_clocks.lapse(timezone.now())
    incidents.warn(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="rights.notice", queueing_lock="rights.notice")
def notice(timestamp: int) -> None:
    noticing.look(timezone.now())
