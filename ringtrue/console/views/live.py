"""Calls in progress, with what is being said, as it is stored. Server-sent events: one stream for the list, one for a call."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from ringtrue.accounts.access import ConsoleRequest, Reader, StreamEnded, needs, needs_stream
from ringtrue.accounts.models import Workspace
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.console.call_rows import who
from ringtrue.contacts.models import Contact

EVERY_S = 1.0
LONGEST_S = 300.0  # then the browser connects again, so no stream outlives a restart by much
SHOWN_LINES = 6
MOST_CALLS = 50


def going_on(workspace: Workspace) -> list[dict[str, Any]]:
    """Ringing and live calls, newest first. A call that rings for minutes was lost; the reconciler closes it."""
    found = []
    calls = Call.objects.filter(workspace=workspace, state__in=("ringing", "live")).select_related(
        "agent_version__agent", "subject"
    )
    for call in calls.order_by("-created_at")[:MOST_CALLS]:
        lines = reading.transcript(call)
        contact = Contact.objects.filter(subject=call.subject).first()
        since = timezone.now() - (call.answered_at or call.created_at)
        found.append(
            {"call": call, "who": who(call, contact), "lines": lines[-SHOWN_LINES:], "for_ms": int(since.total_seconds() * 1000)}
        )
    return found


@needs("calls.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return render(request, "console/live/page.html", {"going_on": going_on(request.workspace)})


@needs_stream("calls.read")
async def stream(request: Any, read: Reader) -> HttpResponseBase:
    workspace = request.workspace

    def picture() -> tuple[str, bool]:
        shown = {"going_on": going_on(workspace), "workspace": workspace}
        return render_to_string("console/live/list.html", shown), False

    return events(read, "calls", picture)


@needs_stream("calls.read")
async def call_stream(request: Any, read: Reader, call_id: UUID) -> HttpResponseBase:
    workspace = request.workspace
    if not await read(Call.objects.filter(workspace=workspace, id=call_id).exists):
        raise Http404

    def picture() -> tuple[str, bool]:
        call = Call.objects.filter(workspace=workspace, id=call_id).first()
        if call is None:
            return "", True
        shown = {"lines": reading.transcript(call), "workspace": workspace}
        return render_to_string("console/calls/lines.html", shown), call.state == "ended"

    return events(read, "lines", picture)


def events(read: Reader, name: str, picture: Callable[[], tuple[str, bool]]) -> StreamingHttpResponse:
    async def source() -> AsyncIterator[bytes]:
        yield b"retry: 1500\n\n"
        before, until = None, time.monotonic() + LONGEST_S
        with contextlib.suppress(StreamEnded):
            while time.monotonic() < until:
                now, ended = await read(picture)
                if now != before:
                    before = now
                    yield _event(name, now)
                else:
                    yield b": still here\n\n"
                if ended:
                    yield _event("ended", "ended")
                    return
                await asyncio.sleep(EVERY_S)

    response = StreamingHttpResponse(source(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _event(name: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n".encode()
