"""Importing what the reassigned numbers database answered: a CSV of number, answer (yes, no or no_data) and the day it was asked."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.core import audit
from ringtrue.dialing.list_importing import ListRefused, note_reassigned
from ringtrue.numbers.reading import e164

MOST = 20_000  # lines


def import_answers(workspace_id: UUID, data: bytes, *, by: str) -> int:
    """Lines like `2125550142,no,2026-11-20`; the first may be a heading. All of them or none. Returns how many. Raises ListRefused."""
    answers = _read(data)
    with workspace_scope(workspace_id):
        note_reassigned(workspace_id, answers)
        audit.record("dialing.answers_imported", actor=by, workspace_id=workspace_id, lines=len(answers))
    return len(answers)


def _read(data: bytes) -> list[tuple[str, str, datetime]]:
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise ListRefused("The file is not a CSV file.") from None
    if len(rows) > MOST:
        raise ListRefused(f"The file has more than {MOST:,} lines. Split it into smaller files.")
    found = []
    for line, row in enumerate(rows, 1):
        number = e164(row[0], "US") if len(row) == 3 else ""
        if not any(row) or (line == 1 and not number):
            continue  # an empty line, or a heading in the first
        found.append((number, *_answer(line, number, row)))
    if not found:
        raise ListRefused("The file holds no answer.")
    return found


def _answer(line: int, number: str, row: list[str]) -> tuple[str, datetime]:
    """Refusals name the line and never the number."""
    if not number:
        raise ListRefused(f"Line {line} does not hold a number, an answer and a day.")
    answer = row[1].strip().lower()
    if answer not in ("yes", "no", "no_data"):
        raise ListRefused(f"Line {line}: the answer must be yes, no or no_data.")
    try:
        asked_at = datetime.strptime(row[2].strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ListRefused(f"Line {line}: write the day like 2026-11-30.") from None
    if asked_at > timezone.now() + timedelta(days=1):
        raise ListRefused(f"Line {line}: the day is in the future.")
    return answer, asked_at
