"""Row-level security on every table with a workspace, made after each migration, so that no new table can be without it.

FORCE makes it bind the owner too (the application connects as the owner of the tables, never as a superuser).
PostgreSQL 18 documentation, "Row Security Policies".
"""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.db import connections

RULE = "current_setting('app.system', true) = 'on' OR workspace_id = nullif(current_setting('app.workspace', true), '')::uuid"


def tables_with_workspace() -> list[str]:
    return sorted(
        m._meta.db_table for m in apps.get_models() if any(f.name == "workspace" for f in m._meta.local_concrete_fields)
    )


def force(sender: AppConfig | None = None, using: str = "default", **_: object) -> None:
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables_with_workspace():
            if table not in present:
                continue
            name = connection.ops.quote_name(table)
            cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS workspace_rows ON {name}")
            cursor.execute(f"CREATE POLICY workspace_rows ON {name} USING ({RULE}) WITH CHECK ({RULE})")
