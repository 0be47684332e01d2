"""Tables for spreadsheets, line by line: quoted as RFC 4180 says, and with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable

BEGINNING = "\ufeff"
"""Of the file: the mark by which spreadsheets know UTF-8."""
RUNS = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """`csv` writes into this and we take it out line by line."""

    def write(self, text: str) -> str:
        return text


_writer = csv.writer(_Line())


def line_of(cells: Iterable[str]) -> str:
    """With the end of the line. Cells are written as they are: what may be somebody's words goes through `harmless` before."""
    return str(_writer.writerow(cells))  # typeshed does not know that it returns what `write` did


def harmless(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run as a formula (CWE-1236); reading takes it off again."""
    return f"'{cell}" if cell.startswith(RUNS) else cell
