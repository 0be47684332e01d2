"""Inserting thousands of rows at once: one statement with one array per column.

Django's `bulk_create` prepares every value of every row by itself, which was a third of the time of an import; PostgreSQL's COPY is
not allowed under row-level security.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg.sql import SQL, Identifier


def insert(
    model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]], *, ignore_conflicts: bool = False
) -> None:
    """`columns` are names of fields as in the database; values are what psycopg takes, lists of texts for an array. Fields that are
    left out must have no NOT NULL without a database default. Joins the transaction."""
    if not rows:
        return
    fields = {field.column: field for field in model._meta.concrete_fields}
    kinds = [str(fields[column].db_type(connection)) for column in columns]
    # An array of arrays cannot be unnested: the inner one travels as text.
    takes = [SQL("string_to_array({}, ' ')") if kind.endswith("[]") else SQL("{}") for kind in kinds]
    names = [Identifier(column) for column in columns]
    statement = SQL("INSERT INTO {} ({}) SELECT {} FROM unnest({}) AS given ({}){}").format(
        Identifier(model._meta.db_table),
        SQL(", ").join(names),
        SQL(", ").join(take.format(name) for take, name in zip(takes, names, strict=True)),
        SQL(", ").join(SQL(f"%s::{'text' if kind.endswith('[]') else kind}[]") for kind in kinds),  # kinds come from the model
        SQL(", ").join(names),
        SQL(" ON CONFLICT DO NOTHING" if ignore_conflicts else ""),
    )
    arrays = [
        [" ".join(value) if kind.endswith("[]") else value for value in values]
        for kind, values in zip(kinds, zip(*rows, strict=True), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays)
