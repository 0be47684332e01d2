"""A list of leads is renamed, and taken away with its people, while a campaign calls them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.campaigns import deciding
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.campaigns.removing_lists import remove, what_goes
from ringtrue.campaigns.tests.making import add_lead, make_campaign, make_list, make_shop
from ringtrue.dialing.stopping import is_stopped, stop_calling_number
from ringtrue.dialing.tests.grounds import NOON
from ringtrue.leads.jobs import erase_unused
from ringtrue.leads.models import LeadList, Segment
from ringtrue.privacy.keystore import KeyDestroyed, store
from ringtrue.privacy.models import Subject

pytestmark = pytest.mark.usefixtures("fast_passwords")
ANN, BO, CY, DEE = "+16462000001", "+16462000002", "+16462000003", "+16462000004"


@pytest.fixture
def erasing(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the job is asked to do; a test does it."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(erase_unused, "defer", lambda **given: asked.append(given))
    return asked


def test_a_list_goes_with_its_people_and_the_campaign_goes_on_without_them(db: Any, erasing: list[dict[str, Any]]) -> None:
    shop = make_shop("removing")
    autumn, spring = make_list(shop, "Autumn"), make_list(shop, "Spring")
    ann = add_lead(shop, autumn, ANN, name="Ann")
    add_lead(shop, autumn, BO, name="Bo")
    bo = add_lead(shop, spring, BO, name="Bo")
    cy = add_lead(shop, autumn, CY, name="Cy")
    add_lead(shop, spring, DEE, name="Dee")
    stop_calling_number(shop.workspace.id, ANN, "web")
    campaign = make_campaign(shop, autumn, lists=[str(autumn.id), str(spring.id)])
    deciding.start(campaign)
    workspace_id, root = shop.workspace.id, f"/w/{shop.workspace.slug}/leads/"
    with workspace_scope(workspace_id):
        called = Target.objects.get(subject=cy.subject)
        Target.objects.filter(number_hash=bo.number_hash).update(tries=1)
        going = Try.objects.create(
            workspace=shop.workspace, campaign=campaign, target=called, n=1, agent=shop.agent, begun_at=NOON
        )

    client = Client()
    client.force_login(shop.owner)
    page = client.get(f"{root}lists/{autumn.id}/edit/").content.decode()
    assert "3 people are on this list." in page
    assert "“Check-ups” goes on without them: 3 who wait" in page
    assert (
        client.post(f"{root}lists/{autumn.id}/edit/", {"name": "Spring", "country": "US", "provenance": "a fair"}).status_code
        == 422
    )
    client.post(f"{root}lists/{autumn.id}/edit/", {"name": "Fair", "country": "GB", "provenance": "a fair"})
    with workspace_scope(workspace_id):
        autumn.refresh_from_db()
        assert (autumn.name, autumn.default_country, autumn.provenance) == ("Fair", "GB", "a fair")

    answer = client.post(f"{root}lists/{autumn.id}/remove/", follow=True)
    assert "being called just now" in answer.content.decode()
    with workspace_scope(workspace_id):
        assert LeadList.objects.filter(id=autumn.id).exists()
        Try.objects.filter(id=going.id).update(closed_at=NOON + timedelta(minutes=1), outcome="answered")
    assert client.post(f"{root}lists/{autumn.id}/remove/").status_code == 302
    with workspace_scope(workspace_id):
        assert list(LeadList.objects.values_list("name", flat=True)) == ["Spring"]
        left = Target.objects.filter(campaign=campaign).order_by("lead__created_at")
        assert [(one.lead.lead_list_id, one.tries) for one in left] == [(spring.id, 1), (spring.id, 0)], "Bo is not called anew"
        assert Campaign.objects.get(id=campaign.id).lists == [str(spring.id)]
    (job,) = erasing
    assert set(job["subject_ids"]) == {str(ann.subject_id), str(cy.subject_id)}

    with workspace_scope(workspace_id):  # meanwhile Cy is put on a list again
        add_lead(shop, spring, CY, name="Cy", agreed=False)
    erase_unused(**job)
    erase_unused(**job)
    with workspace_scope(workspace_id):
        assert Subject.objects.get(id=ann.subject_id).erased_at is not None
        assert Subject.objects.get(id=cy.subject_id).erased_at is None
        assert is_stopped(workspace_id, ann.number_hash)
    with pytest.raises(KeyDestroyed):
        store().get(workspace_id, ann.subject_id)
    store().get(workspace_id, cy.subject_id)


def test_who_is_called_by_a_segment_is_told_too_and_a_draft_calls_nobody(db: Any, erasing: list[dict[str, Any]]) -> None:
    shop = make_shop("removing-two")
    leads = make_list(shop)
    add_lead(shop, leads, ANN, name="Ann")
    with workspace_scope(shop.workspace.id):
        segment = Segment.objects.create(workspace=shop.workspace, name="All", filters={})
    by_segment = make_campaign(shop, leads, name="By segment", lists=[], segment=segment)
    deciding.start(by_segment)
    make_campaign(shop, leads, name="Later")
    with workspace_scope(shop.workspace.id):
        said = " ".join(what_goes(leads))
        assert "“By segment” goes on without them" in said
        assert "“Later”, which has not been started" in said
        remove(leads, "user:test")
        assert not Target.objects.exists()
