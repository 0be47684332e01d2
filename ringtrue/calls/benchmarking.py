"""`ringtrue figures`: how calls end and which pages are used, over all workspaces, as figures that are of nobody.

A figure is given out only when at least ten workspaces and, for calls, ten people stand behind it; it is rounded down to tens, so that
two lists, before and after somebody came, do not tell them; there are no sums from which a figure that was left out could be
worked out, and no text. Whoever objected to analytics is not counted.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import msgspec
from django.db.models import Avg, Count, Sum
from django.db.models.functions import TruncMonth

from ringtrue.accounts.scoping import system_scope
from ringtrue.calls.models import OUTCOMES, Call
from ringtrue.privacy.models import Restriction
from ringtrue.privacy.register_models import PageCount

LEAST = 10


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    about: str  # "calls" or "pages"
    month: str  # "2026-11"
    group: str  # an outcome, or the name of a page
    number: int  # rounded down to tens
    mean_seconds: int | None = None  # of calls, rounded down to tens


def figures() -> list[Figure]:
    """What may be given out. Opens a scope over all workspaces."""
    with system_scope("figures over all workspaces, of groups of ten and more"):
        return [*_calls(), *_pages()]


def _calls() -> Iterable[Figure]:
    objected = Restriction.objects.filter(purpose__in=("all", "analytics"), lifted_at=None).values("subject_id")
    rows = Call.objects.filter(state="ended", is_test=False, outcome__in=OUTCOMES).exclude(subject_id__in=objected)
    groups = rows.annotate(month=TruncMonth("created_at")).values("month", "outcome")
    counted = groups.annotate(
        number=Count("id"), people=Count("subject_id", distinct=True), places=Count("workspace_id", distinct=True), ms=Avg("duration_ms")
    )  # fmt: skip
    for row in counted.order_by("month", "outcome"):
        if may_be_given(row["people"], row["places"]):
            yield Figure(
                about="calls", month=f"{row['month']:%Y-%m}", group=row["outcome"], number=_tens(row["number"]),
                mean_seconds=_tens(row["ms"] / 1000),
            )  # fmt: skip


def _pages() -> Iterable[Figure]:
    groups = PageCount.objects.annotate(month=TruncMonth("day")).values("month", "page")
    counted = groups.annotate(number=Sum("visits"), places=Count("workspace_id", distinct=True))
    for row in counted.order_by("month", "page"):
        if may_be_given(row["places"]):
            yield Figure(about="pages", month=f"{row['month']:%Y-%m}", group=row["page"], number=_tens(row["number"]))


def may_be_given(*behind: int) -> bool:
    """`behind`: how many people, and how many workspaces, a figure is made of."""
    return all(number >= LEAST for number in behind)


def _tens(number: float) -> int:
    return int(number) // 10 * 10


def write(found: list[Figure], to: IO[str]) -> None:
    table = csv.writer(to)
    table.writerow(Figure.__struct_fields__)
    table.writerows([getattr(figure, name) for name in Figure.__struct_fields__] for figure in found)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue figures", description=__doc__)
    parser.add_argument("--out", type=Path, help="a CSV file; without it they are printed")
    options = parser.parse_args(argv)
    found = figures()
    if options.out:
        with options.out.open("w", newline="") as file:
            write(found, file)
    else:
        write(found, sys.stdout)
    return 0
