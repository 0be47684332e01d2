"""Policies of the workspace: what they say now, publishing a version, accepting one, and whether visits may be counted."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.views.showing_forms import entered_day
from ringtrue.privacy import announcing, declaring, policies, processing_records, publishing, usage
from ringtrue.privacy.policy import effective
from ringtrue.privacy.policy_words import words

WORDS = {"attestation": declaring.attestation, "dpa": declaring.agreement}
PAPERS = {"attestation": "Callers are told and asked", "dpa": "Agreement on processing"}


@needs("privacy.read", change="privacy.change")
def page(request: ConsoleRequest) -> HttpResponse:
    given = request.POST.get("day", "")
    kind, day = request.POST.get("kind", ""), entered_day(given)
    problem = "There is no such day." if given and day is None else ""
    if request.method == "POST" and not problem:
        try:
            version = publishing.publish(
                request.workspace.id, kind, request.workspace.name, material=request.POST.get("material") == "on",
                by=f"user:{request.user.id}", effective_at=timezone.make_aware(datetime.combine(day, time(0))) if day else None,
            )  # fmt: skip
            messages.success(request, f"Published. It holds from {version.effective_at:%B} {version.effective_at.day} on.")
            return redirect("console:settings_policies", request.workspace.slug)
        except (publishing.NotPublishable, announcing.TooSoon) as why:
            problem = str(why)
        except ValueError:
            problem = "There is no such policy."
    notice = effective(request.workspace.id, "policy.notice").value
    shown = {
        "tab": "policies", "problem": problem, "policies": [_policy(request, kind) for kind in policies.KINDS],
        "notice": words("policy.notice", notice),
        "papers": [_paper(request, kind) for kind in WORDS],
    }  # fmt: skip
    return render(request, "console/settings/policies.html", shown, status=422 if problem else 200)


def _paper(request: ConsoleRequest, kind: str) -> dict[str, Any]:
    said = WORDS[kind](request.workspace.id, request.workspace.name)
    done = declaring.signed(request.workspace.id, kind, said)
    return {"kind": kind, "title": PAPERS[kind], "words": said, "signed": done}


def _policy(request: ConsoleRequest, kind: str) -> dict[str, Any]:
    of = request.workspace.id
    text, newest = policies.write(of, kind, request.workspace.name), publishing.newest(of, kind)
    return {
        "kind": kind,
        "title": policies.TITLES_OF[kind],
        "holds": publishing.in_force(of, kind),
        "coming": publishing.coming(of, kind),
        "text": text,
        "faults": policies.faults(of, text),
        "changed": publishing.changes(newest.text if newest else "", text) if newest else [],
        "first": newest is None,
    }


@require_POST
@needs("privacy.change")
def sign(request: ConsoleRequest) -> HttpResponse:
    of, name, kind = request.workspace.id, request.workspace.name, request.POST.get("kind", "")
    if kind not in WORDS or request.POST.get("may") != "on":
        messages.error(request, "Please tick that you may sign for the business.")
        return redirect("console:settings_policies", request.workspace.slug)
    try:
        declaring.sign(of, request.user, request.role, kind, WORDS[kind](of, name), name)
        messages.success(request, "Signed.")
    except declaring.OnlyAnOwner:
        messages.error(request, "Only an owner of the workspace can sign this.")
    return redirect("console:settings_policies", request.workspace.slug)


@needs("privacy.read")
def records(request: ConsoleRequest) -> HttpResponse:
    """Records of processing, made from the data map."""
    shown = {"tab": "policies", "records": processing_records.records(request.workspace.id)}
    return render(request, "console/settings/records.html", shown)


@needs("workspace.read")
def accept(request: ConsoleRequest) -> HttpResponse:
    version = publishing.outstanding(request.workspace.id, request.user)
    if version is None:
        return redirect("console:home", request.workspace.slug)
    if request.method == "POST":
        publishing.accept(version, request.user, "explicit")
        return redirect("console:home", request.workspace.slug)
    return render(request, "console/policy_accept.html", {"version": version})


@require_POST
@needs("workspace.read")
def choose(request: ConsoleRequest) -> HttpResponse:
    usage.choose(request.workspace.id, request.user, request.POST.get("answer") == "yes")
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("console:home", request.workspace.slug)
