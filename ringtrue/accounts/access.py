"""The one door of the console: every view names the capability it needs, and gets the workspace of its address.

Someone who is no member gets 404 (the workspace does not exist for them); a member without the capability gets 403.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.roles import CAPABILITIES, may
from ringtrue.accounts.scoping import system_scope, workspace_scope


class ConsoleRequest(HttpRequest):
    """What a console view gets."""

    user: User
    workspace: Workspace
    role: str


View = Callable[..., HttpResponseBase]


def membership_of(user: User, slug: str) -> Membership:
    """Raises Http404."""
    with system_scope("a person's own memberships are found before any workspace is known"):
        found = Membership.objects.select_related("workspace").filter(user=user, workspace__slug=slug).first()
    if found is None:
        raise Http404
    return found


def needs(capability: str) -> Callable[[View], View]:
    """Decorates `view(request, slug, ...)`, which is then called as `view(request, ...)` inside the workspace's scope.

    A streaming view must open its own scope: the transaction ends when the view returns.
    """
    assert capability in CAPABILITIES, capability

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, slug: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            membership = membership_of(request.user, slug)
            if not may(membership.role, capability):
                raise PermissionDenied(capability)
            request.workspace = membership.workspace
            request.role = membership.role
            with workspace_scope(membership.workspace_id):
                response = view(request, **kwargs)
                if (
                    isinstance(response, HttpResponse)
                    and hasattr(response, "render")
                    and not getattr(response, "is_rendered", True)
                ):
                    response.render()
                return response

        guarded.capability = capability  # type: ignore[attr-defined]
        return guarded

    return decorate
