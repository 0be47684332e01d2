"""Reading a file of rows as people make them: CSV in three encodings and four separators, or an Excel workbook.

Every cell is text and stays text: a formula is a row of characters here, and nothing calculates it. What cannot be read is
refused in a sentence for the person who chose the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

LARGEST = 30 * 1024 * 1024  # bytes of an uploaded file
MOST_ROWS = 100_000  # below the headings
MOST_COLUMNS = 100
LONGEST_CELL = 1000  # characters
SEPARATORS = ",;\t|"
SNIFFED = 64 * 1024  # characters that are looked at for the separator

ANOTHER_ENCODING = "This file is in a text encoding that we cannot tell. Save it as “CSV UTF-8” and upload it again."
NO_TABLE = "This is not a CSV file or an Excel workbook (.xlsx)."


class FileRefused(Exception):
    """Nothing of the file is used; `str(self)` says why, in a sentence for the person who chose it."""


class Form(msgspec.Struct, frozen=True):
    """How a file is to be read."""

    kind: str  # "csv", "xlsx"
    encoding: str = ""  # of a CSV file: "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"
    separator: str = ","


def form_of(data: bytes) -> Form:
    """Raises FileRefused."""
    if len(data) > LARGEST:
        raise FileRefused(f"The file is larger than {LARGEST // 1024**2} MB. Split it into smaller ones.")
    if data[:4] == b"PK\x03\x04":
        from ringtrue.leads.workbooks import check

        check(data)
        return Form("xlsx")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileRefused("This is an old Excel file (.xls) or one with a password. Save it as .xlsx or CSV without a password.")
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n,;|"):
        raise FileRefused("The file is empty.")
    encoding = _encoding(data)
    beginning_of_text = data.decode(encoding)[:SNIFFED]
    if len(re.findall(r"[\x00-\x08\x0e-\x1f]", beginning_of_text)) > 8:
        raise FileRefused(NO_TABLE)
    return Form("csv", encoding, _separator(beginning_of_text))


def rows_of(data: bytes, form: Form) -> Iterator[list[str]]:
    """All rows, the headings first, without rows that are wholly empty. Raises FileRefused, also in the middle."""
    if form.kind == "xlsx":
        from ringtrue.leads.workbooks import sheet_rows

        rows: Iterable[list[str]] = sheet_rows(data)
    else:
        rows = _csv_rows(data.decode(form.encoding), form.separator)
    for row in rows:
        if any(row):
            yield row


def beginning(data: bytes, form: Form, most: int) -> tuple[list[str], list[list[str]]]:
    """(headings, at most this many rows below them). Raises FileRefused for a file without both."""
    found = list(islice(rows_of(data, form), most + 1))
    if not found:
        raise FileRefused("The file is empty.")
    headings = found[0]
    if len(headings) > MOST_COLUMNS:
        raise FileRefused(f"The file has more than {MOST_COLUMNS} columns.")
    if len(found) == 1:
        raise FileRefused("The file has only one row. The first row must hold the headings, such as Name and Phone.")
    return headings, found[1:]


def clean(cell: str) -> str:
    """One line of text without control characters and outer blanks; the mark by which our own exports disarm a formula goes."""
    text = cell.strip()
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " for c in text if unicodedata.category(c) != "Cf").strip()


def _csv_rows(text: str, separator: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [clean(cell) for cell in row]
    except csv.Error:
        raise FileRefused(
            "A cell of this file is longer than any text should be. A quotation mark that is never closed may be the cause."
        ) from None


def _encoding(data: bytes) -> str:
    """Raises FileRefused."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefused(ANOTHER_ENCODING)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decodes(data, "utf-16")
    if b"\x00" in data:
        even, odd = data[0:2000:2].count(0), data[1:2000:2].count(0)
        if max(even, odd) < 4 * max(min(even, odd), 1):
            raise FileRefused(NO_TABLE)
        return _decodes(data, "utf-16-be" if even > odd else "utf-16-le", NO_TABLE)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _western(data)
    return "utf-8-sig"


def _decodes(data: bytes, encoding: str, otherwise: str = ANOTHER_ENCODING) -> str:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused(otherwise) from None
    return encoding


def _western(data: bytes) -> str:
    """Windows-1252 gives a character for nearly every byte, so text in another encoding "decodes" too. It is told by what Western
    languages do not write: long runs of letters beyond ASCII, and signs inside words."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused(ANOTHER_ENCODING) from None
    beyond = len(re.findall(r"[^\x00-\x7f]", text))
    in_runs = sum(len(run) for run in re.findall(r"[^\x00-\x7f]{3,}", text))
    signs = len(re.findall(r"[A-Za-z][¡-©«-´¶¸¹»-¿×÷†‡‰‹›€ƒ„…ˆ˜•™][a-z]", text))
    if in_runs * 4 > beyond or signs * 10 > beyond:
        raise FileRefused(ANOTHER_ENCODING)
    return "cp1252"


def _separator(text: str) -> str:
    """The one that cuts most rows into the same number of cells, more than one."""
    best, found = 0.0, ","
    for separator in SEPARATORS:
        try:
            widths = Counter(
                len(row) for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 200) if row
            )
        except csv.Error:
            continue
        widths.pop(1, None)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if rows and rows + width / 1000 > best:
            best, found = rows + width / 1000, separator
    return found
