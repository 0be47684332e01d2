"""Who may do what, looked at each quarter."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.models import ApiKey, Membership
from ringtrue.accounts.roles import ROLE_WORDS, SCOPE_WORDS
from ringtrue.rights import reviewing_access


@needs("members.read", change="members.change")
def page(request: ConsoleRequest) -> HttpResponse:
    if request.method == "POST":
        reviewing_access.confirm(request.workspace, f"user:{request.user.id}")
        messages.success(request, "Written down: you have looked at it today.")
        return redirect("console:access_review", request.workspace.slug)
    members = Membership.objects.filter(workspace=request.workspace).select_related("user").order_by("role", "user__email")
    keys = ApiKey.objects.filter(workspace=request.workspace, revoked_at=None).order_by("name")
    shown = {
        "tab": "members",
        "members": [(member.user, ROLE_WORDS[member.role]) for member in members],
        "keys": [(key, [SCOPE_WORDS[scope] for scope in key.scopes]) for key in keys],
        "last": reviewing_access.last(request.workspace.id),
        "due": reviewing_access.is_due(request.workspace, timezone.now()),
    }
    return render(request, "console/settings/access_review.html", shown)
