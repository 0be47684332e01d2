"""What an import did not take, as a file to correct and upload again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ringtrue.core.writing_csv import BEGINNING, harmless, line_of
from ringtrue.leads.checking_rows import PROBLEMS
from ringtrue.leads.importing import REJECTED
from ringtrue.leads.mapping import WHAT_IS_WRONG, Mapping
from ringtrue.leads.models import RejectedRow, Upload
from ringtrue.privacy.vault import open_json


def rejected_csv(upload: Upload) -> Iterator[str]:
    """The rows as they were in the file, each with what is wrong with it. Needs the workspace's scope."""
    mapping = msgspec.convert(upload.mapping, Mapping)
    width = len(mapping.headings)
    yield BEGINNING
    yield line_of([*map(harmless, mapping.headings), WHAT_IS_WRONG])
    for row in RejectedRow.objects.filter(upload=upload).order_by("row").iterator(chunk_size=2000):
        cells = open_json(upload.workspace_id, upload.id, REJECTED, row.id, row.sealed) or []
        words = " ".join(PROBLEMS[problem] for problem in row.problems)
        yield line_of([*(harmless(cell) for cell in cells), *[""] * (width - len(cells)), words])


def counted(upload: Upload) -> list[tuple[str, int]]:
    """(what is wrong, how many rows), most first."""
    return sorted(((PROBLEMS[problem], count) for problem, count in upload.counts.items()), key=lambda item: -item[1])
