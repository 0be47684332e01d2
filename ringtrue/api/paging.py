"""Cursor paging: newest first, by time and id, so that rows that come in between neither repeat nor hide others."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from ringtrue.api.problems import Problem

Row = TypeVar("Row", bound=Model)


def page(rows: QuerySet[Row], by: str, cursor: str, limit: int) -> tuple[list[Row], str | None]:
    """The rows after `cursor` and the next cursor (None at the end). Raises Problem for a cursor that is not ours."""
    if cursor:
        at, row_id = _read(cursor)
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "id__lt": row_id}))
    found: list[Any] = list(rows.order_by(f"-{by}", "-id")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], _write(getattr(last, by), last.id)


def _write(at: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, UUID]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        at, _, row_id = text.partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment, UUID(row_id)
    except (ValueError, UnicodeDecodeError):
        raise Problem(422, "bad-cursor", "This cursor was not given by us.") from None
