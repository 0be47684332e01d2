"""Excel workbooks (.xlsx), read as rows of text. A workbook is a zip of XML, so it is weighed before anything of it is unpacked.

`openpyxl` reads the XML with defusedxml, which refuses entities. Formulas are not calculated: the value that was last shown counts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from ringtrue.leads.reading_tables import MOST_COLUMNS, MOST_ROWS, FileRefused, clean

UNPACKED = 300 * 1024 * 1024  # bytes; 100,000 rows of ten cells are 50 MB
RATIO = 200  # times; tables shrink to a tenth, a bomb to a thousandth
MACROS = ("vbaProject.bin", "vbaData.xml", "macrosheets/")
BROKEN = "The workbook is damaged and cannot be opened. Save it again, or as CSV."


def check(data: bytes) -> None:
    """Raises FileRefused for what is no workbook, holds macros, or would unpack to far more than it says.

    The sizes that a zip states bind: Python's zipfile reads no byte beyond them."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # the last one: packed in a way that Python has not
        raise FileRefused(BROKEN) from None
    names = [part.filename for part in parts]
    if "xl/workbook.xml" not in names:
        raise FileRefused("This is a zip archive and not an Excel workbook (.xlsx). Unpack it and upload the CSV file inside.")
    if any(mark in name for name in names for mark in MACROS):
        raise FileRefused("This workbook holds macros. Save it as a plain .xlsx or as CSV.")
    if len(parts) > 1000 or sum(part.file_size for part in parts) > UNPACKED:
        raise FileRefused("This workbook unpacks to far more than it says, as harmful files do. Save the rows as CSV.")
    if any(part.file_size > 1024**2 and part.file_size > RATIO * part.compress_size for part in parts):
        raise FileRefused("This workbook unpacks to far more than it says, as harmful files do. Save the rows as CSV.")


def sheet_rows(data: bytes) -> Iterator[list[str]]:
    """Rows of the first sheet. Raises FileRefused."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the sheet claims as its size may be wrong or missing.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1):
            cells = [_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield cells
    except FileRefused:
        raise
    except Exception:
        # A damaged part raises whatever the reader stumbled over; none of it says anything to a person.
        raise FileRefused(BROKEN) from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    return clean(str(value))
