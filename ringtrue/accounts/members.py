"""Roles given, changed and taken away. A workspace always keeps an owner, and nobody rises above whoever lifts them."""

from __future__ import annotations

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.roles import ROLES, may
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.core import audit


class NotAllowed(Exception):
    """This role may not do that to that role."""


class LastOwner(Exception):
    """A workspace without an owner could never be changed or closed again."""


def may_give(by_role: str, role: str) -> bool:
    """Only an owner makes owners."""
    return role in ROLES and may(by_role, "members.change") and (by_role == "owner" or role != "owner")


def change_role(workspace: Workspace, membership: Membership, role: str, by: User, by_role: str) -> None:
    """Raises NotAllowed, LastOwner. Takes effect with the person's next request."""
    with workspace_scope(workspace.id):
        held = _locked(workspace, membership)
        if not (may_give(by_role, role) and may_give(by_role, held.role)):
            raise NotAllowed
        if held.role == "owner" and role != "owner":
            _refuse_last_owner(held)
        before, held.role = held.role, role
        held.save(update_fields=["role"])
        audit.record(
            "member.role_changed",
            actor=f"user:{by.id}",
            workspace_id=workspace.id,
            target=f"user:{held.user_id}",
            before=before,
            after=role,
        )


def remove(workspace: Workspace, membership: Membership, by: User, by_role: str) -> None:
    """Also how one leaves: anyone may remove themselves. Raises NotAllowed, LastOwner."""
    with workspace_scope(workspace.id):
        held = _locked(workspace, membership)
        if held.user_id != by.id and not may_give(by_role, held.role):
            raise NotAllowed
        if held.role == "owner":
            _refuse_last_owner(held)
        held.delete()
        audit.record(
            "member.removed",
            actor=f"user:{by.id}",
            workspace_id=workspace.id,
            target=f"user:{membership.user_id}",
            role=held.role,
        )


def _locked(workspace: Workspace, membership: Membership) -> Membership:
    # Two owners who remove each other at the same moment wait for one another here.
    Workspace.objects.select_for_update().get(id=workspace.id)
    return Membership.objects.get(id=membership.id)


def _refuse_last_owner(membership: Membership) -> None:
    if not Membership.objects.filter(role="owner").exclude(id=membership.id).exists():
        raise LastOwner
