"""Which workspace a database transaction may see. Row-level security reads the two settings that are made here.

Outside both scopes every table of a workspace is empty to us: forgetting the scope shows nothing instead of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

from django.db import connection, transaction

_SWITCH = """WITH was AS MATERIALIZED (
  SELECT coalesce(current_setting('app.workspace', true), '') AS workspace, coalesce(current_setting('app.system', true), '') AS system
) SELECT workspace, system, set_config('app.workspace', %s, true), set_config('app.system', %s, true) FROM was"""


def _switch(workspace: str, system: str) -> tuple[str, str]:
    """Sets both settings and returns what they were: one statement, since a call enters scopes dozens of times."""
    with connection.cursor() as cursor:
        cursor.execute(_SWITCH, [workspace, system])
        before: tuple[str, str] = cursor.fetchone()[:2]
    return before


@contextmanager
def _scope(workspace: str, system: str) -> Iterator[None]:
    # One transaction, because SET LOCAL ends with it: a pooled connection can never carry a scope to the next request.
    inside_another = connection.in_atomic_block
    with transaction.atomic():
        before = _switch(workspace, system)
        yield
        if inside_another:
            _switch(*before)  # after an error the rollback restores it


def workspace_scope(workspace_id: UUID | str) -> AbstractContextManager[None]:
    """Only rows of this workspace, inside one transaction."""
    return _scope(str(workspace_id), "")


def system_scope(why: str) -> AbstractContextManager[None]:
    """Rows of every workspace: for sign-in, routing and housekeeping. `why` is for the reader of the code."""
    assert why
    return _scope("", "on")
