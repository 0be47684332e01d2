"""Reminding as a job. All state is in rows: one that died leaves nothing that the next would wait for."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from ringtrue.reminders import reminding

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * * */30")
@app.task(name="reminders.remind", queueing_lock="reminders.remind", lock="reminders.remind", pass_context=False)
def remind(timestamp: int) -> None:
    for workspace_id in reminding.busy():
        try:
            reminding.remind(workspace_id)
        except Exception as problem:  # one workspace must not hold up the others
            log.error("not reminded", workspace=str(workspace_id), problem=type(problem).__name__)
