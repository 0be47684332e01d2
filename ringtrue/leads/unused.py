"""People of whom a workspace keeps nothing but that they were on a list: they are erased when the list goes."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.leads.models import Lead, LeadList
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.legal_holds import OnHold
from ringtrue.privacy.models import Subject

COMES_WITH_A_LIST = frozenset({"leads.Lead", "leads.RejectedRow", "campaigns.Target", "privacy.ConsentEvent"})


def only_on(lead_list: LeadList) -> QuerySet[Subject]:
    """Who is on this list, on no other, and was never called, wrote, booked or asked for anything. Needs the workspace's scope."""
    same = Lead.objects.filter(subject=OuterRef("pk"))
    here = Exists(same.filter(lead_list=lead_list)) & ~Exists(same.exclude(lead_list=lead_list))
    return _known_by_nothing_else(Subject.objects.filter(here, workspace_id=lead_list.workspace_id, erased_at__isnull=True))


def erase_unused(workspace_id: UUID, subject_ids: list[UUID], by: str) -> int:
    """Those of them who are still used by nothing. Returns how many. Safe to repeat. Opens the workspace's scope by itself."""
    done = 0
    for subject_id in subject_ids:
        with workspace_scope(workspace_id):
            found = _known_by_nothing_else(
                Subject.objects.filter(id=subject_id, erased_at__isnull=True, leads__isnull=True)
            ).first()
        if found is None:  # erased before, on another list by now, or they called
            continue
        with suppress(OnHold):
            erase(found, reason="retention", requested_by=by)
            done += 1
    return done


def _known_by_nothing_else(people: QuerySet[Subject]) -> QuerySet[Subject]:
    """Asked of every table that refers to a person, so that one which is added later counts too."""
    for relation in Subject._meta.related_objects:
        model = relation.related_model
        if model._meta.label not in COMES_WITH_A_LIST:
            people = people.exclude(Exists(model._default_manager.filter(**{relation.field.name: OuterRef("pk")})))
    return people
