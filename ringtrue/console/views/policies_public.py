"""Policies of a workspace as anybody reads them, with the days of their version; and the cookies that our pages set."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.privacy import cookies, policies, publishing
from ringtrue.privacy.register_models import PolicyVersion


@require_safe
def policy(request: HttpRequest, workspace_slug: str, kind: str, number: int = 0) -> HttpResponse:
    """The version in force, or an older one by its number."""
    with system_scope("a public page is found by its name"):
        business = Workspace.objects.filter(slug=workspace_slug).first()
    if business is None or kind not in policies.KINDS:
        raise Http404
    with workspace_scope(business.id):
        published = PolicyVersion.objects.filter(workspace=business, kind=kind).order_by("-number")
        version = published.filter(number=number).first() if number else publishing.in_force(business.id, kind)
        if version is None:
            raise Http404
        shown = {"version": version, "title": policies.TITLES_OF[kind], "others": list(published), "slug": workspace_slug}
        return render(request, "console/policy.html", shown)


@require_safe
def our_cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "console/cookies.html", {"items": cookies.INVENTORY, "without": cookies.STOPS_WITHOUT})
