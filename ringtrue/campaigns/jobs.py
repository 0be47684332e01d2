"""The pacer as a job. It is queued every ten seconds and works that long; one that died leaves nothing that the next would wait for."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ringtrue.campaigns.pacing import pace_for

EVERY_S = 10


@app.periodic(cron=f"* * * * * */{EVERY_S}")
@app.task(name="campaigns.pace", queueing_lock="campaigns.pace", pass_context=False)
def pace(timestamp: int) -> None:
    pace_for(EVERY_S)
