"""The consent ledger: append-only, by subject and purpose. The newest word counts; a no outlasts a mere notice; in doubt, no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from ringtrue.privacy.models import ConsentEvent, Subject

PURPOSES = (
    "recording", "transcription", "training", "marketing.call", "information.call", "callback.call", "marketing.email", "analytics",
    "special_category", "parental",
)  # fmt: skip
METHODS = ("announced", "asked", "withdrawn", "off", "imported", "web", "signed")


def record(
    subject: Subject,
    purpose: str,
    granted: bool,
    method: str,
    wording: str = "",
    call_id: UUID | str | None = None,
    at: datetime | None = None,
) -> ConsentEvent:
    """Append. `wording` is ours, as it was played or shown, never the caller's words. Needs the subject's scope.

    Raises ValueError for a purpose or method that is not in the lists."""
    if purpose not in PURPOSES and not purpose.startswith("share:"):
        raise ValueError(f"unknown purpose {purpose!r}")
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}")
    return ConsentEvent.objects.create(
        workspace_id=subject.workspace_id, subject=subject, purpose=purpose, granted=granted, method=method,
        wording=wording, call_id=call_id, at=at or timezone.now(),
    )  # fmt: skip


def granted(subject: Subject, purpose: str, call_id: UUID | str | None = None) -> bool:
    """Whether the subject's newest word on this purpose is a yes; with `call_id`, only what was said in that call counts as
    a yes, and a standing refusal from elsewhere counts as a no."""
    if subject.erased_at is not None:
        return False
    events = list(ConsentEvent.objects.filter(subject=subject, purpose=purpose).order_by("at", "granted", "id"))
    return _fold(events, call_id)


def _fold(events: list[ConsentEvent], call_id: UUID | str | None) -> bool:
    yes, firm_no, last_at = False, False, None
    # Of two events at one instant the withdrawal counts: sorted so that it is folded last.
    for event in sorted(events, key=lambda e: (e.at, not e.granted)):
        if not event.granted:
            yes = False
            firm_no = firm_no or event.method in ("withdrawn", "asked", "web")
        elif event.method == "announced" and firm_no:
            continue  # a notice does not overrule a no that was said
        elif last_at is None or event.at >= last_at:
            firm_no = False
            yes = call_id is None or str(event.call_id) == str(call_id)
        last_at = event.at
    return yes


def refused_before(subject: Subject, purpose: str) -> bool:
    """Whether the subject once said no and never yes after it: then a notice is not enough, the question must be asked."""
    events = ConsentEvent.objects.filter(subject=subject, purpose=purpose).exclude(method__in=("announced", "off"))
    newest = events.order_by("-at", "granted").first()
    return newest is not None and not newest.granted


@contextmanager
def closing_workspace(workspace_id: UUID | str) -> Iterator[None]:
    """Inside, and in this transaction only, the consents of this workspace may be deleted: the whole workspace goes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.closing_workspace', %s, true)", [str(workspace_id)])
        yield
        cursor.execute("SELECT set_config('app.closing_workspace', '', true)")
