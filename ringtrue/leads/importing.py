"""Turning an uploaded file into leads, in batches. Each batch is one transaction together with the count of rows that are dealt with,
so an import that was killed goes on at the next row, and no row is taken twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from uuid import UUID, uuid4

import msgspec
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.leads.checking_rows import Candidate, Checker
from ringtrue.leads.finding import hasher, words_to_keep
from ringtrue.leads.inserting import insert
from ringtrue.leads.mapping import Consent, Mapping
from ringtrue.leads.models import Lead, LeadList, RejectedRow, Upload
from ringtrue.leads.reading import LEAD
from ringtrue.leads.reading_tables import MOST_ROWS, FileRefused, Form, rows_of
from ringtrue.leads.uploading import content, forget_file
from ringtrue.privacy.keystore import store
from ringtrue.privacy.models import ConsentEvent, Subject
from ringtrue.privacy.vault import blinder, seal_with

BATCH = 2000
TOO_MANY = f"Only the first {MOST_ROWS:,} rows were taken. Put the rest into another file."
REJECTED = "leads.RejectedRow"
LEAD_COLUMNS = (
    "id", "workspace_id", "subject_id", "lead_list_id", "number_hash", "sealed", "country", "state", "time_zone", "words", "created_at",
)  # fmt: skip
CONSENT_COLUMNS = ("id", "workspace_id", "subject_id", "purpose", "granted", "method", "wording", "at")


class Judged(msgspec.Struct):
    """A row of the file: its place (1 is the first below the headings), its cells, and the candidate or its problems."""

    row: int
    cells: list[str]
    candidate: Candidate | None
    number_hash: str
    problems: list[str]


def import_upload(upload_id: UUID, workspace_id: UUID) -> None:
    """Safe to repeat and to run twice at once: whoever finds that the rows have moved on stops. Needs no scope of its own."""
    with workspace_scope(workspace_id):
        upload = Upload.objects.select_related("lead_list", "workspace").get(id=upload_id)
        if upload.state != "importing":
            return
        data = content(upload)
    try:
        judged = _judge(upload, data)
        # Rows that were dealt with are judged again, so that a number which stands twice is known.
        for _ in islice(judged, upload.next_row):
            pass
        at = upload.next_row
        for batch in _in_batches(judged):
            if not _store(upload, at, batch):
                return
            at += len(batch)
    except FileRefused as refused:
        _finish(upload, "stopped", str(refused))
    else:
        _finish(upload, "imported", TOO_MANY if at >= MOST_ROWS and _has_more(upload, data) else "")


def add(lead_list: LeadList, found: list[tuple[str, Candidate]], consent: Consent, method: str) -> dict[str, UUID]:
    """Leads of these (number hash, candidate) pairs: their ids by hash, without those who are on the list already. What they agreed to
    is written into the consent ledger. Needs the workspace's scope; joins its transaction. `method` is of ledger.METHODS."""
    workspace_id = lead_list.workspace_id
    # Two imports into one list wait for each other here.
    LeadList.objects.select_for_update().get(id=lead_list.id)
    hashes = [number_hash for number_hash, _ in found]
    there = set(Lead.objects.filter(lead_list=lead_list, number_hash__in=hashes).values_list("number_hash", flat=True))
    new = {number_hash: candidate for number_hash, candidate in found if number_hash not in there}
    subjects = _subjects(workspace_id, list(new))
    keys = store().make_many(workspace_id, list(subjects.values()))
    hashed, now = hasher(workspace_id), timezone.now()
    leads, agreed = [], []
    for number_hash, one in new.items():
        lead_id, subject_id = uuid4(), subjects[number_hash]
        sealed = seal_with(keys[subject_id], workspace_id, LEAD, lead_id, msgspec.json.encode(one.details))
        words = words_to_keep(one.details, hashed)
        place = (one.country, one.state, one.time_zone)
        leads.append((lead_id, workspace_id, subject_id, lead_list.id, number_hash, sealed, *place, words, now))
        if one.agreed_at is not None:
            agreed.append((uuid4(), workspace_id, subject_id, consent.purpose, True, method, consent.wording, one.agreed_at))
    insert(Lead, LEAD_COLUMNS, leads)
    insert(ConsentEvent, CONSENT_COLUMNS, agreed)
    return {lead[4]: lead[0] for lead in leads}


def _subjects(workspace_id: UUID, hashes: list[str]) -> dict[str, UUID]:
    """As privacy.subjects.subject_for_number, for many: ids of subjects by hash."""
    now = timezone.now()
    insert(
        Subject,
        ("id", "workspace_id", "kind", "handle_hash", "created_at"),
        [(uuid4(), workspace_id, "lead", each, now) for each in hashes],
        ignore_conflicts=True,
    )
    return dict(Subject.objects.filter(workspace_id=workspace_id, handle_hash__in=hashes).values_list("handle_hash", "id"))


def _judge(upload: Upload, data: bytes) -> Iterator[Judged]:
    """Raises FileRefused, also in the middle."""
    mapping = msgspec.convert(upload.mapping, Mapping)
    checker = Checker(mapping, upload.created_at, upload.workspace.time_zone)
    hashed = blinder(upload.workspace_id, "number")
    seen: set[str] = set()
    for row, cells in enumerate(islice(_below_headings(upload, data), MOST_ROWS), start=1):
        found = checker.check(cells)
        if isinstance(found, list):
            yield Judged(row, cells, None, "", found)
            continue
        number_hash = hashed(found.details.number)
        if number_hash in seen:
            yield Judged(row, cells, None, number_hash, ["twice"])
            continue
        seen.add(number_hash)
        yield Judged(row, cells, found, number_hash, [])


def _in_batches(judged: Iterator[Judged]) -> Iterator[list[Judged]]:
    """The next rows are judged while PostgreSQL is busy with those before: a third of the time of a large import."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(_next_batch, judged)
        while batch := coming.result():
            coming = beside.submit(_next_batch, judged)
            yield batch


def _next_batch(judged: Iterator[Judged]) -> list[Judged]:
    return list(islice(judged, BATCH))


def _below_headings(upload: Upload, data: bytes) -> Iterator[list[str]]:
    rows = rows_of(data, msgspec.convert(upload.form, Form))
    next(rows, None)
    return rows


def _has_more(upload: Upload, data: bytes) -> bool:
    return next(islice(_below_headings(upload, data), MOST_ROWS, None), None) is not None


def _store(upload: Upload, at: int, batch: list[Judged]) -> bool:
    """One transaction. False when somebody else has taken these rows."""
    with workspace_scope(upload.workspace_id):
        standing = Upload.objects.select_for_update().get(id=upload.id)
        if standing.state != "importing" or standing.next_row != at:
            return False
        consent = msgspec.convert(standing.mapping, Mapping).consent
        good = [(judged.number_hash, judged.candidate) for judged in batch if judged.candidate is not None]
        added = add(upload.lead_list, good, consent, "imported")
        for judged in batch:
            if judged.candidate is not None and judged.number_hash not in added:
                judged.problems.append("there")
        bad = [judged for judged in batch if judged.problems]
        _keep_rejected(standing, bad)
        for judged in bad:
            for problem in judged.problems:
                standing.counts[problem] = standing.counts.get(problem, 0) + 1
        standing.added += len(added)
        standing.next_row += len(batch)
        standing.worked_at = timezone.now()
        standing.save(update_fields=["counts", "added", "next_row", "worked_at"])
    return True


def _keep_rejected(upload: Upload, bad: list[Judged]) -> None:
    hashes = [judged.number_hash for judged in bad if judged.number_hash]
    known = dict(
        Subject.objects.filter(workspace_id=upload.workspace_id, handle_hash__in=hashes).values_list("handle_hash", "id")
    )
    key = store().get(upload.workspace_id, upload.id)
    rows = []
    for judged in bad:
        row_id = uuid4()
        sealed = seal_with(key, upload.workspace_id, REJECTED, row_id, msgspec.json.encode(judged.cells))
        subject_id = known.get(judged.number_hash)
        rows.append((row_id, upload.workspace_id, upload.id, subject_id, judged.row, judged.problems, sealed))
    insert(RejectedRow, ("id", "workspace_id", "upload_id", "subject_id", "row", "problems", "sealed"), rows)


def _finish(upload: Upload, state: str, trouble: str) -> None:
    with workspace_scope(upload.workspace_id):
        standing = Upload.objects.select_for_update().get(id=upload.id)
        if standing.state != "importing":
            return
        standing.state, standing.trouble, standing.finished_at = state, trouble, timezone.now()
        standing.save(update_fields=["state", "trouble", "finished_at"])
        forget_file(standing)
