"""Policies that are written from what holds: versions, hashes, what changed, the promised notice, acceptance, and their lint."""

import hashlib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ringtrue.accounts.models import User
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import announcing, changing, policies, processing_records, publishing
from ringtrue.privacy.models import PolicyChange
from ringtrue.privacy.register_models import PolicyVersion, Signature

CONTACT = {
    "contact.privacy": "privacy@dental.example",
    "contact.support": "help@dental.example",
    "contact.postal": "1 Main St, Town",
}


@pytest.fixture
def nejix(dental, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for key, value in {"profile": "nejix", **CONTACT}.items():
        changing.change(dental.workspace.id, key, value, f"user:{dental.owner.id}")
    return dental


def publish(of, material=True, kind="privacy", **more):
    return publishing.publish(of.workspace.id, kind, of.workspace.name, material=material, by=f"user:{of.owner.id}", **more)


def weaken(of, value="P6M"):
    changing.change(of.workspace.id, "retention.recordings", value, "user:x")


@pytest.mark.promise("P-LEX-9-1", "P-LDX-15-1", "P-NEJ-12-1", "P-LDX-1-1", "P-ALX-4.2-1", "P-CLX-12-1")
def test_the_text_says_what_holds_whose_role_it_is_and_whom_to_write_to(nejix):
    text = policies.write(nejix.workspace.id, "privacy", "Bright Dental")
    assert "Recordings: 12 months." in text
    assert "Privacy: privacy@dental.example" in text
    assert "Support: help@dental.example" in text
    assert "Postal address: 1 Main St, Town" in text
    assert "whoever runs them is the controller" in text
    assert "its processor and follows its instructions" in text
    changing.change(nejix.workspace.id, "roles.calls", "controller", "user:x")
    weaken(nejix)
    text = policies.write(nejix.workspace.id, "privacy", "Bright Dental")
    assert "For calls, whoever runs the software is the controller." in text
    assert "Recordings: 6 months." in text


@pytest.mark.promise("P-LDX-15-2")
def test_the_governing_law_of_the_profile_stands_in_the_policy(dental):
    changing.change(dental.workspace.id, "profile", "leadiumx", "user:x")
    assert "Governing law: US-FL" in policies.write(dental.workspace.id, "privacy", "Bright")


@pytest.mark.promise("P-ALX-15-1")
@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("contact.postal", "[Address]", r"“\[Address\]” was left"),
        ("contact.postal", "Cloud providers, e.g., AWS / GCP]", "bracket"),
        ("contact.postal", "TODO", "was left"),
        ("contact.postal", " ", "no postal address"),
        ("contact.privacy", "", "no address for privacy"),
    ],
)
def test_what_was_left_to_be_filled_in_is_not_published(nejix, key, value, said):
    changing.change(nejix.workspace.id, key, value, "user:x")
    with pytest.raises(publishing.NotPublishable, match=said):
        publish(nejix)
    assert not PolicyVersion.objects.exists()


@pytest.mark.promise("P-LEX-3-5", "P-NEJ-5-4")
@pytest.mark.parametrize("boast", ["Your data is 100% secure.", "We guarantee absolute security.", "It is completely safe."])
def test_nobody_promises_perfect_safety(nejix, boast):
    changing.change(nejix.workspace.id, "contact.postal", boast, "user:x")
    with pytest.raises(publishing.NotPublishable, match="more than anybody can keep"):
        publish(nejix)
    assert "No system is proof against everything." in policies.write(nejix.workspace.id, "privacy", "Bright")


@pytest.mark.promise("P-LEX-8-1", "P-CLX-11-3", "P-LDX-14-4", "P-NEJ-11-5")
def test_every_version_stays_with_its_hash_and_what_changed(nejix):
    first = publish(nejix)
    assert first.effective_at <= timezone.now()  # the first one changes nothing for anybody
    with pytest.raises(publishing.NotPublishable, match="Nothing has changed"):
        publish(nejix)
    weaken(nejix)
    second = publish(nejix, material=False)
    assert second.changed == ["- - Recordings: 12 months.", "+ - Recordings: 6 months."]
    assert (first.number, second.number) == (1, 2)
    kept = PolicyVersion.objects.get(number=1)
    assert hashlib.sha256(kept.text.encode()).hexdigest() == kept.sha256 != second.sha256
    assert AuditEntry.objects.filter(action="policy.published", detail__sha256=second.sha256).exists()


@pytest.mark.promise("P-ALX-9-2")
def test_what_is_not_material_holds_from_when_it_is_published(nejix):
    publish(nejix)
    weaken(nejix)
    second = publish(nejix, material=False)
    assert second.effective_at == second.published_at
    assert publishing.in_force(nejix.workspace.id, "privacy") == second


@pytest.mark.promise("P-NEJ-11-2", "P-ALX-9-3", "P-LEX-8-2")
def test_what_is_material_is_told_fourteen_days_before_it_holds(nejix):
    first = publish(nejix)
    weaken(nejix)
    with pytest.raises(announcing.TooSoon, match="14 days"):
        publish(nejix, effective_at=timezone.now() + timedelta(days=13))
    second = publish(nejix)
    of = nejix.workspace.id
    assert second.effective_at - second.published_at == timedelta(days=14)
    assert publishing.in_force(of, "privacy", second.effective_at - timedelta(seconds=1)) == first
    assert publishing.in_force(of, "privacy", second.effective_at) == second
    assert [c.key for c in announcing.standing(of)] == ["document"]  # the banner
    announcing.send_notices()
    announcing.send_notices()
    (letter,) = [m for m in mail.outbox if m.to == ["owner@dental.example"]]
    assert "Privacy policy, version 2." in letter.body
    assert "+ - Recordings: 6 months." in letter.body
    assert "privacy@dental.example" in letter.body


def test_a_version_can_be_taken_back_before_it_holds(nejix):
    first = publish(nejix)
    weaken(nejix)
    second = publish(nejix)
    announcing.withdraw(PolicyChange.objects.get(key="document"), "user:x")
    assert publishing.in_force(nejix.workspace.id, "privacy", second.effective_at) == first


@pytest.mark.promise("P-CLX-11-2", "P-LDX-14-3", "P-NEJ-11-4")
def test_going_on_after_the_day_counts_as_acceptance_and_is_recorded_as_that(nejix):
    of, owner = nejix.workspace.id, nejix.owner
    first = publish(nejix)
    assert publishing.enter(of, owner) == first  # nobody has agreed to anything by going on yet
    publishing.accept(first, owner, "explicit")
    weaken(nejix)
    second = publish(nejix)
    assert publishing.enter(of, owner) is None
    assert not Signature.objects.filter(version=second).exists()  # it does not hold yet
    PolicyVersion.objects.filter(id=second.id).update(effective_at=timezone.now())
    assert publishing.enter(of, owner) is None
    assert Signature.objects.get(version=second).method == "continued_use"
    assert Signature.objects.get(version=first).method == "explicit"
    assert AuditEntry.objects.filter(action="policy.accepted", detail__method="continued_use").exists()


def test_where_the_policy_asks_for_a_yes_going_on_is_none(nejix):
    changing.change(nejix.workspace.id, "profile", "default", "user:x")
    first = publish(nejix)
    publishing.accept(first, nejix.owner, "explicit")
    weaken(nejix)
    second = publish(nejix, material=False)
    assert publishing.enter(nejix.workspace.id, nejix.owner) == second
    stranger = User.objects.create_user("new@dental.example")
    assert publishing.outstanding(nejix.workspace.id, stranger) == second


def test_the_other_policies_are_written_and_published_too(nejix):
    changing.change(nejix.workspace.id, "recording.flow", "ask", "user:x")
    assert "May this call be recorded?" in publish(nejix, kind="notices").text
    assert "Global Privacy Control signals: honoured." in publish(nejix, kind="cookies").text


@pytest.mark.promise("P-LEX-2-1", "P-LDX-3-1", "P-LDX-3-2", "P-LDX-3-6", "P-NEJ-2-1", "P-LEX-7-1", "P-ALX-4.2-1")
def test_every_store_has_a_purpose_a_basis_a_role_and_a_region(dental, monkeypatch):
    monkeypatch.setattr(processing_records, "declared_region", lambda: "eu-central-1")
    changing.change(dental.workspace.id, "roles.calls", "controller", "user:x")
    records = {record["store"]: record for record in processing_records.records(dental.workspace.id)}
    assert records["calls_call"]["purpose"] == "Answering and making calls"
    assert records["accounts_user"]["purpose"] == "Accounts, payments and support"
    assert records["core_auditentry"]["purpose"] == "Audits and legal duties"
    assert records["calls_call"]["role"] == "controller"
    assert {record["region"] for record in records.values()} == {"eu-central-1"}
    changing.change(dental.workspace.id, "roles.calls", "processor", "user:x")
    held = {r["store"]: r["role"] for r in processing_records.records(dental.workspace.id)}
    assert (held["calls_call"], held["accounts_user"]) == ("processor", "controller")


@pytest.mark.promise("P-ALX-7.3-2", "P-LDX-3-7")
def test_a_purpose_without_exactly_one_basis_in_each_jurisdiction_stops_the_records(dental, monkeypatch):
    for bases in ({"EU": "contract", "UK": "contract"}, {"EU": "contract", "UK": "contract", "US": "habit"}):
        broken = processing_records.PURPOSES["service"]._replace(bases=bases)
        monkeypatch.setitem(processing_records.PURPOSES, "service", broken)
        with pytest.raises(processing_records.NoBasis, match="service"):
            processing_records.records(dental.workspace.id)
    monkeypatch.undo()
    monkeypatch.delitem(processing_records.OF, "accountability")
    with pytest.raises(processing_records.NoBasis, match="core_audit"):
        processing_records.records(dental.workspace.id)
