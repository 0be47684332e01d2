"""Signed heads of the audit chain. The chain itself does not notice that its tail was cut off; a signed head of it does.

Each head is kept twice: in the database and in `audit-heads.jsonl` among the keys, so that cutting both rows and heads in the
database is noticed as well.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from ringtrue.core import audit
from ringtrue.core.configuring import CONFIG
from ringtrue.core.models import AuditCheckpoint, AuditEntry
from ringtrue.core.signing import is_signed, sign


def heads_file() -> Path:
    return CONFIG.keys / "audit-heads.jsonl"


def checkpoint() -> AuditCheckpoint | None:
    """Sign the head. None when nothing was added since the last one (or the chain is empty)."""
    with transaction.atomic():
        head = AuditEntry.objects.order_by("-seq").first()
        if head is None or AuditCheckpoint.objects.filter(seq=head.seq).exists():
            return None
        at = timezone.now()
        made = AuditCheckpoint.objects.create(seq=head.seq, at=at, hash=head.hash, signature=sign(_body(head.seq, head.hash)))
    _append({"seq": made.seq, "hash": made.hash, "signature": made.signature})
    return made


def note_restored(head: dict[str, Any] | None) -> None:
    """A backup was put back: what was signed after its head is no longer there, and that is said, signed, among the keys.
    `head`: {"seq", "hash"} of the audit chain when the backup was made, None for an empty one."""
    held = head or {"seq": 0, "hash": ""}
    body = _restored_body(int(held["seq"]), str(held["hash"]))
    _append({**body, "signature": sign(body)})


def _restored_body(seq: int, digest: str) -> dict[str, Any]:
    return {"what": "restored", "seq": seq, "hash": digest}


def _body(seq: int, digest: str) -> dict[str, Any]:
    return {"what": "audit head", "seq": seq, "hash": digest}


def _append(head: dict[str, Any]) -> None:
    descriptor = os.open(heads_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(json.dumps(head).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _heads() -> list[dict[str, Any]]:
    """Newest last, without those that a restored backup has undone. A line that was cut off by a crash is left out."""
    heads = []
    if heads_file().exists():
        for line in heads_file().read_text().splitlines():
            try:
                head = json.loads(line)
            except json.JSONDecodeError:
                continue
            if head.get("what") != "restored":
                heads.append(head)
            elif is_signed(_restored_body(head["seq"], head["hash"]), head["signature"]):
                heads = [kept for kept in heads if kept["seq"] <= head["seq"]]
    return heads


def faults() -> list[str]:
    """What is wrong with the chain, in sentences; [] when it is sound up to its last signed head and beyond."""
    found = []
    broken = audit.first_fault()
    if broken is not None:
        found.append(f"Entry {broken} of the audit chain was changed, removed or put in.")
    signed = [(c.seq, c.hash, c.signature, "the database") for c in AuditCheckpoint.objects.order_by("seq")]
    signed += [(int(h["seq"]), str(h["hash"]), str(h["signature"]), heads_file().name) for h in _heads()]
    entries = dict(AuditEntry.objects.filter(seq__in=[s[0] for s in signed]).values_list("seq", "hash"))
    for seq, digest, signature, place in signed:
        if not is_signed(_body(seq, digest), signature):
            found.append(f"The signed head {seq} in {place} does not carry our signature.")
        elif seq not in entries:
            found.append(f"The audit chain was cut: entry {seq}, whose head is signed in {place}, is missing.")
        elif entries[seq] != digest:
            found.append(f"Entry {seq} is not the one that was signed in {place}.")
    return found
