"""Whom a campaign calls: the leads of its lists or its segment, each person once, divided between two agents where there are two."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from ringtrue.campaigns.models import Campaign, Target
from ringtrue.leads.finding import Filters, find
from ringtrue.leads.models import Lead

A_BATCH = 2000


def leads_of(campaign: Campaign) -> QuerySet[Lead]:
    """Needs the workspace's scope."""
    if campaign.segment is not None:
        return find(campaign.workspace_id, msgspec.convert(campaign.segment.filters, Filters))
    return Lead.objects.filter(workspace_id=campaign.workspace_id, lead_list_id__in=[UUID(one) for one in campaign.lists])


def enroll(campaign: Campaign) -> int:
    """Make a target of each lead that is none yet. Returns how many are new; safe to repeat. Needs the workspace's scope."""
    known = Target.objects.filter(campaign=campaign).values("number_hash")
    new: dict[str, Target] = {}
    made = 0
    for lead in leads_of(campaign).exclude(number_hash__in=known).order_by("created_at", "id").iterator(chunk_size=A_BATCH):
        new.setdefault(
            lead.number_hash,
            Target(
                workspace_id=campaign.workspace_id, campaign=campaign, lead=lead, subject_id=lead.subject_id,
                number_hash=lead.number_hash, agent_id=agent_for(campaign, lead.number_hash),
            ),
        )  # fmt: skip
        if len(new) >= A_BATCH:
            made += len(Target.objects.bulk_create(new.values(), ignore_conflicts=True))
            new.clear()
    return made + len(Target.objects.bulk_create(new.values(), ignore_conflicts=True))


def agent_for(campaign: Campaign, number_hash: str) -> UUID:
    """The same agent for the same person in this campaign, however often it is asked."""
    if campaign.rival_id is None:
        return campaign.agent_id
    lot = hashlib.sha256(f"{campaign.id}:{number_hash}".encode()).digest()
    return campaign.rival_id if int.from_bytes(lot[:4], "big") % 100 < campaign.rival_share else campaign.agent_id
