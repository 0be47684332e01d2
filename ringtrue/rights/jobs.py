from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ringtrue.rights import incidents, noticing, reviewing_access, security_reports, watching_clocks, watching_itself


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
    watching_itself.look(timezone.now())


@app.periodic(cron="29 5 * * 1")
@app.task(name="rights.look_at_security", queueing_lock="rights.look_at_security")
def look_at_security(timestamp: int) -> None:
    security_reports.make(timezone.now())


@app.periodic(cron="53 6 * * *")
@app.task(name="rights.ask_for_access_reviews", queueing_lock="rights.ask_for_access_reviews")
def ask_for_access_reviews(timestamp: int) -> None:
    reviewing_access.ask_owners(timezone.now())
