"""What happens when somebody enters a workspace: the policy that holds is accepted first, and the visit may be counted."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ringtrue.accounts.models import Membership
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.privacy import publishing, usage

BEFORE_ACCEPTING = ("console:policy_accept", "console:leave", "console:analytics_choice")


def policy_door(request: Any) -> HttpResponse | None:
    """403 with the policy and a button, while a member has not accepted the version in force."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    with workspace_scope(request.workspace.id):
        member = Membership.objects.filter(workspace=request.workspace, user=request.user).exists()
        version = publishing.enter(request.workspace.id, request.user) if member and page not in BEFORE_ACCEPTING else None
        if version is None:
            if request.method == "GET" and not getattr(request, "htmx", False):
                usage.count(request, request.workspace.id, request.user, page.removeprefix("console:"))
            return None
        if getattr(request, "htmx", False):
            refused = HttpResponse("policy_acceptance_required", status=403, content_type="text/plain")
            refused["HX-Redirect"] = reverse("console:policy_accept", args=[request.workspace.slug])
            return refused
        return render(
            request, "console/policy_accept.html", {"version": version, "code": "policy_acceptance_required"}, status=403
        )
