"""Inserting thousands of rows at once: one statement with one JSON text, taken apart by PostgreSQL.

Django's `bulk_create` prepares every value of every row by itself, which was a third of the time of an import, and arrays of one column
each were still a quarter; PostgreSQL's COPY is not allowed under row-level security.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Model
from psycopg.sql import SQL, Identifier


def insert(
    model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]], *, ignore_conflicts: bool = False
) -> None:
    """`columns` are names of fields as in the database; values are what msgspec writes as JSON, or bytes. Fields that are left out must
    have no NOT NULL without a database default. Joins the transaction."""
    if not rows:
        return
    fields = {field.column: field for field in model._meta.concrete_fields}
    names = SQL(", ").join(map(Identifier, columns))
    given = SQL(", ").join(
        SQL("{} {}").format(Identifier(column), SQL(str(fields[column].db_type(connection))))  # kinds come from the model
        for column in columns
    )
    statement = SQL("INSERT INTO {} ({}) SELECT {} FROM json_to_recordset(%s) AS given ({}){}").format(
        Identifier(model._meta.db_table), names, names, given, SQL(" ON CONFLICT DO NOTHING" if ignore_conflicts else "")
    )
    text = msgspec.json.encode([dict(zip(columns, map(_plain, row), strict=True)) for row in rows]).decode()
    with connection.cursor() as cursor:
        cursor.execute(statement, [text])


def _plain(value: Any) -> Any:
    # msgspec would write bytes as base64, which PostgreSQL does not read.
    return f"\\x{value.hex()}" if type(value) is bytes else value
