"""The order in which what a workspace has connected is asked: a row's `place`, the lowest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def put_first(row: Any, rows: Sequence[Any]) -> None:
    """`rows`: all of them, in their order until now."""
    for place, each in enumerate([row, *(other for other in rows if other.id != row.id)]):
        type(row).objects.filter(id=each.id).update(place=place)


def next_place(rows: Sequence[Any]) -> int:
    return max((row.place for row in rows), default=-1) + 1
