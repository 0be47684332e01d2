"""Taking a list of leads away, with its people: out of the campaigns that call them, and for good where nothing else needs them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from ringtrue.campaigns.deciding import CannotDecide
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.campaigns.targets import leads_of
from ringtrue.core import audit
from ringtrue.leads.jobs import erase_unused
from ringtrue.leads.models import Lead, LeadList, Upload
from ringtrue.leads.unused import only_on
from ringtrue.privacy.keystore import store

A_JOB = 500  # people


def what_goes(lead_list: LeadList) -> list[str]:
    """Sentences for the person who is about to remove it. Needs the workspace's scope."""
    people, only_here = lead_list.leads.count(), only_on(lead_list).count()
    found = [f"{_people(people)} on this list."]
    if only_here:
        found.append(
            f"{only_here} of them {'is' if only_here == 1 else 'are'} on no other list and {'was' if only_here == 1 else 'were'} never "
            "in touch with you: all that is kept of them is erased, for good."
        )
    if people > only_here:
        found.append(f"{people - only_here} stay known by their calls, messages or another list.")
    for campaign in _campaigns(lead_list):
        mine = Target.objects.filter(campaign=campaign, lead__lead_list=lead_list)
        waiting = mine.filter(state="waiting").count()
        if campaign.state in ("running", "paused"):
            found.append(
                f"The campaign “{campaign.name}” goes on without them: {waiting} who wait for a call are not called any more."
            )
        elif campaign.state == "draft":
            found.append(f"The campaign “{campaign.name}”, which has not been started, will not call them.")
        if mine.exclude(outcome="").exists():
            found.append(f"Their results go from the figures of “{campaign.name}”. Calls that were made stay under Calls.")
    found.append("A wish not to be called stays in force.")
    return found


def remove(lead_list: LeadList, by: str) -> None:
    """Joins the transaction of the workspace's scope, which it needs. Raises CannotDecide while somebody of the list is being called."""
    campaigns = list(_campaigns(lead_list).select_for_update(of=("self",), no_key=True))  # the pacer begins no call meanwhile
    if Try.objects.filter(target__lead__lead_list=lead_list, closed_at__isnull=True).exists():
        raise CannotDecide(
            "Somebody on this list is being called just now. Pause the campaign and try again when the call has ended."
        )
    alone = [str(subject_id) for subject_id in only_on(lead_list).values_list("id", flat=True)]
    for campaign in campaigns:
        _keep_who_is_on_another(campaign, lead_list)
        campaign.lists = [one for one in campaign.lists if one != str(lead_list.id)]
        campaign.save(update_fields=["lists"])
    files = list(Upload.objects.filter(lead_list=lead_list).values_list("id", flat=True))
    audit.record("lead_list.removed", actor=by, workspace_id=lead_list.workspace_id, target=f"lead_list:{lead_list.id}")
    workspace_id = lead_list.workspace_id
    lead_list.delete()
    # A key that is destroyed does not come back when the transaction is undone.
    transaction.on_commit(lambda: [store().destroy(each, workspace_id) for each in files])
    for first in range(0, len(alone), A_JOB):
        erase_unused.defer(subject_ids=alone[first : first + A_JOB], workspace_id=str(workspace_id), by=by)


def _campaigns(lead_list: LeadList) -> QuerySet[Campaign]:
    """That name the list, or call somebody of it by a segment."""
    called = Target.objects.filter(campaign=OuterRef("pk"), lead__lead_list=lead_list)
    named = Q(lists__contains=[str(lead_list.id)])
    return Campaign.objects.filter(Exists(called) | named, workspace_id=lead_list.workspace_id).order_by("created_at", "id")


def _keep_who_is_on_another(campaign: Campaign, lead_list: LeadList) -> None:
    """One person on two lists is one target: it goes on with the other lead, so that nobody is called as if for the first time."""
    targets = list(Target.objects.filter(campaign=campaign, lead__lead_list=lead_list))
    others: dict[str, Lead] = {}
    for lead in (
        leads_of(campaign).exclude(lead_list=lead_list).filter(number_hash__in=[target.number_hash for target in targets])
    ):
        others.setdefault(lead.number_hash, lead)
    kept = [target for target in targets if target.number_hash in others]
    for target in kept:
        target.lead = others[target.number_hash]
    Target.objects.bulk_update(kept, ["lead"], batch_size=1000)


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count:,} people are"
