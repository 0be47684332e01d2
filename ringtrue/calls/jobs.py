"""Background work on calls. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ringtrue.calls import reconciling


@app.periodic(cron="* * * * *")
@app.task(name="calls.reconcile", queueing_lock="calls.reconcile", pass_context=False)
def reconcile(timestamp: int) -> None:
    reconciling.end_lost_calls()


@app.periodic(cron="17 3 * * *")
@app.task(name="calls.remove_orphans", queueing_lock="calls.remove_orphans")
def remove_orphans(timestamp: int) -> None:
    reconciling.remove_orphans()
