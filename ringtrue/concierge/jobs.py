"""Errands go on by themselves: a job looks every few seconds at those that are under way. All state is in rows."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from ringtrue.concierge import carrying_out

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * * */10")
@app.task(name="concierge.carry_on", queueing_lock="concierge.carry_on", lock="concierge.carry_on", pass_context=False)
def carry_on(timestamp: int) -> None:
    for workspace_id, errand_id in carrying_out.under_way():
        try:
            carrying_out.advance(workspace_id, errand_id)
        except Exception as problem:  # one errand must not hold up the others
            log.error("errand not carried on", errand=str(errand_id), problem=type(problem).__name__)
