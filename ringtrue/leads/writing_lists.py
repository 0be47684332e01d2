"""A list of leads: making and changing it. Taking it away is `campaigns.removing_lists`."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from phonenumbers import SUPPORTED_REGIONS

from ringtrue.core import audit
from ringtrue.leads.models import LeadList


class NotAList(Exception):
    """`errors`: {field: sentence}; fields are name, country, provenance."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(sorted(errors)))
        self.errors = errors


NAME_TAKEN = "There is a list with this name."


def write_list(chosen: LeadList, *, name: str, country: str, provenance: str, by: str) -> None:
    """Save the list, new or changed. Needs the workspace's scope. Raises NotAList; `chosen` is then as it was."""
    given = {"name": name.strip()[:80], "country": country, "provenance": provenance.strip()[:200]}
    errors = {}
    if not given["name"]:
        errors["name"] = "Give the list a name."
    if country not in SUPPORTED_REGIONS:
        errors["country"] = "Choose a country."
    if not given["provenance"]:
        errors["provenance"] = "Say where these people's data comes from. Without that nobody can be told when they ask."
    if errors:
        raise NotAList(errors)
    before, step = (chosen.name, chosen.default_country, chosen.provenance), "made" if chosen._state.adding else "changed"
    chosen.name, chosen.default_country, chosen.provenance = given.values()
    try:
        with transaction.atomic():
            chosen.save()
    except IntegrityError:
        chosen.name, chosen.default_country, chosen.provenance = before
        raise NotAList({"name": NAME_TAKEN}) from None
    audit.record(f"lead_list.{step}", actor=by, workspace_id=chosen.workspace_id, target=f"lead_list:{chosen.id}")
