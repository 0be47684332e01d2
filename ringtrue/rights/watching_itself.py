"""What is wrong with the installation itself, looked for every minute: the staff of whoever runs it get a mail."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import connection

from ringtrue.accounts.models import User
from ringtrue.core import running, starting
from ringtrue.core.configuring import CONFIG
from ringtrue.rights import security_reports
from ringtrue.rights.noticing import Odd, tell

log = structlog.get_logger(__name__)
WAITS = timedelta(minutes=5)
FAILED = timedelta(minutes=10)


class Fault(NamedTuple):
    name: str
    words: str


def look(now: datetime) -> list[Odd]:
    """Raise an alarm about every fault that was not told within the hour. Returns what was told."""
    found = faults(now)
    for fault in found:
        log.error("fault of the installation", fault=fault.name)
    staff = list(User.objects.filter(is_staff=True, is_active=True).values_list("email", flat=True))
    return tell(
        [Odd(f"installation:{fault.name}", fault.words, staff, hint="`ringtrue doctor` tells more.") for fault in found], now
    )


def faults(now: datetime) -> list[Fault]:
    found: list[Fault] = []
    for probe in PROBES:
        try:
            found += probe(now)
        except Exception as problem:
            # What cannot be looked at may be the worst of all.
            found.append(Fault(probe.__name__.strip("_"), f"It could not be looked at ({type(problem).__name__})."))
    return found


def _disk(_: datetime) -> Iterator[Fault]:
    free = shutil.disk_usage(CONFIG.data).free
    if free < starting.NEEDED_BYTES:
        yield Fault("disk", f"The disk is almost full: {free / 1e9:.1f} GB are left. Recordings will be lost when it is.")


def _jobs(now: datetime) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT job_id) FROM procrastinate_events WHERE type = 'failed' AND at > %s", [now - FAILED]
        )
        failed = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs j WHERE status = 'todo' AND coalesce(scheduled_at, "
            "(SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)) < %s",
            [now - WAITS],
        )
        waiting = cursor.fetchone()[0]
    if failed:
        yield Fault("jobs_failed", f"{failed} background job(s) failed within ten minutes; see the log of the worker.")
    if waiting:
        yield Fault("jobs_waiting", f"{waiting} background job(s) have waited for more than five minutes.")


def _media(_: datetime) -> Iterator[Fault]:
    if starting.running(CONFIG.data) is not None and not running.answers(CONFIG.media_port, "/health"):
        yield Fault("media", "The media process does not answer: no call can be taken.")


def _security(now: datetime) -> Iterator[Fault]:
    if security_reports.overdue(now):
        yield Fault("security_report", "There is no security report of the last week. `ringtrue security` makes one.")
    else:
        report = security_reports.newest()
        if report is not None and report.wrong:
            yield Fault("security_wrong", f"The last security report found {len(report.wrong)} thing(s) wrong: {report.wrong[0]}")


PROBES: tuple[Callable[[datetime], Iterator[Fault]], ...] = (_disk, _jobs, _media, _security)
