"""One call: player, transcript, summary, outcome, events, what is stored; correcting and deleting it."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking
from ringtrue.calls import folding, reading, reviewing, time_limit
from ringtrue.calls import messages as taken
from ringtrue.calls.deleting import CallIsLive, delete_call
from ringtrue.calls.models import OUTCOMES, Call
from ringtrue.calls.stored import stored
from ringtrue.calls.vcon import vcon_of
from ringtrue.console import missing_words
from ringtrue.console.asking_purpose import unless_told
from ringtrue.console.call_rows import who
from ringtrue.console.templatetags.console_parts import OUTCOMES as WORDS
from ringtrue.console.why_not_listening import why_not
from ringtrue.contacts.models import Contact
from ringtrue.core import audit
from ringtrue.privacy import legal_holds, subprocessors
from ringtrue.privacy.modes import keeps

FILES = {"text": "The call as text", "json": "The data of the call", "vcon": "The call as a vCon", "wav": "The recording"}
BUSY = frozenset(
    {"heard", "said", "turn_times", "understood", "model_used", "speech_used"}
)  # of every turn: shown elsewhere on the page


def find(request: ConsoleRequest, call_id: UUID, *, also_closed: bool = False) -> Call:
    """Raises Http404, and time_limit.Closed (`console/closed_calls.py` answers 410)."""
    found = Call.objects.select_related("agent_version__agent", "subject", "workspace")
    call = get_object_or_404(found, workspace=request.workspace, id=call_id)
    if not also_closed:
        time_limit.require_open(call)
    return call


@needs("calls.read")
def page(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id)
    if request.role == "qa":
        audit.record(
            "call.opened", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"call:{call.id}", role="qa"
        )
    told = reading.told(call)
    moments = [m for m in reading.timeline(call) if m.kind not in BUSY]
    turns = folding.turns(told)
    uses, spending = folding.speech(told), folding.spending(told)
    speech_cost = folding.speech_cost(uses)
    line_cost = call.cost_micros / 1_000_000 if call.cost_micros else None
    costs = [cost for cost in (line_cost, spending.cost_usd if spending else None, speech_cost) if cost]
    shown = {
        "call": call,
        "who": who(call, Contact.objects.filter(subject=call.subject).first()),
        "lines": folding.lines(told),
        "summary": reading.summary(call) if call.state == "ended" else None,
        "outcomes": [(key, WORDS[key][0]) for key in OUTCOMES],
        "moments": moments,
        "turns": turns,
        "routing": reading.routing(call),
        "spending": spending,
        "speech": uses,
        "speech_cost": speech_cost,
        "line_cost": line_cost,
        "whole_cost": sum(costs) if len(costs) > 1 else None,
        "line_company": subprocessors.KNOWN.get(call.line, ("the carrier",))[0],
        "slowest": max((t.reply_ms for t in turns), default=0),
        "messages_taken": [(row, taken.read(row)) for row in call.messages.order_by("created_at")],
        "bookings": [(row, bookings.who(row)) for row in Booking.objects.filter(call_id=call.id).order_by("starts_at")],
        "stored": stored(call),
        "why_not_listen": why_not(call) if call.state == "live" else "",
        "missing": missing_words.of(call, told),
        "keeps": keeps(call.storage_mode),
        "agent": call.agent_version.agent,
        "reviews": [
            (row, reviewing.answers_of(row), reviewing.note_of(row))
            for row in call.reviews.select_related("reviewer").order_by("at")
        ],
        "review_questions": reviewing.QUESTIONS,
        "review_takes_note": reviewing.takes_a_note(call),
    }
    return render(request, "console/calls/call.html", shown)


@needs("calls.read")
def peaks(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id)
    return JsonResponse({"peaks": reading.peaks(call, 800), "duration_ms": call.duration_ms})


@require_POST
@needs("calls.correct")
def correct(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id)
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES or call.state != "ended":
        messages.error(request, "Please choose an outcome from the list.")
    elif outcome != call.outcome:
        before, call.outcome = call.outcome, outcome
        call.save(update_fields=["outcome"])
        audit.record(
            "call.outcome_corrected", actor=f"user:{request.user.id}", workspace_id=request.workspace.id,
            target=f"call:{call.id}", before=before, after=outcome,
        )  # fmt: skip
        messages.success(request, "The outcome is corrected.")
    return redirect("console:call", request.workspace.slug, call.id)


@require_POST
@needs("calls.delete")
def delete(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id, also_closed=True)
    try:
        removed = delete_call(call, actor=f"user:{request.user.id}")
    except CallIsLive:
        messages.error(request, "Someone is speaking in this call. It can be deleted when it has ended.")
        return redirect("console:call", request.workspace.slug, call.id)
    except legal_holds.OnHold as held:
        messages.error(request, f"Not deleted, because it must be kept for now: {held.law}.")
        return redirect("console:call", request.workspace.slug, call.id)
    files = f" and {removed.files} sealed files" if removed.files else ""
    messages.success(request, f"The call is deleted: {removed.rows} records{files} are gone for good.")
    return redirect("console:calls", request.workspace.slug)


@needs("calls.download")
def text(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id)
    return purpose_missing(request, call, "text") or _file(
        call, reading.as_text(call).encode(), "text/plain; charset=utf-8", "txt"
    )


@needs("calls.download")
def json(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id)
    if asked := purpose_missing(request, call, "json"):
        return asked
    body = msgspec.json.format(msgspec.json.encode(reading.as_json(call)), indent=2)
    return _file(call, body, "application/json", "json")


@needs("calls.download")
def vcon(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    """With the recording and what the person agreed to, for other programs."""
    call = find(request, call_id)
    if asked := purpose_missing(request, call, "vcon"):
        return asked
    return _file(call, msgspec.json.format(msgspec.json.encode(vcon_of(call)), indent=2), "application/vcon+json", "vcon.json")


def purpose_missing(request: ConsoleRequest, call: Call, form: str) -> HttpResponse | None:
    back = reverse("console:call", args=[request.workspace.slug, call.id])
    return unless_told(request, "call.downloaded", f"call:{call.id}", file=FILES[form], back=back, form=form)


def _file(call: Call, body: bytes, kind: str, ending: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{file_name(call)}.{ending}"'
    return response


def file_name(call: Call) -> str:
    """Says nothing about the caller: file names end in backups and logs."""
    return f"call-{call.created_at:%Y-%m-%d}-{str(call.id)[:8]}"
