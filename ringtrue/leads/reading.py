"""Opening what a lead's row seals."""

from __future__ import annotations

from uuid import UUID

import msgspec

from ringtrue.dialing.proposal import Stated
from ringtrue.leads.models import Lead
from ringtrue.privacy.vault import open_json, seal_json

LEAD = "leads.Lead"


class LeadDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a lead's row seals. `fields`: the workspace's own, which its agents may use: {"plan": "gold"}. `proof`: where the
    person's consent can be looked up, such as the address or number of a form."""

    number: str = ""  # E.164
    name: str = ""
    email: str = ""
    company: str = ""
    fields: dict[str, str] = {}
    proof: str = ""


class LeadCard(msgspec.Struct, frozen=True, kw_only=True):
    """A lead, opened. After an erasure all of it but the ids is empty."""

    id: UUID
    subject_id: UUID
    number: str
    name: str
    email: str
    company: str
    fields: dict[str, str]
    proof: str
    country: str
    state: str
    time_zone: str


def card(lead: Lead) -> LeadCard:
    held = msgspec.convert(open_json(lead.workspace_id, lead.subject_id, LEAD, lead.id, lead.sealed), LeadDetails)
    return LeadCard(
        id=lead.id, subject_id=lead.subject_id, number=held.number, name=held.name, email=held.email, company=held.company,
        fields=held.fields, proof=held.proof, country=lead.country, state=lead.state, time_zone=lead.time_zone,
    )  # fmt: skip


def seal(lead: Lead, details: LeadDetails) -> bytes:
    return seal_json(lead.workspace_id, lead.subject_id, LEAD, lead.id, details)


def stated(lead: Lead) -> Stated | None:
    """Where the list says the person is, for the permit; None when it says nothing beyond the number."""
    if not lead.state and not lead.time_zone:
        return None
    return Stated(country=lead.country, zones=(lead.time_zone,) if lead.time_zone else (), state=lead.state)
