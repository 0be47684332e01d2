"""One agent: its overview, its forms, publishing and its versions."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.agents.publishing import current, publish
from ringtrue.console.agent_forms import BY_SLUG, SECTIONS
from ringtrue.console.agent_forms.people import HOW, WHEN
from ringtrue.console.agent_forms.section import Section
from ringtrue.console.greeting_words import heard_first
from ringtrue.core import audit
from ringtrue.privacy import declaring
from ringtrue.privacy.policy import effective
from ringtrue.voice.agent import Agent as Snapshot

NOT_COMPARED = ("slug", "version", "version_id")


def find(request: ConsoleRequest, agent_slug: str) -> Agent:
    return get_object_or_404(Agent, workspace=request.workspace, slug=agent_slug)


def whole(document: dict[str, Any]) -> dict[str, Any]:
    """A draft or a version with every default filled in, so that two can be compared."""
    built: dict[str, Any] = msgspec.to_builtins(msgspec.convert(document, Snapshot))
    return {name: value for name, value in built.items() if name not in NOT_COMPARED}


def changed_sections(before: dict[str, Any], after: dict[str, Any]) -> list[Section]:
    old, new = whole(before), whole(after)
    return [section for section in SECTIONS if any(old[name] != new[name] for name in section.fields)]


def _shared(agent: Agent) -> dict[str, Any]:
    version = current(agent)
    changed = changed_sections(version.document, agent.draft) if version else []
    return {
        "agent": agent,
        "version": version,
        "changed": changed,
        "heard_first": heard_first(agent.draft, agent.workspace_id),
        "sections": [{"section": s, "told": s.told(agent.draft)} for s in SECTIONS],
    }


@needs("agents.read")
def overview(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent = find(request, agent_slug)
    numbers = list(agent.numbers.order_by("number"))
    return render(request, "console/agents/overview.html", _shared(agent) | {"numbers": numbers})


@needs("agents.read", change="agents.change")
def section(request: ConsoleRequest, agent_slug: str, part: str) -> HttpResponse:
    agent = find(request, agent_slug)
    if part not in BY_SLUG:
        raise Http404
    form = BY_SLUG[part]
    state, errors = form.show(agent.draft), {}
    filled = form.fill(state, request.POST)
    if filled is not None:
        state = filled
    elif request.method == "POST":
        taken = form.take(request.POST)
        state, errors = taken.state, taken.errors
        if not errors:
            errors = _save(request, agent, form, taken.patch)
        if not errors:
            messages.success(request, "Saved. Callers hear the change when you publish it.")
            return redirect("console:agent_section", request.workspace.slug, agent.slug, part)
    shown = _shared(agent) | {
        "form": form,
        "state": state,
        "errors": errors,
        "storage_mode": effective(request.workspace.id, "storage.mode"),
        # What a row that is added in the page begins with; the script puts a new key in place of __key__.
        "blank_row": {"key": "__key__", "minutes": 30, "bookable": "yes", "hours": "open"},
        "yes_no": (("yes", "Yes"), ("no", "No, only asked about")),
        "rule_when": WHEN,
        "rule_how": HOW,
    }
    return render(request, form.template, shown, status=422 if errors else 200)


def _save(request: ConsoleRequest, agent: Agent, form: Section, patch: dict[str, Any]) -> dict[str, str]:
    """Errors, by input; {} when it is saved."""
    # Another person may have saved another part meanwhile: only this form's fields are changed, on the newest draft.
    agent = Agent.objects.select_for_update().get(id=agent.id)
    draft = {**agent.draft, **patch}
    if "limits" in patch:
        draft["limits"] = {**agent.draft.get("limits", {}), **patch["limits"]}
    try:
        msgspec.convert(draft, Snapshot)
    except msgspec.ValidationError as problem:
        return {"form": f"This part could not be saved as it is: {problem}."}
    agent.draft = draft
    agent.name = draft["business"][:120]
    agent.save(update_fields=["draft", "name", "updated_at"])
    audit.record(
        "agent.changed",
        actor=f"user:{request.user.id}",
        workspace_id=request.workspace.id,
        target=f"agent:{agent.id}",
        part=form.slug,
    )
    return {}


@require_POST
@needs("agents.change")
def publish_now(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent = find(request, agent_slug)
    try:
        version = publish(agent, request.user)
    except msgspec.ValidationError:
        messages.error(
            request, "This agent cannot be published yet: a part of it does not fit together. Please look through the parts."
        )
        return redirect("console:agent", request.workspace.slug, agent.slug)
    audit.record(
        "agent.published", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"agent:{agent.id}",
        version=version.number,
    )  # fmt: skip
    messages.success(request, f"Published. From now on callers hear version {version.number}.")
    return redirect("console:agent", request.workspace.slug, agent.slug)


@require_POST
@needs("agents.change")
def switch(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent = find(request, agent_slug)
    agent.live = request.POST.get("live") == "on"
    if agent.live and current(agent) is None:
        messages.error(request, "Publish the agent first: there is no version yet that could answer.")
        return redirect("console:agent", request.workspace.slug, agent.slug)
    if agent.live and declaring.needs_attestation(request.workspace.id, request.workspace.name):
        messages.error(request, "An owner confirms first, under Settings, Policies, that callers are told and asked.")
        return redirect("console:agent", request.workspace.slug, agent.slug)
    agent.save(update_fields=["live"])
    audit.record(
        "agent.switched",
        actor=f"user:{request.user.id}",
        workspace_id=request.workspace.id,
        target=f"agent:{agent.id}",
        on=agent.live,
    )
    messages.success(request, f"{agent.name} {'answers calls now' if agent.live else 'does not answer calls any more'}.")
    return redirect("console:agent", request.workspace.slug, agent.slug)


@needs("agents.read")
def versions(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent = find(request, agent_slug)
    found = list(agent.versions.select_related("published_by").order_by("-number")[:100])
    rows = []
    for version, before in zip(found, [*found[1:], None], strict=True):
        rows.append({"version": version, "changed": changed_sections(before.document, version.document) if before else []})
    return render(request, "console/agents/versions.html", _shared(agent) | {"rows": rows})


@require_POST
@needs("agents.change")
def restore(request: ConsoleRequest, agent_slug: str, number: int) -> HttpResponse:
    agent = find(request, agent_slug)
    version = get_object_or_404(AgentVersion, agent=agent, number=number)
    agent.draft = {**version.document, "version": 0, "version_id": ""}
    agent.name = agent.draft["business"][:120]
    agent.save(update_fields=["draft", "name", "updated_at"])
    audit.record(
        "agent.restored",
        actor=f"user:{request.user.id}",
        workspace_id=request.workspace.id,
        target=f"agent:{agent.id}",
        version=number,
    )
    messages.success(request, f"The forms now hold version {number} again. Publish to let callers hear it.")
    return redirect("console:agent", request.workspace.slug, agent.slug)
