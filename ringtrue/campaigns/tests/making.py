"""A workspace with leads on a list and a campaign over them."""

from __future__ import annotations

from typing import Any

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing.models import Book
from ringtrue.campaigns.models import Campaign
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing.gathering import hash_number
from ringtrue.dialing.tests.grounds import NOON, agree, make_ground
from ringtrue.leads.checking_rows import Candidate
from ringtrue.leads.importing import add
from ringtrue.leads.mapping import Consent
from ringtrue.leads.models import Lead, LeadList
from ringtrue.leads.reading import LeadDetails, seal
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy.subjects import subject_for_number


def make_shop(slug: str) -> Any:
    """A ground with `made.list`, an empty list of leads, and a carrier named "standin"."""
    made = make_ground(slug)
    with workspace_scope(made.workspace.id):
        LineAccount.objects.update(credentials=lock_credentials({}))
        Book.objects.update_or_create(workspace=made.workspace, defaults={"day_cap_micros": 10**15})
    return made


def make_list(made: Any, name: str = "Spring") -> LeadList:
    with workspace_scope(made.workspace.id):
        return LeadList.objects.create(workspace=made.workspace, name=name, default_country="US", provenance="our own customers")


def add_lead(made: Any, leads: LeadList, number: str, *, agreed: bool = True, **details: Any) -> Lead:
    if agreed:
        agree(made.workspace.id, number, "information.call", NOON.replace(day=1))
    with workspace_scope(made.workspace.id):
        subject = subject_for_number(made.workspace.id, number, kind="lead")
        lead = Lead(workspace=made.workspace, lead_list=leads, subject=subject, number_hash=subject.handle_hash, country="US")
        lead.sealed = seal(lead, LeadDetails(number=number, **details))
        lead.save(force_insert=True)
        return lead


def add_leads(made: Any, leads: LeadList, numbers: list[str]) -> None:
    """Many at once, who all agreed to be called."""
    agreed = Consent(purpose="information.call", wording="We may call you.")
    found = [
        (
            hash_number(made.workspace.id, number),
            Candidate(details=LeadDetails(number=number), country="US", agreed_at=NOON.replace(day=1)),
        )
        for number in numbers
    ]
    with workspace_scope(made.workspace.id):
        add(leads, found, agreed, "imported")


def make_campaign(made: Any, leads: LeadList, **given: Any) -> Campaign:
    with workspace_scope(made.workspace.id):
        return Campaign.objects.create(
            **{
                "workspace": made.workspace,
                "name": "Check-ups",
                "agent": made.agent,
                "reason": "I'm calling because your yearly check-up is due.",
                "lists": [str(leads.id)],
                **given,
            }
        )
