"""What every page knows: the workspace, what the person may do, the way around."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from ringtrue.accounts.roles import CAPABILITIES, may
from ringtrue.accounts.workspaces import memberships
from ringtrue.privacy import announcing, closing, usage


class Place(NamedTuple):
    name: str
    url: str
    icon: str
    current: bool


class Can:
    """In a template `{% if can.calls_delete %}` asks for the capability "calls.delete"; a misspelt one raises."""

    def __init__(self, role: str) -> None:
        self.role = role

    def __getitem__(self, name: str) -> bool:
        capability = name.replace("_", ".", 1)
        if capability not in CAPABILITIES:
            raise AssertionError(f"no capability {capability!r}")
        return bool(self.role) and may(self.role, capability)


PLACES = (
    ("Home", "home", "home", "workspace.read", ""),
    ("Calls", "calls", "phone", "calls.list", "calls/"),
    ("Live", "live", "live", "calls.read", "live/"),
    ("Errands", "errands", "hand", "errands.read", "errands/"),
    ("Contacts", "contacts", "people", "contacts.read", "contacts/"),
    ("Campaigns", "campaigns", "campaign", "campaigns.read", "campaigns/"),
    ("Leads", "leads", "note", "leads.read", "leads/"),
    ("Calendar", "calendar", "calendar", "calendars.read", "calendar/"),
    ("Agents", "agents", "agent", "agents.read", "agents/"),
    ("Requests", "rights", "note", "rights.read", "rights/"),
    ("Settings", "settings", "gear", "workspace.read", "settings/"),
)
IN_SETTINGS = ("settings/", "members/", "keys/")


def console(request: HttpRequest) -> dict[str, Any]:
    workspace = getattr(request, "workspace", None)
    role = getattr(request, "role", "")
    known: dict[str, Any] = {"workspace": workspace, "role": role, "csp_nonce": getattr(request, "csp_nonce", "")}
    if workspace is None:
        return known
    return {
        **known,
        "can": Can(role),
        "policy_changes": lambda: announcing.standing(workspace.id),
        "analytics_asked": lambda: usage.QUESTION if usage.asks(request, workspace.id, request.user) else "",  # type: ignore[arg-type]
        "closure": lambda: closing.closure_of(workspace.id),
        "places": _places(request.path, workspace.slug, role),
        "other_workspaces": lambda: [m.workspace for m in memberships(request.user) if m.workspace_id != workspace.id],  # type: ignore[arg-type]
    }


def _places(path: str, slug: str, role: str) -> list[Place]:
    root = f"/w/{slug}/"
    inside = path.removeprefix(root)
    found = []
    for name, url_name, icon, capability, prefix in PLACES:
        if not may(role, capability):
            continue
        try:
            url = reverse(f"console:{url_name}", args=[slug])
        except NoReverseMatch:
            continue
        prefixes = IN_SETTINGS if url_name == "settings" else (prefix,)
        current = inside == "" if not prefix else inside.startswith(prefixes)
        found.append(Place(name, url, icon, current))
    return found
