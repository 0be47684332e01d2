"""Background work on calls and messages at carriers. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from ringtrue.reception import verifying_caller_ids


@app.task(name="reception.tell_code", pass_context=False)
def tell_code(workspace: str, code: str) -> None:
    verifying_caller_ids.tell(UUID(workspace), UUID(code))
