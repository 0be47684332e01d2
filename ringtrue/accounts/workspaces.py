"""Making a workspace, and finding the one a person lands in.

What a new workspace begins with (an agent from a starter) is made by a feature above this one, which offers itself here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple

from django.utils.text import slugify

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.scoping import system_scope
from ringtrue.core import audit


class Starter(NamedTuple):
    name: str
    label: str
    furnish: Callable[[Workspace, User], object]  # called inside the scope of the new workspace's making


STARTERS: dict[str, Starter] = {}


def offer_starter(name: str, label: str, furnish: Callable[[Workspace, User], object]) -> None:
    STARTERS[name] = Starter(name, label, furnish)


def create_workspace(user: User, name: str, starter: str = "") -> Workspace:
    """A workspace with `user` as its owner; `starter` is a name in STARTERS, or "" for an empty one. Raises KeyError."""
    chosen = STARTERS[starter] if starter else None
    with system_scope("a workspace is being made"):
        workspace = Workspace.objects.create(slug=free_slug(name), name=name)
        Membership.objects.create(workspace=workspace, user=user, role="owner")
        if chosen:
            chosen.furnish(workspace, user)
        audit.record("workspace.made", actor=f"user:{user.id}", workspace_id=workspace.id, target=f"workspace:{workspace.id}")
    return workspace


def free_slug(name: str) -> str:
    """A slug of the name; with a random end where that is taken, so that it does not tell how many others have the name."""
    wanted = slugify(name)[:50].strip("-") or "workspace"
    if not Workspace.objects.filter(slug=wanted).exists():
        return wanted
    return f"{wanted}-{secrets.token_hex(3)}"


def memberships(user: User) -> list[Membership]:
    """Of this person, oldest first, each with its workspace."""
    with system_scope("a person's own memberships are found before any workspace is known"):
        return list(Membership.objects.select_related("workspace").filter(user=user).order_by("created_at", "id"))


def home_of(user: User) -> str:
    """Where `/` leads: the workspace used last, for who wants that, else the first one, or the page that makes one."""
    own = memberships(user)
    if not own:
        return "/accounts/workspaces/new/"
    last = next((m for m in own if user.remembers_place and m.workspace_id == user.last_workspace_id), own[0])
    return f"/w/{last.workspace.slug}/"


def remember_place(user: User, workspace: Workspace) -> None:
    """That this person used it last, where they have switched that on."""
    if user.remembers_place and user.last_workspace_id != workspace.id:
        user.last_workspace = workspace
        user.save(update_fields=["last_workspace"])
