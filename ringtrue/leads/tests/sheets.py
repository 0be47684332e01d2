"""Files of leads, as people make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

HEADINGS = ("Name", "Phone", "E-mail", "State", "Plan", "Consent", "Consent date", "Proof")
MAPPED = ["name", "number", "email", "state", "field:plan", "consent", "consent_date", "proof"]


def person(i: int) -> list[str]:
    """A good row; every `i` below 8 million has a number of its own."""
    area = ("212", "713", "305", "415")[i % 4]
    number = f"({area}) {2 + i // 4 // 1_000_000:d}{i // 4 // 10_000 % 100:02d}-{i // 4 % 10_000:04d}"
    return [
        f"Person Nr{i}",
        number,
        f"p{i}@mail.example",
        ("NY", "Texas", "FL", "")[i % 4],
        "gold",
        "yes",
        "2026-11-01",
        f"form {i}",
    ]


ROTTEN: tuple[tuple[int, str, str], ...] = (
    (1, "", "no_number"),
    (1, "12", "number"),
    (1, "+1 999 000 0000", "number"),
    (2, "nobody at nowhere", "email"),
    (3, "Texass", "state"),
    (5, "perhaps", "consent"),
    (6, "01/02/2026", "consent_date"),
    (6, "2031-01-01", "consent_date"),
)
"""(column, cell, kind of problem that it makes)."""


def rotten(i: int) -> tuple[list[str], str]:
    column, cell, problem = ROTTEN[i % len(ROTTEN)]
    row = person(i)
    row[column] = cell
    return row, problem


def csv_of(rows: Iterable[Sequence[str]], separator: str = ",", headings: Sequence[str] = HEADINGS) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()
