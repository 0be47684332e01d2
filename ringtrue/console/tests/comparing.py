"""What tests of isolation compare: every table and file of a workspace, before and after."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.accounts.row_security import tables_with_workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.console.tests.planting import Planted


def tables_without_a_row(planted: Planted) -> list[str]:
    """Tables of a workspace in which nothing was planted."""
    with workspace_scope(planted.workspace.id):
        rows = [m for m in apps.get_models() if issubclass(m, WorkspaceRow)]
        return sorted(m._meta.label for m in rows if not m._default_manager.exists())


def fingerprint(planted: Planted) -> dict[str, str]:
    """Table or file -> a hash of all that this workspace has there: equal before and after means untouched."""
    found = {}
    with workspace_scope(planted.workspace.id), connection.cursor() as cursor:
        for table in tables_with_workspace():
            cursor.execute(f"SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY t.id), '')) FROM \"{table}\" t")  # noqa: S608
            count, digest = cursor.fetchone()
            found[table] = f"{count} {digest}"
    call_folder = Path(settings.DATA_DIR) / "recordings" / str(planted.values["call_id"])
    for file in sorted(call_folder.glob("*")):
        found[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def references_across_workspaces() -> list[str]:
    """Rows that point at a row of another workspace. There must be none, whatever was sent in a form or a body."""
    found = []
    with system_scope("a test looks at all workspaces"), connection.cursor() as cursor:
        for model in apps.get_models():
            if not issubclass(model, WorkspaceRow):
                continue
            for field in model._meta.local_concrete_fields:
                other = field.related_model
                if not (isinstance(other, type) and issubclass(other, WorkspaceRow)):
                    continue
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" a JOIN "{other._meta.db_table}" b '  # noqa: S608
                    f'ON a."{field.column}" = b.id WHERE a.workspace_id <> b.workspace_id'
                )
                (count,) = cursor.fetchone()
                if count:
                    found.append(f"{model._meta.label}.{field.name}: {count}")
    return found
