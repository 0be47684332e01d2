"""Background work with hosted engines. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ringtrue.hosted import provisioning, reconciling, taking_in

log = structlog.get_logger(__name__)


@app.task(name="hosted.take_in", retry=RetryStrategy(max_attempts=5, exponential_wait=5, retry_exceptions={taking_in.NotYet}))
def take_in(workspace: str, call: str) -> None:
    found = reconciling.of(workspace, call)
    if found is not None:
        taking_in.take_in(found)


@app.periodic(cron="* * * * *")
@app.task(name="hosted.reconcile", queueing_lock="hosted.reconcile")
def reconcile(timestamp: int) -> None:
    reconciling.reconcile()


@app.periodic(cron="* * * * *")
@app.task(name="hosted.keep_in_step", queueing_lock="hosted.keep_in_step")
def keep_in_step(timestamp: int) -> None:
    provisioning.keep_in_step()
