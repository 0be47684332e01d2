"""A workspace passes to another company only after its people were told, had time, and nobody who owns it objected."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.scoping import system_scope
from ringtrue.core import audit
from ringtrue.rights.models import Handover

NOTICE = timedelta(days=30)


class NotYet(Exception):
    """Its people have not had their time, or an owner objected, or there is no account to pass it to."""


def announce(workspace_id: UUID, to_company: str, to_email: str, by: str) -> Handover:
    """Tells every member at once, with what each may choose. Needs the workspace's scope. Raises ValueError."""
    if not to_company.strip() or "@" not in to_email:
        raise ValueError("say which company, and the address of the account that will own it")
    now = timezone.now()
    made = Handover.objects.create(
        workspace_id=workspace_id, to_company=to_company.strip(), to_email=to_email.strip().lower(), announced_at=now,
        effective_at=now + NOTICE,
    )  # fmt: skip
    with system_scope("who is told"):
        workspace = Workspace.objects.get(id=workspace_id)
        people = Membership.objects.filter(workspace_id=workspace_id, user__is_active=True)
        addresses = list(people.values_list("user__email", flat=True).distinct())
    for address in addresses:
        _letter(address, workspace, made).send()
    audit.record(
        "handover.announced", actor=by, workspace_id=workspace_id, target=f"handover:{made.id}", told=len(addresses),
        effective_at=made.effective_at.isoformat(),
    )  # fmt: skip
    return made


def object_to(handover: Handover, by: User, role: str) -> bool:
    """An owner says no before it holds: it does not happen. False for others, and afterwards."""
    if role != "owner" or handover.done_at is not None:
        return False
    Handover.objects.filter(id=handover.id, objected_at=None).update(objected_at=timezone.now(), objected_by=by)
    audit.record("handover.objected", actor=f"user:{by.id}", workspace_id=handover.workspace_id, target=f"handover:{handover.id}")
    return True


def complete(handover: Handover, by: str, now: datetime | None = None) -> Membership:
    """The account of the new company owns the workspace; those who owned it before are its members no longer. Raises NotYet."""
    held = Handover.objects.select_for_update().get(id=handover.id)
    at = now or timezone.now()
    with system_scope("the account of the new company"):
        heir = User.objects.filter(email=held.to_email, is_active=True).first()
    if at < held.effective_at or held.objected_at or held.done_at or heir is None:
        raise NotYet
    Membership.objects.filter(workspace_id=held.workspace_id, role="owner").exclude(user=heir).delete()
    made, _ = Membership.objects.update_or_create(workspace_id=held.workspace_id, user=heir, defaults={"role": "owner"})
    held.done_at = at
    held.save(update_fields=["done_at"])
    audit.record("handover.done", actor=by, workspace_id=held.workspace_id, target=f"handover:{held.id}")
    return made


def _letter(to: str, workspace: Workspace, handover: Handover) -> EmailMessage:
    base = f"{settings.PUBLIC_URL}/w/{workspace.slug}"
    text = (
        f"{workspace.name}, with all that is kept in it, is to pass to {handover.to_company} on "
        f"{handover.effective_at:%A, %B %d, %Y}. Until then you may choose:\n\n"
        f"- take a copy of your own data, or end your account: {settings.PUBLIC_URL}/accounts/data/\n"
        f"- as an owner, object (then it does not happen): {base}/settings/registers/\n"
        f"- as an owner, close the workspace, so that it is deleted: {base}/settings/close/\n"
    )
    return EmailMessage(subject=f"{workspace.name} is to pass to {handover.to_company}", body=text, to=[to])
