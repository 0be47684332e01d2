"""Importing do-not-call lists as their publishers give them: one number a line, as `area,number` (the national list's flat file) or as
digits with or without separators; plain or zipped. Only keyed hashes are kept.

An import counts when it is whole: a file that breaks off, or holds a line that is no number, leaves the list before it in force.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.core import audit
from ringtrue.dialing.models import ImportedList, ListedNumber, ReassignedAnswer
from ringtrue.numbers.reading import e164
from ringtrue.privacy.vault import blinder

COUNTRY_OF = {"us.national": "US", "us.tx": "US", "gb.tps": "GB", "gb.ctps": "GB"}
BATCH = 5000
LARGEST = 4 * 1024**3  # bytes, unpacked
HEADING = re.compile(rb"[A-Za-z]")


class ListRefused(Exception):
    """Nothing was imported; `str(self)` says why, in words."""


def import_list(
    workspace_id: UUID, name: str, file: BinaryIO, published_at: datetime, *, by: str = "system", most: int = LARGEST
) -> ImportedList:
    """`name` is a key of COUNTRY_OF, `published_at` when the publisher made the file, `by` who did it (for the audit log), `most` the
    bytes that the file may have, unpacked. Raises ListRefused."""
    if name not in COUNTRY_OF:
        raise ListRefused(f"There is no list {name!r}. There are: {', '.join(COUNTRY_OF)}.")
    if published_at > timezone.now() + timedelta(days=1):
        raise ListRefused("The list is dated in the future.")
    digest = hashlib.sha256()
    hashed = blinder(workspace_id, "number")
    with workspace_scope(workspace_id):  # one transaction: a broken file leaves nothing
        ready = ImportedList.objects.filter(workspace_id=workspace_id, name=name, ready=True)
        if ready.filter(published_at__gt=published_at).exists():
            raise ListRefused("A newer publication of this list is in force already.")
        made = ImportedList.objects.create(workspace_id=workspace_id, name=name, published_at=published_at)
        numbers = _numbers(_unpacked(file, most), COUNTRY_OF[name], digest, most)
        count = 0
        while batch := list(islice(numbers, BATCH)):
            count += len(batch)
            rows = (ListedNumber(workspace_id=workspace_id, imported=made, number_hash=hashed(number)) for number in batch)
            ListedNumber.objects.bulk_create(rows, ignore_conflicts=True)
        if not count:
            raise ListRefused("The file holds no number.")
        made.lines, made.digest, made.ready = count, digest.hexdigest(), True
        made.save(update_fields=["lines", "digest", "ready"])
        # The hashes of an older publication serve nothing; that it was used, and when, is kept as proof.
        ListedNumber.objects.filter(imported__in=ready.exclude(id=made.id)).delete()
        audit.record(
            "dialing.list_imported", actor=by, workspace_id=workspace_id, target=f"list:{name}",
            published=published_at.date().isoformat(), lines=count, digest=made.digest,
        )  # fmt: skip
    return made


def note_reassigned(workspace_id: UUID, answers: Iterable[tuple[str, str, datetime]]) -> None:
    """What the reassigned numbers database said: (number in E.164; "yes", "no" or "no_data"; when it was asked). Raises ValueError."""
    hashed = blinder(workspace_id, "number")
    rows = []
    for number, answer, asked_at in answers:
        if answer not in ("yes", "no", "no_data"):
            raise ValueError(f"{answer!r} is not an answer of the database")
        rows.append(
            ReassignedAnswer(workspace_id=workspace_id, number_hash=hashed(number), answer=answer, asked_at=asked_at)
        )  # fmt: skip
    with workspace_scope(workspace_id):
        ReassignedAnswer.objects.bulk_create(rows, batch_size=BATCH)


def _in_words(size: int) -> str:
    return f"{size // 1024**3} GB" if size >= 1024**3 else f"{size // 1024**2} MB"


def _unpacked(file: BinaryIO, most: int) -> BinaryIO:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start != b"PK\x03\x04":
        return file
    try:
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1 or members[0].file_size > most:
            raise ListRefused(f"The archive must hold one file, unpacked not larger than {_in_words(most)}.")
        return io.BufferedReader(archive.open(members[0]))  # type: ignore[type-var]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):  # broken, packed as Python cannot unpack, encrypted
        raise ListRefused("The archive cannot be opened.") from None


def _numbers(file: BinaryIO, country: str, digest: hashlib._Hash, most: int) -> Iterator[str]:
    read = lines = 0
    try:
        while line := file.readline(200):
            read, lines = read + len(line), lines + 1
            if read > most:
                raise ListRefused(f"The file is larger than {_in_words(most)}.")
            digest.update(line)
            text = line.strip()
            if not text or (lines == 1 and HEADING.search(text)):
                continue  # an empty line, or a heading in the first
            number = e164(re.sub(rb"[^0-9+]", b"", text).decode(), country)
            if not number:
                raise ListRefused(f"This is not a list of numbers: line {lines} is no number.")
            yield number
    except (zipfile.BadZipFile, EOFError, OSError):
        raise ListRefused("The file breaks off.") from None
