"""A person's data leaves the house only by an approved entry, and only what the entry names."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.core.models import AuditEntry
from ringtrue.core.signing import is_signed
from ringtrue.privacy import ledger
from ringtrue.rights import disclosing
from ringtrue.rights.models import Disclosure

pytestmark = pytest.mark.usefixtures("fast_passwords")
SCOPE = ["contacts_contact"]


@pytest.fixture
def entry(ada, dental):
    def make(kind="legal", recipient="County Court", reason="Order 12/26", scope=SCOPE):
        return disclosing.ask(dental.workspace.id, kind, ada, recipient, reason, scope, dental.owner)

    return make


@pytest.mark.promise("P-CLX-4-5", "P-LDX-5-5", "P-ALX-4-3", "P-LDX-5-4", "P-NEJ-3-5")
@pytest.mark.parametrize("kind", ["legal", "investigation"])
def test_nothing_is_given_without_an_approval_and_then_only_the_scope(ada, dental, entry, kind):
    row = entry(kind)
    with pytest.raises(disclosing.NotApproved):
        disclosing.hand_out(row, dental.owner)
    with pytest.raises(disclosing.NotApproved):
        disclosing.decide(row, True, dental.owner, "admin")
    disclosing.decide(row, True, dental.owner, "dpo")
    given = json.loads(disclosing.hand_out(row, dental.owner))
    assert set(given["data"]) == set(SCOPE)
    assert given["data"]["contacts_contact"][0]["number"] == "+16095550173"
    assert "crown" not in json.dumps(given), "what was said is not in the scope"
    assert is_signed({k: v for k, v in given.items() if k != "signature"}, given["signature"])
    assert (given["recipient"], given["reason"]) == ("County Court", "Order 12/26")
    noted = AuditEntry.objects.filter(target=f"disclosure:{row.id}").order_by("seq").values_list("action", flat=True)
    assert list(noted) == ["disclosure.asked", "disclosure.approved", "disclosure.given"]
    row.refresh_from_db()
    assert (row.asked_by, row.decided_by) == (dental.owner, dental.owner)
    assert row.given_at is not None


@pytest.mark.promise("P-CLX-4-5", "P-ALX-4-3", "P-LDX-5-4", "P-NEJ-3-5")
def test_a_refusal_is_final_and_an_approval_lasts_thirty_days(dental, entry, monkeypatch):
    refused, old = entry(), entry()
    disclosing.decide(refused, False, dental.owner, "owner")
    with pytest.raises(disclosing.NotApproved):
        disclosing.decide(refused, True, dental.owner, "owner")
    disclosing.decide(old, True, dental.owner, "owner")
    later = timezone.now() + disclosing.GOOD_FOR
    monkeypatch.setattr(disclosing.timezone, "now", lambda: later)
    for row in (refused, old):
        with pytest.raises(disclosing.NotApproved):
            disclosing.hand_out(row, dental.owner)


@pytest.mark.promise("P-ALX-4-4", "P-LDX-5-2")
def test_an_emergency_and_a_company_of_ours_need_their_reason(dental, entry):
    for kind in ("emergency", "affiliate"):
        for wrong in ({"reason": " "}, {"recipient": ""}, {"scope": []}, {"scope": ["everything"]}):
            with pytest.raises(ValueError, match="say"):
                entry(kind, **wrong)
        row = entry(kind, reason="A child is in danger")
        assert row.reason == "A child is in danger"
        with pytest.raises(disclosing.NotApproved):
            disclosing.hand_out(row, dental.owner)
    with pytest.raises(ValueError, match="kind"):
        entry("sale")


@pytest.mark.promise("P-ALX-4-5", "P-LDX-4-3", "P-NEJ-3-6")
@pytest.mark.parametrize("kind", ["consent", "marketing"])
def test_a_named_recipient_gets_data_only_while_the_persons_own_consent_to_it_stands(ada, dental, entry, kind):
    with pytest.raises(disclosing.NotApproved):
        entry(kind, recipient="Acme Crowns")
    assert not Disclosure.objects.exists(), "by default nobody"
    ledger.record(ada, disclosing.consent_purpose(kind, "Another Company"), True, "web", "Yes.")
    ledger.record(ada, "marketing.call", True, "web", "Call me.")
    with pytest.raises(disclosing.NotApproved):
        entry(kind, recipient="Acme Crowns")
    ledger.record(ada, disclosing.consent_purpose(kind, "Acme Crowns"), True, "web", "Acme may have my number.")
    row = entry(kind, recipient="Acme Crowns")
    disclosing.decide(row, True, dental.owner, "owner")
    assert disclosing.hand_out(row, dental.owner)
    ledger.record(ada, disclosing.consent_purpose(kind, "Acme Crowns"), False, "web", "No more.")
    with pytest.raises(disclosing.NotApproved):
        disclosing.hand_out(row, dental.owner)


@pytest.mark.promise("P-CLX-4-5", "P-ALX-4-3", "P-LDX-5-4", "P-NEJ-3-5")
def test_the_page_writes_down_approves_and_gives(ada, dental):
    client, page = Client(), f"/w/{dental.workspace.slug}/settings/registers/"
    client.force_login(dental.owner)
    asked = {"register": "disclosure", "kind": "legal", "number": "+16095550173", "recipient": "County Court", "reason": "12/26"}
    assert client.post(page, {**asked, "number": "+16095550111", "stores": SCOPE}).status_code == 422
    client.post(page, {**asked, "stores": SCOPE})
    row = Disclosure.objects.get()
    one = f"{page}disclosures/{row.id}/"
    assert client.post(one, {"act": "give"}).status_code == 302
    client.post(one, {"act": "approve"})
    assert client.post(one, {"act": "give"}).json()["data"]["contacts_contact"]
    assert "County Court" in client.get(page).content.decode()
