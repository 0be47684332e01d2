"""Staff of the operator see a workspace only by a grant: given by its own people, for one ticket, with a reason, for hours."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.models import StaffGrant, SupportTicket, User
from ringtrue.core import audit

ROLE = "support"  # what a grant opens: agents and settings, no calls
LONGEST = timedelta(hours=24)


def give(ticket: SupportTicket, staff_email: str, reason: str, hours: int, by: User) -> StaffGrant:
    """Needs the workspace's scope. Raises ValueError for nobody of the staff, no reason, a closed ticket, or more than a day."""
    staff = User.objects.filter(email=staff_email.strip().lower(), is_staff=True, is_active=True).first()
    if staff is None:
        raise ValueError("This is not the address of somebody from support.")
    if not reason.strip():
        raise ValueError("Say why they should look.")
    if ticket.closed_at is not None:
        raise ValueError("This request to support is closed.")
    if not timedelta(0) < timedelta(hours=hours) <= LONGEST:
        raise ValueError("Access lasts at most a day.")
    made = StaffGrant.objects.create(
        workspace_id=ticket.workspace_id, staff=staff, ticket=ticket, reason=reason.strip(), given_by=by,
        until=timezone.now() + timedelta(hours=hours),
    )  # fmt: skip
    audit.record(
        "staff.granted", actor=f"user:{by.id}", workspace_id=ticket.workspace_id, target=f"user:{staff.id}",
        ticket=str(ticket.id), until=made.until.isoformat(),
    )  # fmt: skip
    return made


def end(grant: StaffGrant, by: User) -> None:
    if StaffGrant.objects.filter(id=grant.id, ended_at=None).update(ended_at=timezone.now()):
        audit.record("staff.grant_ended", actor=f"user:{by.id}", workspace_id=grant.workspace_id, target=f"user:{grant.staff_id}")


def close(ticket: SupportTicket, by: User) -> None:
    """With the ticket every access that it was given for ends."""
    for grant in ticket.grants.filter(ended_at=None):
        end(grant, by)
    SupportTicket.objects.filter(id=ticket.id, closed_at=None).update(closed_at=timezone.now())


def living(user: User, slug: str) -> StaffGrant | None:
    """The grant by which this person may enter the workspace now. Needs the system's scope. Each use is noted, once a minute."""
    if not user.is_staff:
        return None
    now = timezone.now()
    grants = StaffGrant.objects.filter(staff=user, workspace__slug=slug, ended_at=None, until__gt=now, ticket__closed_at=None)
    grant = grants.select_related("workspace").order_by("until").last()
    if grant is not None and (grant.used_at is None or now - grant.used_at > timedelta(minutes=1)):
        StaffGrant.objects.filter(id=grant.id).update(used_at=now)
        audit.record(
            "staff.looked", actor=f"user:{user.id}", workspace_id=grant.workspace_id, target=f"grant:{grant.id}",
            ticket=str(grant.ticket_id),
        )  # fmt: skip
    return grant


def of_workspace(workspace_id: UUID) -> list[StaffGrant]:
    """Newest first, those that are over too. Needs the workspace's scope."""
    rows = StaffGrant.objects.filter(workspace_id=workspace_id).select_related("staff", "given_by", "ticket")
    return list(rows.order_by("-given_at"))
