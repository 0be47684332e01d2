"""`Idempotency-Key`: a POST that is sent twice acts once. The first answer is kept for a day and given again; the same key with
another request is refused. Two at once: the second waits at the unique row until the first is through."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ringtrue.api.models import IdempotentAnswer
from ringtrue.api.problems import Problem
from ringtrue.core.encrypting import lock_credentials, unlock_credentials

KEPT_FOR = timedelta(days=1)


class Repeat(NamedTuple):
    row: IdempotentAnswer
    earlier: HttpResponse | None  # the answer that was given before


def begin(request: Any) -> Repeat | None:
    """None when the request names no key or is no POST. Needs the workspace's scope. Raises Problem."""
    name = request.headers.get("Idempotency-Key")
    if name is None or request.method != "POST":
        return None
    if not 1 <= len(name) <= 255 or not name.isascii() or not name.isprintable():
        raise Problem(422, "bad-idempotency-key", "An Idempotency-Key has 1 to 255 printable ASCII characters.")
    asked = hashlib.sha256(b"\x00".join([request.method.encode(), request.get_full_path().encode(), request.body])).hexdigest()
    row = IdempotentAnswer(
        workspace_id=request.workspace.id,
        api_key=request.api_key,
        key_hash=hashlib.sha256(name.encode()).hexdigest(),
        request_hash=asked,
    )
    old = IdempotentAnswer.objects.filter(api_key=request.api_key, key_hash=row.key_hash)
    old.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
        return Repeat(row, None)
    except IntegrityError:
        earlier = old.first()
    if earlier is None or earlier.request_hash != asked:
        raise Problem(422, "idempotency-key-reused", "This Idempotency-Key was used for another request.")
    response = HttpResponse(
        str(unlock_credentials(earlier.locked)), status=earlier.status, content_type="application/json; charset=utf-8"
    )
    response["Idempotency-Replayed"] = "true"
    return Repeat(earlier, response)


def keep(repeat: Repeat, response: HttpResponseBase) -> None:
    assert isinstance(response, HttpResponse)
    repeat.row.status = response.status_code
    repeat.row.locked = lock_credentials(response.content.decode())
    repeat.row.save(update_fields=["status", "locked"])


def forget_old() -> int:
    from ringtrue.accounts.scoping import system_scope

    with system_scope("answers older than a day, of all workspaces"):
        removed, _ = IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return removed
