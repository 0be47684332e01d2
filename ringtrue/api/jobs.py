from __future__ import annotations

from procrastinate.contrib.django import app

from ringtrue.api import repeating


@app.periodic(cron="41 * * * *")
@app.task(name="api.forget_old_answers", queueing_lock="api.forget_old_answers")
def forget_old_answers(timestamp: int) -> None:
    repeating.forget_old()
