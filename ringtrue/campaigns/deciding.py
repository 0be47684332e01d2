"""What a person decides about a campaign: start, pause, resume, cancel, change while it runs, call back. Each needs the scope, or opens it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.campaigns.targets import enroll
from ringtrue.numbers.models import PhoneNumber
from ringtrue.privacy import ledger


class CannotDecide(Exception):
    """`str(self)` is a sentence for the person who asked."""


FROM = {"start": ("draft",), "pause": ("running",), "resume": ("paused",), "cancel": ("draft", "running", "paused")}


def start(campaign: Campaign) -> None:
    """Raises CannotDecide."""
    with workspace_scope(campaign.workspace_id):
        locked = _locked(campaign, "start")
        enroll(locked)
        if not Target.objects.filter(campaign=locked).exists():
            raise CannotDecide("There is nobody on the chosen lists.")
        if not PhoneNumber.objects.filter(workspace_id=campaign.workspace_id).exists():
            raise CannotDecide("There is no number to call from yet. Add one under Settings, Lines & numbers.")
        _set(locked, state="running", started_at=timezone.now())


def pause(campaign: Campaign) -> None:
    """Calls that are going on end by themselves; none begins. Raises CannotDecide."""
    with workspace_scope(campaign.workspace_id):
        _set(_locked(campaign, "pause"), state="paused", paused_why="")


def resume(campaign: Campaign) -> None:
    """Leads that came to the lists meanwhile are called too. Raises CannotDecide."""
    with workspace_scope(campaign.workspace_id):
        locked = _locked(campaign, "resume")
        enroll(locked)
        _set(locked, state="running", paused_why="")


def cancel(campaign: Campaign) -> None:
    """For good. Calls that are going on end by themselves. Raises CannotDecide."""
    with workspace_scope(campaign.workspace_id):
        _set(_locked(campaign, "cancel"), state="cancelled", ended_at=timezone.now())


def call_back(target: Target, at: datetime) -> None:
    """The lead asked to be called at this time: it is called then, as the first of those who wait. Raises CannotDecide."""
    with workspace_scope(target.workspace_id):
        if Campaign.objects.filter(id=target.campaign_id, state="cancelled").exists():
            raise CannotDecide("This campaign was cancelled and calls nobody any more.")
        waiting = Target.objects.filter(id=target.id).exclude(state="calling")
        if not waiting.update(state="waiting", next_at=at, callback=True):
            raise CannotDecide("This lead is being called just now.")
        ledger.record(target.subject, "callback.call", True, "asked", "A call-back at a time of their choice.")
        Campaign.objects.filter(id=target.campaign_id, state="done").update(state="running", ended_at=None)


def call_back_from(call_id: UUID, at: datetime) -> bool:
    """The lead asks for it in this call, which is still going on; `settling.close` leaves it standing. False when no campaign placed
    the call. Needs the scope."""
    one = Try.objects.select_related("target__subject").filter(call=call_id, closed_at__isnull=True).first()
    if one is None:
        return False
    Target.objects.filter(id=one.target_id).update(next_at=at, callback=True)
    ledger.record(one.target.subject, "callback.call", True, "asked", "A call-back at a time named in the call.", call_id=call_id)
    return True


def _locked(campaign: Campaign, step: str) -> Campaign:
    found = Campaign.objects.select_for_update(of=("self",), no_key=True).get(id=campaign.id)
    if found.state not in FROM[step]:
        raise CannotDecide(f"A campaign that is {found.state} cannot be {'started' if step == 'start' else step + 'd'}.")
    return found


def _set(campaign: Campaign, **changes: object) -> None:
    Campaign.objects.filter(id=campaign.id).update(**changes)
