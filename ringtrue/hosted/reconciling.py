"""Calls of which no webhook told, or none was understood: the engine is asked. Nothing depends on a webhook coming."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.calls.models import Call
from ringtrue.hosted.finding import engines
from ringtrue.hosted.taking_in import NotYet, take_in
from ringtrue.privacy import deleting_elsewhere
from ringtrue.privacy.models import ProviderDeletion

log = structlog.get_logger(__name__)

ASKED_AFTER = timedelta(seconds=60)
GIVEN_UP_AFTER = timedelta(days=1)  # what we could not take in is deleted there all the same
LOOKED_BACK = timedelta(days=3)


def of(workspace: str, call: str) -> Call | None:
    with workspace_scope(UUID(workspace)):
        return Call.objects.filter(id=call).first()


def reconcile(now: datetime | None = None) -> int:
    """Returns how many calls were asked about."""
    at = now or timezone.now()
    with system_scope("calls of every workspace that an engine holds, or held and has not been asked to delete"):
        recent = Call.objects.filter(line__in=list(engines()), created_at__lt=at - ASKED_AFTER, created_at__gt=at - LOOKED_BACK)
        asked = ProviderDeletion.objects.filter(kind="call", call_id__isnull=False).values("call_id")
        open_calls = list(recent.exclude(provider_ref="").exclude(id__in=asked))
    for call in open_calls:
        try:
            take_in(call)
        except NotYet as reason:
            log.warning("engine asked again later", line=call.line, call=str(call.id), code=str(reason))
            if call.state == "ended" and at - call.created_at > GIVEN_UP_AFTER:
                with workspace_scope(call.workspace_id):
                    deleting_elsewhere.ask(
                        call.workspace_id, provider=call.line, kind="call", reference=call.provider_ref, call_id=call.id,
                        subject_id=call.subject_id,
                    )  # fmt: skip
    return len(open_calls)
