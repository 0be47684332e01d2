import uuid
from datetime import UTC, datetime

import pytest

from ringtrue.core.models import AuditEntry
from ringtrue.privacy import changing
from ringtrue.privacy.models import PolicySetting
from ringtrue.privacy.periods import in_words, shorter, subtract
from ringtrue.privacy.policy import KEYS, UnknownSetting, call_policy, effective, profile, profile_names
from ringtrue.privacy.policy_words import TITLES

W = uuid.uuid4()


def test_every_key_has_a_value_in_every_profile():
    for name in profile_names():
        for key in KEYS:
            assert effective(W, key, workspace={"profile": name}).value is not None
        assert set(profile(name)["fixed"]) | set(profile(name)["defaults"]) == set(KEYS) - {"profile"}
    assert set(TITLES) == set(KEYS), "every setting can be said to a person"


@pytest.mark.parametrize(
    ("key", "workspace", "agent", "call", "value", "origin"),
    [
        ("storage.mode", {}, {}, {}, "everything", "profile default"),
        ("storage.mode", {"storage.mode": "excluding_pii"}, {}, {}, "excluding_pii", "workspace setting"),
        ("storage.mode", {"storage.mode": "excluding_pii"}, {"storage.mode": "everything"}, {}, "excluding_pii", "workspace setting"),
        ("storage.mode", {}, {"storage.mode": "excluding_pii"}, {"storage.mode": "metadata_only"}, "metadata_only", "call"),
        ("storage.mode", {"profile": "strict"}, {}, {"storage.mode": "everything"}, "metadata_only", "profile strict"),
        ("recording.flow", {}, {"recording.flow": "ask"}, {"recording.flow": "announce"}, "ask", "agent"),
        ("retention.recordings", {"retention.recordings": "P30D"}, {}, {}, "P30D", "workspace setting"),
        ("retention.recordings", {"retention.recordings": "P5Y"}, {}, {}, "P12M", "profile default"),
        ("retention.recordings", {"retention.recordings": "perpetual"}, {}, {}, "P12M", "profile default"),
        ("recording.on_refusal", {}, {"recording.on_refusal": "end"}, {}, "end", "agent"),
        ("recording.on_refusal", {"profile": "strict"}, {"recording.on_refusal": "end"}, {}, "continue_unrecorded", "profile strict"),
        ("training.on_calls", {"training.on_calls": "allow"}, {}, {}, "never", "law floor"),
        ("storage.mode", {"storage.mode": "nonsense"}, {}, {}, "everything", "profile default"),
    ],
)  # fmt: skip
def test_the_more_protective_value_wins_and_says_where_it_is_from(key, workspace, agent, call, value, origin):
    held = effective(W, key, workspace=workspace, agent=agent, call=call)
    assert (held.value, held.origin) == (value, origin)


def test_the_sentence_names_value_and_origin():
    assert effective(W, "retention.recordings", workspace={}).sentence == "12 months, from profile default"


def test_unknown_keys_and_values_are_refused_in_words(dental):
    with pytest.raises(UnknownSetting, match="no setting"):
        effective(W, "storage.colour", workspace={})
    for key, value in (("storage.mode", "some"), ("storage.audio", 1), ("retention.recordings", "a year"), ("profile", "../x")):
        with pytest.raises(UnknownSetting):
            changing.change(dental.workspace.id, key, value, "user:x")
    assert not PolicySetting.objects.exists()


@pytest.mark.promise("P-LDX-6-7", "P-NEJ-1-15")
def test_a_change_holds_for_the_next_call_at_once_and_is_in_the_audit_chain(dental):
    workspace = dental.workspace.id
    assert call_policy(workspace)["storage.mode"] == "everything"
    after = changing.change(workspace, "storage.mode", "excluding_pii", f"user:{dental.owner.id}")
    assert after.value == "excluding_pii"
    assert call_policy(workspace)["storage.mode"] == "excluding_pii"
    assert call_policy(workspace, agent={"storage.mode": "metadata_only"})["storage.mode"] == "metadata_only"
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.target) == ("policy.changed", "storage.mode")
    assert entry.detail == {"before": "everything", "asked": "excluding_pii", "after": "excluding_pii"}


def test_a_preview_tells_what_a_change_means_and_changes_nothing(dental):
    said = changing.preview(dental.workspace.id, "storage.mode", "metadata_only")
    assert "takes no messages and no bookings" in said[0]
    assert "next call" in said[-1]
    assert "stays at 12 months" in changing.preview(dental.workspace.id, "retention.recordings", "P5Y")[0]
    strict = changing.preview(dental.workspace.id, "profile", "strict")
    assert (
        "What is kept of a call: everything (sound, words, a summary, name and number) becomes only that a call happened "
        "(when, how long, how it ended)."
    ) in strict
    for key in KEYS:
        if key != "profile":
            assert changing.preview(dental.workspace.id, key, effective(dental.workspace.id, key).value)
    assert not PolicySetting.objects.exists()


def test_isolation_settings_of_another_workspace_do_not_count(dental, other_workspace):
    changing.change(dental.workspace.id, "storage.mode", "metadata_only", "user:x")
    from ringtrue.accounts.scoping import workspace_scope

    with workspace_scope(other_workspace.workspace.id):
        assert effective(other_workspace.workspace.id, "storage.mode").value == "everything"


@pytest.mark.parametrize(
    ("moment", "period", "before"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), "P1M", datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), "P1Y", datetime(2023, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), "P12M", datetime(2025, 1, 15, tzinfo=UTC)),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), "P1DT12H", datetime(2026, 1, 14, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), "P2W", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_periods_are_calendar_periods(moment, period, before):
    assert subtract(moment, period) == before


def test_periods_compare_and_are_said():
    assert shorter("P30D", "P1M")
    assert shorter("P12M", "perpetual")
    assert not shorter("perpetual", "P100Y")
    assert in_words("P1Y6M") == "1 year 6 months"
    for wrong in ("P", "PT", "12M", "P1X", ""):
        with pytest.raises(ValueError, match="not a period"):
            subtract(datetime(2026, 1, 1, tzinfo=UTC), wrong)
