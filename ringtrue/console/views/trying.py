"""Try it: a call from the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.publishing import current
from ringtrue.console.greeting_words import heard_first
from ringtrue.console.views.agent_pages import find
from ringtrue.privacy.policy import effective
from ringtrue.reception.answering import CallRefused, open_call

REFUSED = {
    "voice_off": "Calls are switched off for this workspace.",
    "not_published": "Publish the agent first: there is no version yet that could answer.",
    "not_live": "The agent is switched off.",
}


@needs("agents.try")
def page(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent = find(request, agent_slug)
    version = current(agent)
    document = version.document if version else agent.draft
    shown = {
        "agent": agent,
        "version": version,
        "heard_first": heard_first(document, request.workspace.id),
        "ideas": _ideas(document),
        "storage_mode": effective(request.workspace.id, "storage.mode").value,
    }
    return render(request, "console/agents/try.html", shown)


@require_POST
@needs("agents.try")
def begin(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    """A ticket for one call, when the microphone is ready: it works once and for a minute."""
    agent = find(request, agent_slug)
    try:
        call, token = open_call(agent, line="browser", is_test=True)
    except CallRefused as refused:
        return JsonResponse({"error": REFUSED.get(str(refused), "The call could not be opened.")}, status=409)
    return JsonResponse(
        {
            "url": f"{settings.MEDIA_SOCKET_URL}/browser?ticket={token}",
            "page": reverse("console:call", args=[request.workspace.slug, call.id]),
        }
    )


def _ideas(document: dict[str, object]) -> list[str]:
    """Things to say, made of this business's own facts."""
    ideas = ["Are you open on Saturday?"]
    services = document.get("services") or []
    faqs = document.get("faqs") or []
    if isinstance(services, list) and services:
        ideas.append(f"How much is {str(services[0]['name']).lower()}?")
        if any(service.get("bookable") for service in services):
            ideas.append("I'd like to make an appointment.")
    if isinstance(faqs, list) and faqs:
        ideas.append(str(faqs[0]["question"]))
    return [*ideas, "Could you take a message?", "Are you a robot?"]
