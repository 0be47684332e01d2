"""Breaches: the register with its clock (72 hours, GDPR Art. 33), who is affected, drafts of what they are told, and containment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from ringtrue.accounts import keys, signing_in, staff_access
from ringtrue.accounts.models import ApiKey, Membership, SignIn, StaffGrant, User, Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.privacy.data_map import store_named
from ringtrue.privacy.models import Subject
from ringtrue.rights.models import Incident

HOURS = 72
MARKS = (("day", 24, "Two days are left"), ("late", 60, "Twelve hours are left"), ("due", HOURS, "The authority has to know now"))
TOLD = ("owner", "admin", "dpo")


class Frozen(Exception):
    """Nothing is given out while an incident is contained and not closed."""


def report(workspace_id: UUID, what: str, stores: Sequence[str], by: User, noticed_at: datetime | None = None) -> Incident:
    """Needs the workspace's scope. Raises ValueError without words, or for a store that there is not."""
    if not what.strip() or not stores or any(store_named(name) is None for name in stores):
        raise ValueError("say what happened, and which stores of the data map it touches")
    at = noticed_at or timezone.now()
    made = Incident.objects.create(
        workspace_id=workspace_id, what=what.strip(), stores=sorted(set(stores)), noticed_at=at,
        due_at=at + timedelta(hours=HOURS), reported_by=by,
    )  # fmt: skip
    _note(made, "reported", by, stores=len(made.stores))
    return made


def affected(incident: Incident) -> list[Subject]:
    """The people of whom one of these stores holds something. Needs the workspace's scope."""
    exports = [store.export for name in incident.stores if (store := store_named(name)) and store.export]
    people = Subject.objects.filter(workspace_id=incident.workspace_id, erased_at=None).order_by("created_at")
    return [person for person in people if any(next(iter(export(person)), None) is not None for export in exports)]


def drafts(incident: Incident) -> dict[str, str]:
    """{"authority", "people"}: letters to complete (GDPR Art. 33(3) and 34(2); US state laws ask for the same points)."""
    number = len(affected(incident))
    stores = [store for name in incident.stores if (store := store_named(name))]
    kinds = "; ".join(sorted({store.what for store in stores}))
    done = "Sessions and keys were ended and exports stopped." if incident.contained_at else "It is being contained."
    return {
        "authority": (
            f"On {incident.noticed_at:%Y-%m-%d %H:%M} UTC we became aware of this: {incident.what}\n"
            f"Kinds of data: {kinds}.\nPeople concerned: about {number}.\nMeasures: {done}\n"
            "Likely consequences and our contact: to be completed."
        ),
        "people": (
            f"Somebody may have seen data about you. What happened: {incident.what}\nWhich data: {kinds}.\n"
            f"What was done: {done}\nWhat you can do, and whom you can ask: to be completed."
        ),
    }


def contain(incident: Incident, by: User) -> dict[str, int]:
    """One step: every session of its people ends, every key and every access of staff; nothing is given out until it is closed."""
    workspace_id = incident.workspace_id
    members = Membership.objects.filter(workspace_id=workspace_id).values_list("user_id", flat=True)
    ended = {"sessions": 0, "keys": 0, "grants": 0}
    for sign_in in SignIn.objects.filter(user_id__in=list(members)):
        signing_in.revoke(sign_in, by=by)
        ended["sessions"] += 1
    for key in ApiKey.objects.filter(workspace_id=workspace_id, revoked_at=None):
        keys.revoke(key, by)
        ended["keys"] += 1
    for grant in StaffGrant.objects.filter(workspace_id=workspace_id, ended_at=None):
        staff_access.end(grant, by)
        ended["grants"] += 1
    Incident.objects.filter(id=incident.id, contained_at=None).update(contained_at=timezone.now())
    incident.refresh_from_db()
    _note(incident, "contained", by, **ended)
    return ended


def refuse_while_frozen(workspace_id: UUID) -> None:
    """Raises Frozen. Needs the workspace's scope."""
    if Incident.objects.filter(workspace_id=workspace_id, contained_at__isnull=False, closed_at=None).exists():
        raise Frozen


def told(incident: Incident, whom: str, by: User) -> None:
    """`whom`: "authority" or "people"."""
    assert whom in ("authority", "people")
    Incident.objects.filter(id=incident.id).update(**{f"{whom}_told_at": timezone.now()})
    _note(incident, f"{whom}_told", by)


def close(incident: Incident, by: User) -> None:
    Incident.objects.filter(id=incident.id, closed_at=None).update(closed_at=timezone.now())
    _note(incident, "closed", by)


def warn(now: datetime) -> int:
    """Mail the people of the workspace when a mark of the clock is passed and the authority was not told. Returns how many."""
    with system_scope("incidents of every workspace that nobody was told of"):
        running = list(Incident.objects.filter(authority_told_at=None, closed_at=None).values_list("id", "workspace_id"))
    return sum(_warn(incident_id, workspace_id, now) for incident_id, workspace_id in running)


def _warn(incident_id: UUID, workspace_id: UUID, now: datetime) -> int:
    with workspace_scope(workspace_id):
        incident = Incident.objects.select_for_update().get(id=incident_id)
        gone = now - incident.noticed_at
        new = [(name, words) for name, hours, words in MARKS if gone >= timedelta(hours=hours) and name not in incident.warned]
        if not new:
            return 0
        incident.warned = [*incident.warned, *(name for name, _ in new)]
        incident.save(update_fields=["warned"])
        with system_scope("who is told"):
            people = Membership.objects.filter(workspace_id=workspace_id, role__in=TOLD, user__is_active=True)
            addresses = list(people.values_list("user__email", flat=True).distinct())
            workspace = Workspace.objects.get(id=workspace_id)
        for address in addresses:
            EmailMessage(
                subject=f"{workspace.name}: {new[-1][1].lower()} (incident)",
                body=f"{new[-1][1]}: an incident is open, and the authority has to be told by {incident.due_at:%Y-%m-%d %H:%M} UTC.\n\n"
                f"{settings.PUBLIC_URL}/w/{workspace.slug}/settings/registers/\n",
                to=[address],
            ).send()
        return 1


def _note(incident: Incident, what: str, by: User, **detail: int) -> None:
    audit.record(
        f"incident.{what}", actor=f"user:{by.id}", workspace_id=incident.workspace_id, target=f"incident:{incident.id}", **detail
    )
