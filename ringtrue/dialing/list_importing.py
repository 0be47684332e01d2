"""Importing do-not-call lists as their publishers give them: one number a line, as `area,number` (the national list's flat file) or as
digits with or without separators; plain or zipped. Only keyed hashes are kept.

An import counts when it is whole: a file that breaks off, or holds a line that is no number, leaves the list before it in force.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.dialing.models import ImportedList, ListedNumber, ReassignedAnswer
from ringtrue.numbers.reading import e164
from ringtrue.privacy.vault import blinder

COUNTRY_OF = {"us.national": "US", "us.tx": "US", "gb.tps": "GB", "gb.ctps": "GB"}
BATCH = 5000
LARGEST = 4 * 1024**3  # bytes, unpacked
HEADING = re.compile(rb"[A-Za-z]")


class ListRefused(Exception):
    """Nothing was imported; `str(self)` says why, in words."""


def import_list(workspace_id: UUID, name: str, file: BinaryIO, published_at: datetime) -> ImportedList:
    """`name` is a key of COUNTRY_OF, `published_at` when the publisher made the file. Raises ListRefused."""
    if name not in COUNTRY_OF:
        raise ListRefused(f"There is no list {name!r}. There are: {', '.join(COUNTRY_OF)}.")
    if published_at > timezone.now() + timedelta(days=1):
        raise ListRefused("The list is dated in the future.")
    digest = hashlib.sha256()
    hashed = blinder(workspace_id, "number")
    with workspace_scope(workspace_id):  # one transaction: a broken file leaves nothing
        made = ImportedList.objects.create(workspace_id=workspace_id, name=name, published_at=published_at)
        numbers = _numbers(_unpacked(file), COUNTRY_OF[name], digest)
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
        older = ImportedList.objects.filter(workspace_id=workspace_id, name=name, published_at__lt=published_at)
        ListedNumber.objects.filter(imported__in=older).delete()
    return made


def note_reassigned(workspace_id: UUID, number: str, answer: str, asked_at: datetime | None = None) -> ReassignedAnswer:
    """What the reassigned numbers database said about a number (E.164): "yes", "no" or "no_data". Raises ValueError."""
    if answer not in ("yes", "no", "no_data"):
        raise ValueError(f"{answer!r} is not an answer of the database")
    with workspace_scope(workspace_id):
        return ReassignedAnswer.objects.create(
            workspace_id=workspace_id,
            number_hash=blinder(workspace_id, "number")(number),
            answer=answer,
            asked_at=asked_at or timezone.now(),
        )


def _unpacked(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start != b"PK\x03\x04":
        return file
    try:
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1 or members[0].file_size > LARGEST:
            raise ListRefused("The archive must hold one file, unpacked not larger than 4 GB.")
        return io.BufferedReader(archive.open(members[0]))  # type: ignore[type-var]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise ListRefused("The archive cannot be opened.") from None


def _numbers(file: BinaryIO, country: str, digest: hashlib._Hash) -> Iterator[str]:
    read = 0
    try:
        while line := file.readline(200):
            read += len(line)
            if read > LARGEST:
                raise ListRefused("The file is larger than 4 GB.")
            digest.update(line)
            text = line.strip()
            if not text or (read == len(line) and HEADING.search(text)):
                continue  # an empty line, or a heading in the first
            number = e164(re.sub(rb"[^0-9+]", b"", text).decode(), country)
            if not number:
                raise ListRefused(f"Not a list of numbers: a line after {read - len(line)} bytes is none.")
            yield number
    except (zipfile.BadZipFile, EOFError, OSError):
        raise ListRefused("The file breaks off.") from None
