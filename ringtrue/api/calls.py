"""Calls: list, read, listen, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router

from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.paging import page
from ringtrue.api.problems import Problem, ProblemDetails, not_found
from ringtrue.calls import reading, time_limit
from ringtrue.calls.deleting import CallIsLive, delete_call
from ringtrue.calls.listening import NoRecording
from ringtrue.calls.models import OUTCOMES, Call
from ringtrue.calls.searching import search
from ringtrue.privacy.legal_holds import OnHold
from ringtrue.rights import exporting, incidents

router = Router(tags=["calls"])
NOT_HERE = {404: ProblemDetails, 410: ProblemDetails}
Outcome = Literal[OUTCOMES]  # type: ignore[valid-type]
PURPOSES = ", ".join(exporting.PURPOSES)
Limit = Annotated[int, Query(25, ge=1, le=100)]
Cursor = Annotated[str, Query("", max_length=200)]


class CallBrief(Strict):
    id: str
    agent: str
    agent_version: int
    agent_version_id: str
    line: str
    direction: str
    state: str
    storage_mode: str
    recorded: bool
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_ms: int
    end_reason: str
    outcome: str
    turns: int
    reply_ms_p50: int | None
    is_test: bool


class SummaryOut(Strict):
    text: str
    name: str
    number: str
    reason: str
    promised: list[str]
    next_step: str
    made_by: str = Field(description="What made it; never a person.")
    automatic: bool
    kept: bool


class CallOut(CallBrief):
    from_number: str = ""
    to_number: str = ""
    summary: SummaryOut


class CallList(Strict):
    data: list[CallBrief]
    next_cursor: str | None


class LineOut(Strict):
    speaker: str
    turn: int
    start_ms: int
    end_ms: int
    text: str
    words: list[tuple[str, int, int]]
    complete: bool
    confidence: float | None
    kept: bool


class TranscriptOut(Strict):
    data: list[LineOut]
    automatic: bool = True


class EventOut(Strict):
    seq: int
    at_ms: int
    kind: str
    title: str
    fields: dict[str, Any]


class EventList(Strict):
    data: list[EventOut]
    next_cursor: str | None


@router.get("", response={200: CallList, 422: ProblemDetails})
@opens("calls:read")
def list_calls(
    request: ApiRequest,
    agent: Annotated[str, Query("", max_length=60)],
    state: Annotated[Literal["ringing", "live", "ended"] | None, Query(None)],
    outcome: Annotated[Outcome | None, Query(None)],
    line: Annotated[str, Query("", max_length=20)],
    since: Annotated[datetime | None, Query(None, description="Begun at or after.")],
    until: Annotated[datetime | None, Query(None, description="Begun before.")],
    is_test: Annotated[bool | None, Query(None)],
    q: Annotated[str, Query("", max_length=200, description="Name, number or words that were said.")],
    cursor: Cursor,
    limit: Limit,
) -> Any:
    """Calls, newest first."""
    rows = Call.objects.select_related("agent_version")
    wanted = {
        "agent_version__agent__slug": agent or None,
        "state": state,
        "outcome": outcome,
        "line": line or None,
        "created_at__gte": _instant(since, "since"),
        "created_at__lt": _instant(until, "until"),
        "is_test": is_test,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if q.strip():
        rows = rows.filter(id__in=search(request.workspace.id, q).calls)
        if limit_of_time := time_limit.shown_since(request.workspace.id):
            rows = rows.filter(created_at__gte=limit_of_time)
    found, following = page(rows, "created_at", cursor, limit)
    return {"data": [reading.basics(call) for call in found], "next_cursor": following}


@router.get("/{uuid:call_id}", response={200: CallOut, **NOT_HERE})
@opens("calls:read")
def get_call(request: ApiRequest, call_id: UUID) -> Any:
    """One call with its summary."""
    call = _call(call_id)
    summary = msgspec.to_builtins(reading.summary(call))
    return {**reading.basics(call), **reading.numbers(call), "summary": summary}


@router.get("/{uuid:call_id}/events", response={200: EventList, 422: ProblemDetails, **NOT_HERE})
@opens("calls:read")
def list_events(
    request: ApiRequest,
    call_id: UUID,
    cursor: Annotated[int, Query(0, ge=0, le=2**31 - 1, description="Events after this one; while a call is live, ask again.")],
    limit: Annotated[int, Query(200, ge=1, le=1000)],
) -> Any:
    """What happened, in order, as far as the storage mode kept it."""
    later = [moment for moment in reading.timeline(_call(call_id)) if moment.seq > cursor]
    following = str(later[limit - 1].seq) if len(later) > limit else None
    return {"data": [msgspec.to_builtins(moment) for moment in later[:limit]], "next_cursor": following}


@router.get("/{uuid:call_id}/transcript", response={200: TranscriptOut, **NOT_HERE})
@opens("calls:read")
def get_transcript(request: ApiRequest, call_id: UUID) -> Any:
    """What was heard and what was really played, with times."""
    return {"data": [msgspec.to_builtins(line) for line in reading.transcript(_call(call_id))]}


@router.get(
    "/{uuid:call_id}/recording",
    response={200: None, 403: ProblemDetails, 422: ProblemDetails, **NOT_HERE},
    openapi_extra={"responses": {200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}}},
)
@opens("calls:read")
def get_recording(
    request: ApiRequest,
    call_id: UUID,
    purpose: Annotated[
        str, Query("", max_length=20, description=f"What the file is wanted for, needed: {PURPOSES}. Written down.")
    ],
) -> Any:
    """The recording: WAV, PCM16, two channels (caller, agent)."""
    try:
        sound = reading.wav(_call(call_id))
    except NoRecording:
        raise Problem(404, "no-recording", "Of this call no recording is kept.") from None
    try:
        exporting.give_out(
            "call.downloaded",
            purpose,
            actor=actor(request),
            workspace_id=request.workspace.id,
            target=f"call:{call_id}",
            form="wav",
        )
    except exporting.NoPurpose:
        raise Problem(422, "no-purpose", f"Say in `purpose` what the file is for: {PURPOSES}.") from None
    except incidents.Frozen:
        raise Problem(403, "nothing-leaves", "Nothing is given out while an incident is open.") from None
    # Files and keys only from here on: the stream outlives the scope and needs no row.
    response = StreamingHttpResponse(iter(sound), content_type="audio/wav")
    response["Content-Length"] = str(sound.length)
    response["Content-Disposition"] = f'attachment; filename="call-{call_id}.wav"'
    response["Cache-Control"] = "no-store"
    return response


@router.delete("/{uuid:call_id}", response={204: None, 409: ProblemDetails, **NOT_HERE})
@opens("calls:write")
def remove_call(request: ApiRequest, call_id: UUID) -> Any:
    """Delete the call with all that was stored of it."""
    try:
        delete_call(_call(call_id, also_closed=True), actor=actor(request))
    except CallIsLive:
        raise Problem(409, "call-is-live", "The call is still going on.") from None
    except OnHold as held:
        raise Problem(409, "on-hold", f"This call must be kept for now: {held.law}.") from None
    return HttpResponse(status=204)


def _call(call_id: UUID, *, also_closed: bool = False) -> Call:
    call = Call.objects.select_related("agent_version").filter(id=call_id).first()
    if call is None:
        raise not_found()
    if not also_closed:
        try:
            time_limit.require_open(call)
        except time_limit.Closed:
            raise Problem(410, "call-closed", "The time limit of this call is over.") from None
    return call


def _instant(moment: datetime | None, name: str) -> datetime | None:
    if moment is not None and (moment.tzinfo is None or not 1970 <= moment.year <= 9000):
        detail = [{"pointer": f"/query/{name}", "detail": "A time with its zone, such as 2026-11-21T09:00:00Z."}]
        raise Problem(422, "does-not-fit", "The request does not fit the description.", errors=detail)
    return moment
