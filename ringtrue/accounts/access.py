"""The one door of the console: every view names the capability it needs, and gets the workspace of its address.

Someone who is no member gets 404 (the workspace does not exist for them); a member without the capability gets 403.
HTMX requests get the same statuses with one plain sentence, and a sign-in redirect that the whole page follows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from ringtrue.accounts import staff_access
from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.roles import CAPABILITIES, may
from ringtrue.accounts.scoping import system_scope, workspace_scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_Value = TypeVar("_Value")


class ConsoleRequest(HttpRequest):
    """What a console view gets."""

    user: User
    workspace: Workspace
    role: str


View = Callable[..., HttpResponseBase]


DOORS: list[Callable[[Any], HttpResponseBase | None]] = []
"""Asked in order once somebody may enter; what one answers stands in place of the page. Filled by features above this one."""


class StreamEnded(Exception):
    """The person's session, membership or role no longer allows this stream."""


class Entry(NamedTuple):
    """In which role somebody may enter which workspace."""

    workspace: Workspace
    role: str


def entry_of(user: User, slug: str) -> Entry | None:
    """As a member, or as staff by a grant of the workspace's people. Needs the system's scope."""
    member = Membership.objects.select_related("workspace").filter(user=user, workspace__slug=slug).first()
    if member is not None:
        return Entry(member.workspace, member.role)
    grant = staff_access.living(user, slug)
    return None if grant is None else Entry(grant.workspace, staff_access.ROLE)


def needs(capability: str, *, change: str = "") -> Callable[[View], View]:
    """Decorates `view(request, slug, ...)`, which is then called as `view(request, ...)` inside the workspace's scope.

    `change`: the capability that methods other than GET and HEAD need, where one view both shows and changes.
    For a view that streams use `needs_stream`: this one's scope ends when the view returns.
    """
    assert capability in CAPABILITIES, capability
    assert not change or change in CAPABILITIES, change

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, slug: str, **kwargs: Any) -> HttpResponseBase:
            refused = _enter(request, slug, capability if request.method in SAFE_METHODS else change or capability)
            if refused is not None:
                return refused
            with workspace_scope(request.workspace.id):
                return _rendered(view(request, **kwargs))

        _mark(guarded, capability, change)
        return guarded

    return decorate


class Reader:
    """How a stream reads: `await read(function, *args)` runs the function inside the workspace's scope, in a thread, after
    asking again whether the person may still see this. Raises StreamEnded when not."""

    def __init__(self, request: Any, slug: str, capability: str) -> None:
        self._session_key = request.session.session_key
        self._session_class = type(request.session)
        self._user_id: UUID = request.user.pk
        self._slug = slug
        self._capability = capability

    async def __call__(self, function: Callable[..., _Value], *args: Any) -> _Value:
        return await sync_to_async(self._read_and_give_back)(function, *args)

    def _read_and_give_back(self, function: Callable[..., _Value], *args: Any) -> _Value:
        # A stream lasts for minutes: between two reads its connection goes back to the pool, or a few viewers would empty it.
        try:
            return self._read(function, *args)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    def _read(self, function: Callable[..., _Value], *args: Any) -> _Value:
        if not self._session_class().exists(self._session_key):
            raise StreamEnded
        with system_scope("asking again whether this person is still a member"):
            user = User.objects.filter(id=self._user_id, is_active=True).first()
            entry = entry_of(user, self._slug) if user is not None else None
        if entry is None or not may(entry.role, self._capability):
            raise StreamEnded
        with workspace_scope(entry.workspace.id):
            return function(*args)


def needs_stream(capability: str) -> Callable[[Callable[..., Awaitable[HttpResponseBase]]], Callable[..., Any]]:
    """Decorates `async def view(request, slug, ...)`, which is then called as `view(request, read, ...)`; `read` is a Reader.

    The generator that the view streams reads only through `read`; it may let StreamEnded through, which ends the stream.
    """
    assert capability in CAPABILITIES, capability

    def decorate(view: Callable[..., Awaitable[HttpResponseBase]]) -> Callable[..., Any]:
        @wraps(view)
        async def guarded(request: Any, slug: str, **kwargs: Any) -> HttpResponseBase:
            refused = await sync_to_async(_enter)(request, slug, capability)
            if refused is not None:
                return refused
            return await view(request, Reader(request, slug, capability), **kwargs)

        _mark(guarded, capability, "")
        return guarded

    return decorate


def needs_sign_in(view: View) -> View:
    """For pages of a person's own account, which belong to no workspace."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.own_account = True  # type: ignore[attr-defined]
    return guarded


def _enter(request: Any, slug: str, capability: str) -> HttpResponseBase | None:
    """Sets `request.workspace` and `request.role`, or returns the refusal. Raises Http404, PermissionDenied."""
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    htmx = bool(getattr(request, "htmx", False))
    with system_scope("how a person may enter is found before any workspace is known"):
        entry = entry_of(request.user, slug)
    if entry is None:
        if htmx:
            return HttpResponse("Not found.", status=404, content_type="text/plain")
        raise Http404
    request.workspace, request.role = entry
    if not may(entry.role, capability):
        if htmx:
            return HttpResponse("Your role does not allow this.", status=403, content_type="text/plain")
        raise PermissionDenied(capability)
    for door in DOORS:
        if (answer := door(request)) is not None:
            return answer
    return None


def _to_sign_in(request: Any) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        # A redirect would be followed by the fragment and put the sign-in page into a table row.
        response = HttpResponse("Please sign in again.", status=401, content_type="text/plain")
        response["HX-Redirect"] = redirect_to_login(request.htmx.current_url_abs_path or "/").url
        return response
    return redirect_to_login(request.get_full_path())


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    # A lazy template reads its rows when it is rendered: that must happen inside the scope.
    if isinstance(response, HttpResponse) and hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.render()
    return response


def _mark(guarded: Any, capability: str, change: str) -> None:
    guarded.capability = capability
    guarded.change_capability = change or capability
