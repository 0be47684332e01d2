"""Background work on calls. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ringtrue.calls import forgetting_children, reconciling


@app.periodic(cron="* * * * *")
@app.task(name="calls.reconcile", queueing_lock="calls.reconcile", pass_context=False)
def reconcile(timestamp: int) -> None:
    reconciling.end_lost_calls()


@app.periodic(cron="*/5 * * * *")
@app.task(name="calls.forget_children", queueing_lock="calls.forget_children")
def forget_children(timestamp: int) -> None:
    forgetting_children.forget_due()


@app.periodic(cron="17 3 * * *")
@app.task(name="calls.remove_orphans", queueing_lock="calls.remove_orphans")
def remove_orphans(timestamp: int) -> None:
    reconciling.remove_orphans()
