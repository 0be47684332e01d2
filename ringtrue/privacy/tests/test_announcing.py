"""A change that weakens protection needs the owner, is told to owners and admins once, and holds from the promised day on."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ringtrue.accounts.models import Membership, User
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import announcing, changing, installation
from ringtrue.privacy.models import PolicyChange, PolicyNotice
from ringtrue.privacy.policy import effective


@pytest.fixture
def anywhere(monkeypatch, settings):
    """An installation that declares whatever a profile promises."""
    monkeypatch.setattr(announcing, "lacks", lambda name: [])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def nejix(dental, anywhere):
    changing.change(dental.workspace.id, "profile", "nejix", f"user:{dental.owner.id}")
    changing.change(dental.workspace.id, "storage.mode", "excluding_pii", f"user:{dental.owner.id}")
    return dental


def ask(of, value="everything", role="owner", **more):
    return announcing.ask(of.workspace.id, "storage.mode", value, of.owner, role, **more)


def test_what_protects_more_holds_at_once(nejix):
    assert ask(nejix, "metadata_only", role="dpo") is None
    assert effective(nejix.workspace.id, "storage.mode").value == "metadata_only"
    assert not PolicyChange.objects.exists()


def test_weakening_needs_the_owner(nejix):
    for role in ("dpo", "admin"):
        with pytest.raises(announcing.OnlyAnOwner):
            ask(nejix, role=role)
    assert effective(nejix.workspace.id, "storage.mode").value == "excluding_pii"
    assert AuditEntry.objects.latest("seq").action == "policy.change_refused"


@pytest.mark.promise("P-NEJ-11-2")
def test_a_change_holds_after_fourteen_days_and_no_sooner(nejix):
    now = timezone.now()
    for days in (0, 13):
        with pytest.raises(announcing.TooSoon, match="14 days"):
            ask(nejix, at=now + timedelta(days=days))
    change = ask(nejix)
    assert timedelta(days=13, hours=23) < change.effective_at - now < timedelta(days=14, hours=1)
    announcing.apply_due(change.effective_at - timedelta(seconds=1))
    assert effective(nejix.workspace.id, "storage.mode").value == "excluding_pii"
    announcing.apply_due(change.effective_at)
    assert effective(nejix.workspace.id, "storage.mode").value == "everything"
    announcing.apply_due(change.effective_at + timedelta(days=1))
    assert AuditEntry.objects.filter(action="policy.changed", target="storage.mode").count() == 2


@pytest.mark.promise("P-ALX-9-3", "P-LDX-14-1")
@pytest.mark.parametrize("name", ["alex", "leadiumx"])
def test_a_material_change_is_never_in_force_before_it_was_told(dental, anywhere, name):
    changing.change(dental.workspace.id, "profile", name, "user:x")
    changing.change(dental.workspace.id, "storage.mode", "excluding_pii", "user:x")
    with pytest.raises(announcing.TooSoon):
        ask(dental, at=timezone.now())
    change = ask(dental)
    assert PolicyNotice.objects.filter(change=change, made_at__lt=change.effective_at).exists()
    assert effective(dental.workspace.id, "storage.mode").value == "excluding_pii"


@pytest.mark.promise("P-LEX-8-2", "P-CLX-11-1", "P-NEJ-11-3")
def test_each_person_of_the_workspace_is_mailed_once_also_after_a_crash(nejix, monkeypatch):
    admin, viewer = (User.objects.create_user(f"{n}@dental.example") for n in ("admin", "viewer"))
    for user, role in ((admin, "admin"), (viewer, "viewer")):
        Membership.objects.create(workspace=nejix.workspace, user=user, role=role)
    ask(nejix)
    real, sent = announcing._letter, []

    def breaks_at_the_second(notice, workspace, contact):
        sent.append(notice.id)
        if len(sent) == 2:
            raise KeyboardInterrupt
        return real(notice, workspace, contact)

    monkeypatch.setattr(announcing, "_letter", breaks_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        announcing.send_notices()
    monkeypatch.setattr(announcing, "_letter", real)
    announcing.send_notices()
    announcing.send_notices()
    assert sorted(to for letter in mail.outbox for to in letter.to) == [
        "admin@dental.example", "owner@dental.example", "viewer@dental.example",
    ]  # fmt: skip
    text = mail.outbox[0].body
    assert "not before" in text
    assert "Recording, transcript, summary" in text
    assert len(announcing.standing(nejix.workspace.id)) == 1, "and the banner tells it"


@pytest.mark.promise("P-LEX-2-4", "P-ALX-3-4")
def test_the_notice_goes_out_though_marketing_is_off(nejix):
    changing.change(nejix.workspace.id, "marketing.mode", "none", "user:x")
    ask(nejix)
    announcing.send_notices()
    assert len(mail.outbox) == 1


def test_a_change_can_be_taken_back_before_it_holds(nejix):
    change = ask(nejix)
    announcing.withdraw(change, f"user:{nejix.owner.id}")
    announcing.apply_due(change.effective_at)
    assert effective(nejix.workspace.id, "storage.mode").value == "excluding_pii"
    assert announcing.standing(nejix.workspace.id) == []


def test_another_profile_is_announced_as_the_longer_promise_says(dental, anywhere):
    assert announcing.notice_period(dental.workspace.id, "profile", "nejix") == "P14D"
    changing.change(dental.workspace.id, "profile", "strict", "user:x")
    assert announcing.notice_period(dental.workspace.id, "profile", "nejix") == "P30D"
    change = announcing.ask(dental.workspace.id, "profile", "nejix", dental.owner, "owner")
    assert change is not None
    assert effective(dental.workspace.id, "profile").value == "strict"


def test_a_profile_that_the_installation_does_not_live_up_to_is_refused_in_words(dental, monkeypatch):
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    with pytest.raises(installation.InstallationLacks, match="eu-central-1; it declares us-east-1"):
        announcing.ask(dental.workspace.id, "profile", "callixo", dental.owner, "owner")
    monkeypatch.setattr(installation, "declared_region", lambda: "eu-central-1")
    announcing.ask(dental.workspace.id, "profile", "callixo", dental.owner, "owner")
    assert installation.lacks("leximo") == []
    assert installation.lacks("alex")


def test_isolation_a_change_of_one_workspace_leaves_the_other(nejix, other_workspace):
    change = ask(nejix)
    announcing.apply_due(change.effective_at)
    from ringtrue.accounts.scoping import workspace_scope

    with workspace_scope(other_workspace.workspace.id):
        assert announcing.standing(other_workspace.workspace.id) == []
        assert effective(other_workspace.workspace.id, "profile").value == "default"
