"""The register of sub-processors: what it asks for, whom it tells, and that nothing leaves for anybody who is not in it."""

import os
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ringtrue.agents import language_models
from ringtrue.core import configuring
from ringtrue.core.models import AuditEntry
from ringtrue.media import gating
from ringtrue.numbers import connecting
from ringtrue.privacy import announcing, changing, installation, policies, subprocessors
from ringtrue.privacy.models import PolicyChange
from ringtrue.privacy.subprocessors import NotRegistered, NotRegistrable
from ringtrue.voice.lines.permit import DialFailed

TWILIO = {
    "provider": "twilio", "name": "Twilio Inc.", "kind": "telephony", "does": "carries calls", "region": "us-east-1",
    "agreement": "Contract folder, 12", "agreed_on": date(2026, 3, 1), "transfer_tool": "scc", "clauses": "2021/914, module 3",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def callixo(dental, monkeypatch):
    """Closed register, data in Frankfurt, one day of notice."""
    monkeypatch.setattr(subprocessors, "declared_region", lambda: "eu-central-1")
    changing.change(dental.workspace.id, "profile", "callixo", f"user:{dental.owner.id}")
    return dental


def enter(of, start=True, **other):
    row = subprocessors.register(of.workspace.id, **{**TWILIO, **other}, by=f"user:{of.owner.id}")
    if start:
        row.starts_at = timezone.now() - timedelta(seconds=1)
        row.save()
    return row


def connect_twilio(of):
    return connecting.connect(of.workspace.id, "twilio", {"account_sid": "AC" + "1" * 32, "auth_token": "2" * 32}, actor="user:x")


@pytest.mark.promise("P-LDX-12-1", "P-LEX-4-5", "P-LEX-7-2", "P-ALX-4-1", "P-LDX-5-1")
@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"agreement": ""}, "confidentiality"),
        ({"agreed_on": None}, "day of that agreement"),
        ({"region": ""}, "region"),
        ({"transfer_tool": "none"}, "from eu to us-east-1: a legal tool"),
        ({"clauses": " "}, "which standard contractual clauses"),
        ({"kind": "friend"}, "what kind"),
    ],
)
def test_without_agreement_region_and_tool_nobody_is_entered(callixo, lacking, said):
    with pytest.raises(NotRegistrable, match=said):
        enter(callixo, **lacking)
    assert not subprocessors.Subprocessor.objects.exists()


@pytest.mark.promise("P-LDX-5-2")
def test_an_affiliate_needs_a_reason_why_it_is_necessary(callixo):
    with pytest.raises(NotRegistrable, match="necessary"):
        enter(callixo, kind="affiliate")
    assert enter(callixo, kind="affiliate", necessary_because="It runs the help line at night.").necessary_because


@pytest.mark.promise("P-ALX-7.3-3")
def test_the_clauses_of_a_transfer_are_on_record_and_in_the_audit_chain(callixo):
    row = enter(callixo)
    assert (row.transfer_tool, row.clauses) == ("scc", "2021/914, module 3")
    entry = AuditEntry.objects.filter(action="subprocessor.registered").get()
    assert (entry.detail["transfer_tool"], entry.detail["region"]) == ("scc", "us-east-1")
    assert enter(callixo, region="eu-west-1", transfer_tool="none", clauses="").region == "eu-west-1"  # stays in the EU: no tool


def test_a_new_one_is_told_to_the_members_and_gets_nothing_before_its_day(callixo):
    row = enter(callixo, start=False)
    assert row.starts_at > timezone.now() + timedelta(hours=23)
    with pytest.raises(NotRegistered):
        subprocessors.require(callixo.workspace.id, "twilio")
    announcing.send_notices()
    announcing.send_notices()
    (letter,) = [m for m in mail.outbox if m.to == ["owner@dental.example"]]
    assert "Twilio Inc. (us-east-1) carries calls" in letter.body
    assert list(subprocessors.standing(callixo.workspace.id, row.starts_at)) == [row]
    announcing.apply_due(row.starts_at)
    assert PolicyChange.objects.get(key="subprocessor").state == "applied"


def test_an_announced_one_can_be_taken_back(callixo):
    row = enter(callixo, start=False)
    announcing.withdraw(PolicyChange.objects.get(key="subprocessor"), "user:x")
    assert not subprocessors.standing(callixo.workspace.id, row.starts_at + timedelta(days=1)).exists()


@pytest.mark.promise("P-LEX-2-7", "P-CLX-4-2", "P-LDX-4-3", "P-CLX-4-1", "P-NEJ-3-1")
def test_nothing_leaves_for_a_carrier_that_is_not_entered(callixo):
    with pytest.raises(connecting.CannotConnect, match="not in the register"):
        connect_twilio(callixo)
    assert AuditEntry.objects.latest("seq").action == "sharing.refused"
    row = enter(callixo)
    account = connect_twilio(callixo)
    subprocessors.end(row, "user:x")
    from ringtrue.calls.models import Call
    from ringtrue.reception.calling_out import LineDialer

    with pytest.raises(DialFailed, match="not_registered"):
        LineDialer(account, "t", "r", Call()).dial("p", number="+1", caller_id="+1", workspace="w", agent="a", purpose="p")


@pytest.mark.promise("P-LEX-2-7", "P-CLX-4-2", "P-LDX-4-3", "P-CLX-4-1", "P-NEJ-3-1")
def test_nothing_leaves_for_a_language_model_that_is_not_entered(callixo, monkeypatch):
    of = callixo.workspace.id
    given = {"provider": "anthropic", "model": "claude-haiku-5-5", "key": "sk-x", "actor": "user:x"}
    with pytest.raises(language_models.CannotConnect, match="not in the register"):
        language_models.connect(of, **given)
    row = enter(callixo, provider="anthropic", name="Anthropic", kind="language_model")
    model = language_models.connect(of, **given)
    assert [c.provider for c in language_models.chosen(of, "everything")] == ["anthropic"]
    subprocessors.end(row, "user:x")
    assert language_models.chosen(of, "everything") == ()
    monkeypatch.setattr(language_models, "installed", lambda: True)
    assert "not in the register" in language_models.check(model)[1]
    model.delete()
    monkeypatch.setenv("RINGTRUE_MODEL_PROVIDER", "openai")
    monkeypatch.setenv("RINGTRUE_MODEL", "gpt-x")
    assert language_models.chosen(of, "everything") == ()


@pytest.mark.promise("P-LEX-2-7", "P-CLX-4-2", "P-CLX-4-1", "P-NEJ-3-1")
def test_a_call_is_not_heard_by_a_provider_that_is_not_entered(callixo, monkeypatch):
    from ringtrue.agents.publishing import snapshot_of
    from ringtrue.calls import recording

    monkeypatch.setattr(gating, "CONFIG", configuring.read({"RINGTRUE_SPEECH": "openai,deepgram"}))
    call = recording.begin_call(callixo.version, line="simulated", from_number="+12125550199", to_number="+12125550100")
    agent = snapshot_of(callixo.version)
    assert gating.order_for(call, agent).withheld == ("openai", "deepgram")
    enter(callixo, provider="deepgram", name="Deepgram", kind="speech")
    assert gating.order_for(call, agent).withheld == ("openai",)
    changing.change(callixo.workspace.id, "profile", "default", "user:x")
    assert gating.order_for(call, agent).withheld == ()


@pytest.mark.promise("P-LEX-4-3", "P-CLX-4-3", "P-NEJ-3-3")
def test_whom_the_installation_uses_is_read_from_its_configuration(monkeypatch, settings):
    for name in ("RINGTRUE_HOSTING", "RINGTRUE_MODEL_PROVIDER", "RINGTRUE_MODEL"):
        monkeypatch.delenv(name, raising=False)
    embedded = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    for alone in ({}, embedded | {"RINGTRUE_SPEECH": "local"}, {"DATABASE_URL": "postgresql://a:b@localhost:5432/x"}):
        monkeypatch.setattr(subprocessors, "CONFIG", configuring.read(alone))
        assert subprocessors.of_installation() == [], "what runs beside it is no other company"
    outside = {"DATABASE_URL": "postgresql://db.example/x", "REDIS_URL": "rediss://cache.example/0"}
    config = configuring.read(outside | {"RINGTRUE_SPEECH": "deepgram,local"})
    monkeypatch.setattr(subprocessors, "CONFIG", config)
    monkeypatch.setattr(subprocessors, "declared_region", lambda: "eu-central-1")
    monkeypatch.setenv("RINGTRUE_HOSTING", "AWS")
    monkeypatch.setenv("RINGTRUE_MODEL_PROVIDER", "anthropic")
    monkeypatch.setenv("RINGTRUE_MODEL", "claude")
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "smtp.example"
    used = subprocessors.of_installation()
    assert [(u.name, u.kind) for u in used] == [
        ("AWS", "hosting"), ("an outside database", "hosting"), ("an outside Redis", "hosting"), ("smtp.example", "email"), ("Deepgram", "speech"),
        ("Anthropic", "language_model"),
    ]  # fmt: skip
    assert used[0].region == "eu-central-1"


@pytest.mark.promise("P-LEX-4-3", "P-CLX-4-3", "P-NEJ-3-3")
def test_whom_the_workspace_connected_itself_is_named_until_it_enters_them_and_in_the_policy(dental, monkeypatch):
    monkeypatch.setattr(subprocessors, "CONFIG", configuring.read({}))
    of = dental.workspace.id
    assert "Nobody. The software runs by itself." in policies.write(of, "privacy", "Riverside Dental")
    connect_twilio(dental)
    assert [(used.name, used.does) for used in subprocessors.connected(of)] == [("Twilio", "carries calls")]
    assert "- Twilio (region not stated): carries calls." in policies.write(of, "privacy", "Riverside Dental")
    row = enter(dental)
    assert subprocessors.connected(of) == []
    assert "- Twilio Inc. (us-east-1): carries calls." in policies.write(of, "privacy", "Riverside Dental")
    subprocessors.end(row, "user:x")
    changing.change(of, "profile", "callixo", f"user:{dental.owner.id}")
    assert subprocessors.connected(of) == [], "with a closed register nothing leaves for it"


@pytest.mark.promise("P-CLX-5-1", "P-ALX-12-1")
@pytest.mark.parametrize(
    ("profile", "good", "bad"), [("callixo", "eu-central-1", "us-east-1"), ("alex", "us-east-1", "eu-central-1")]
)
def test_a_call_is_stored_in_the_promised_region_only(dental, monkeypatch, profile, good, bad):
    from ringtrue.privacy import policy

    changing.change(dental.workspace.id, "profile", profile, "user:x")
    monkeypatch.setattr(installation, "declared_region", lambda: good)
    assert policy.call_policy(dental.workspace.id)["storage.mode"] == "everything"
    monkeypatch.setattr(installation, "declared_region", lambda: bad)
    held = policy.call_policy(dental.workspace.id)
    assert (held["storage.mode"], held["recording.flow"]) == ("metadata_only", "off")


@pytest.mark.promise("P-ALX-12-3")
def test_every_region_has_the_same_controls(dental, monkeypatch):
    from ringtrue.agents.publishing import snapshot_of
    from ringtrue.calls import recording
    from ringtrue.privacy import policy

    call = recording.begin_call(dental.version, line="simulated", from_number="+12125550198", to_number="+12125550100")
    held = []
    for region in ("eu-central-1", "us-east-1", "ap-south-1", ""):
        monkeypatch.setattr(installation, "declared_region", lambda region=region: region)
        held.append((policy.call_policy(dental.workspace.id), gating.gate_for(call, snapshot_of(dental.version)).call))
    assert all(one == held[0] for one in held)
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    changing.change(dental.workspace.id, "storage.mode", "excluding_pii", "user:x")
    assert gating.gate_for(call, snapshot_of(dental.version)).call.storage_mode == "excluding_pii"
