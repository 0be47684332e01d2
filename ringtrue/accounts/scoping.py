"""Which workspace a database transaction may see. Row-level security reads the two settings that are made here.

Outside both scopes every table of a workspace is empty to us: forgetting the scope shows nothing instead of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

from django.db import connection, transaction


def _now() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.workspace', true), ''), coalesce(current_setting('app.system', true), '')"
        )
        found: tuple[str, str] = cursor.fetchone()
    return found


def _set(workspace: str, system: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.workspace', %s, true), set_config('app.system', %s, true)", [workspace, system])


@contextmanager
def _scope(workspace: str, system: str) -> Iterator[None]:
    # One transaction, because SET LOCAL ends with it: a pooled connection can never carry a scope to the next request.
    inside_another = connection.in_atomic_block
    with transaction.atomic():
        before = _now() if inside_another else None
        _set(workspace, system)
        yield
        if before is not None:
            _set(*before)  # after an error the rollback restores it


def workspace_scope(workspace_id: UUID | str) -> AbstractContextManager[None]:
    """Only rows of this workspace, inside one transaction."""
    return _scope(str(workspace_id), "")


def system_scope(why: str) -> AbstractContextManager[None]:
    """Rows of every workspace: for sign-in, routing and housekeeping. `why` is for the reader of the code."""
    assert why
    return _scope("", "on")
