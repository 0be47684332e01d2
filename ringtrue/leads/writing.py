"""Leads by hand: adding one, changing one, telling that one must not be called."""

from __future__ import annotations

from django.utils import timezone

from ringtrue.core import audit
from ringtrue.dialing.gathering import hash_number
from ringtrue.dialing.stopping import stop_calling
from ringtrue.leads.checking_rows import PROBLEMS, Candidate, Checker
from ringtrue.leads.finding import hasher, words_to_keep
from ringtrue.leads.importing import add
from ringtrue.leads.mapping import Consent, Mapping, field_name
from ringtrue.leads.models import Lead, LeadList
from ringtrue.leads.reading import card, seal

FIELDS = ("number", "name", "email", "company", "country", "state", "time_zone")
MOST_FIELDS = 50


class NotALead(Exception):
    """`errors`: {field: sentence}; the field "fields" for the workspace's own."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(sorted(errors)))
        self.errors = errors


def enter(lead_list: LeadList, typed: dict[str, str], fields: dict[str, str], consent: Consent, proof: str, by: str) -> Lead:
    """`typed` as in FIELDS. Without a purpose in `consent` nothing is agreed to. Needs the workspace's scope. Raises NotALead."""
    found = _checked(lead_list, typed, fields, consent, proof)
    number_hash = hash_number(lead_list.workspace_id, found.details.number)
    added = add(lead_list, [(number_hash, found)], consent, "imported")
    if number_hash not in added:
        raise NotALead({"number": PROBLEMS["there"]})
    lead = Lead.objects.get(id=added[number_hash])
    _note("lead.entered", lead, by)
    return lead


def change(lead: Lead, typed: dict[str, str], fields: dict[str, str], by: str) -> Lead:
    """Everything but the number, which says who the lead is: another number is another lead. Needs the workspace's scope.
    Raises NotALead."""
    held = card(lead)
    found = _checked(lead.lead_list, typed | {"number": held.number}, fields, Consent(), "")
    found.details.proof = held.proof
    lead.country, lead.state, lead.time_zone = found.country, found.state, found.time_zone
    lead.sealed = seal(lead, found.details)
    lead.words = words_to_keep(found.details, hasher(lead.workspace_id))
    lead.save(update_fields=["country", "state", "time_zone", "sealed", "words"])
    _note("lead.changed", lead, by)
    return lead


def stop(lead: Lead, by: str) -> bool:
    """The person asked the business not to call: in force everywhere when this returns. True the first time."""
    new = stop_calling(lead.subject, "typed")
    if new:
        _note("lead.stopped", lead, by)
    return new


def fields_from(text: str) -> dict[str, str]:
    """One "name: value" a line, as they are typed. Raises NotALead."""
    found = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        kind = field_name(name)
        if not colon or not kind:
            raise NotALead({"fields": "Write one field a line, its name first, such as “plan: gold”."})
        found[kind.removeprefix("field:")] = value.strip()
    return found


def _checked(lead_list: LeadList, typed: dict[str, str], fields: dict[str, str], consent: Consent, proof: str) -> Candidate:
    """By the rules for a row of a file. Raises NotALead."""
    if len(fields) > MOST_FIELDS:
        raise NotALead({"fields": f"At most {MOST_FIELDS} fields."})
    names = [*FIELDS, "proof", *(f"field:{name}" for name in fields)]
    cells = [*(typed.get(name, "").strip() for name in FIELDS), proof, *(value.strip() for value in fields.values())]
    mapping = Mapping(columns=names, country=lead_list.default_country, consent=consent)
    found = Checker(mapping, timezone.now(), lead_list.workspace.time_zone).check(cells)
    if isinstance(found, list):
        raise NotALead({_place(problem): PROBLEMS[problem] for problem in found})
    return found


def _place(problem: str) -> str:
    return {"no_number": "number", "long": "fields", "consent_date": "given_on"}.get(problem, problem)


def _note(action: str, lead: Lead, by: str) -> None:
    audit.record(action, actor=by, workspace_id=lead.workspace_id, target=f"lead:{lead.id}")
