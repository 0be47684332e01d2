"""The five profiles hold what their policies say, and every value tells where it is from."""

import uuid
from datetime import UTC, datetime

import pytest

from ringtrue.privacy import changing
from ringtrue.privacy.policy import UnknownSetting, effective, profile, profile_names
from ringtrue.privacy.policy_keys import check, protects_more
from ringtrue.privacy.reading_profiles import SILENT

W = uuid.uuid4()
FIVE = ("alex", "callixo", "leadiumx", "leximo", "nejix")


def held(name, key, **own):
    return effective(W, key, workspace={"profile": name, **own})


def test_there_are_the_five_and_two_of_our_own():
    assert set(profile_names()) == {*FIVE, "default", "strict"}


@pytest.mark.promise("P-LEX-0-3", "P-CLX-0-1", "P-ALX-0-1")
@pytest.mark.parametrize(
    ("name", "digest", "date"),
    [
        ("leximo", "2eeda322bf6febafa81a0ce633d8675fa36628916ca201390f5e62cd79bf5ae2", "2025-01-10"),
        ("callixo", "46b3f9be55e6b5ad579ff210ec21e5531176654f73733800caabc59bf94a4cae", "2026-04-20"),
        ("alex", "67b981fc29195a4eb55517229923068be13e9ba78ca41e2c5ea17fdbfe78cb5c", "2025-05-07"),
        ("leadiumx", "444c6ac9f1b767d1f14a2de97c317b7470982e9b8be262616d7ea9911a157b0f", ""),
        ("nejix", "4b672dd2b472d745c6f7d077e61bdd4d24b00b5c7a77c9a4d0d262a41970d44e", ""),
    ],
)
def test_a_profile_names_the_text_that_it_keeps(name, digest, date):
    assert profile(name)["source"] == {"sha256": digest, "last_updated": date, "version": 1}


@pytest.mark.parametrize(
    ("name", "key", "value", "section"),
    [
        ("callixo", "retention.recordings", "P12M", "§6"),
        ("callixo", "closure.days", "P90D", "§6"),
        ("callixo", "min_age", 18, "§10"),
        ("callixo", "cookies.analytics", "never", "§9"),
        ("callixo", "residency.at_rest", "eu-central-1", "§5"),
        ("alex", "min_age", 18, "§8"),
        ("alex", "roles.calls", "processor", "§4.2"),
        ("alex", "residency.at_rest", "us", "§12"),
        ("alex", "closure.grace", "P60D", "§6"),
        ("leadiumx", "marketing.mode", "opt_out", "§3"),
        ("leadiumx", "min_age", 13, "§13"),
        ("leadiumx", "law.governing", "US-FL", "§15"),
        ("nejix", "policy.notice", "P14D", "§11"),
        ("nejix", "rights.due", "P30D", "§7"),
        ("nejix", "min_age", 13, "§9"),
        ("nejix", "contact.privacy", "privacy@nejix.com", "§12"),
        ("leximo", "recording.flow", "ask", "§1.3"),
        ("leximo", "min_age", 16, SILENT),
        ("leximo", "retention.recordings", "P12M", SILENT),
    ],
)
def test_a_value_comes_from_its_section(name, key, value, section):
    now = held(name, key)
    assert (now.value, now.origin) == (value, f"profile {name} {section}")


def test_every_section_says_in_words_what_its_values_are_from():
    for name in FIVE:
        for section in profile(name)["sections"]:
            assert section["section"].startswith("§")
            assert section["says"].endswith(".")
            assert section["values"]


@pytest.mark.promise("P-LDX-1-4")
@pytest.mark.parametrize(
    ("key", "agreed", "own", "value", "origin"),
    [
        # Not comparable: the signed agreement beats profile and workspace.
        ("residency.at_rest", "eu", {}, "eu", "signed agreement DPA 7"),
        ("residency.at_rest", "eu", {"residency.at_rest": "us"}, "eu", "signed agreement DPA 7"),
        ("recording.on_refusal", "end", {"recording.on_refusal": "continue_unrecorded"}, "end", "signed agreement DPA 7"),
        ("contact.privacy", "dpo@client.example", {}, "dpo@client.example", "signed agreement DPA 7"),
        # Comparable: what protects more wins, whoever asks for it.
        ("retention.recordings", "P30D", {}, "P30D", "signed agreement DPA 7"),
        ("retention.recordings", "P5Y", {}, "P12M", "profile callixo §6"),
        ("storage.mode", "excluding_pii", {"storage.mode": "metadata_only"}, "metadata_only", "workspace setting"),
        # Nobody lowers the law.
        ("training.on_calls", "allow", {}, "never", "law floor"),
        ("closure.days", "P2Y", {}, "P90D", "law floor"),
    ],
)
def test_law_then_agreement_then_profile_then_the_rest(key, agreed, own, value, origin):
    now = held("callixo", key, agreement={"title": "DPA 7", "values": {key: agreed}}, **own)
    assert (now.value, now.origin) == (value, origin)


def test_an_agreement_is_stored_checked_and_in_the_audit_chain(dental):
    changing.put_agreement(dental.workspace.id, "DPA 7", {"residency.at_rest": "eu"}, "user:x")
    assert effective(dental.workspace.id, "residency.at_rest").origin == "signed agreement DPA 7"
    with pytest.raises(UnknownSetting):
        changing.put_agreement(dental.workspace.id, "DPA 8", {"residency.at_rest": "moon"}, "user:x")


@pytest.mark.parametrize("name", ["alex", "leadiumx"])
def test_what_a_policy_allows_the_law_may_forbid(name):
    assert held(name, "training.on_calls").sentence == "never, from law floor"
    assert held(name, "signals.gpc").value == "honour"


def test_without_a_reason_nothing_is_kept_without_end():
    silent, spoken = (
        held("nejix", "retention.transcripts"),
        held("nejix", "retention.transcripts", **{"retention.reason": "disputes"}),
    )
    assert silent.value == "P24M"
    assert "unless a reason is written down" in silent.origin
    assert (spoken.value, spoken.origin) == ("perpetual", "profile nejix §4")
    assert held("nejix", "retention.recordings", **{"retention.reason": "disputes"}).value == "P12M", "a class of their own"


def test_a_statutory_minimum_keeps_its_records():
    kept = held("strict", "retention.requests", **{"retention.requests": "P30D"})
    assert kept.value == "P24M"
    assert "7101" in kept.origin
    assert held("strict", "retention.recordings", **{"retention.recordings": "P7D"}).value == "P7D", "no minimum there"


def test_strict_protects_no_less_than_any_of_the_five():
    for name in FIVE:
        for key in (
            "storage.mode",
            "recording.flow",
            "retention.recordings",
            "retention.transcripts",
            "training.on_calls",
            "policy.notice",
        ):
            assert not protects_more(key, held(name, key).value, held("strict", key).value), (name, key)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("min_age", "18"),
        ("min_age", 0),
        ("min_age", True),
        ("policy.notice", "perpetual"),
        ("sharing.named", "AWS"),
        ("contact.privacy", 3),
    ],
)
def test_values_of_the_wrong_kind_are_refused(key, value):
    with pytest.raises(UnknownSetting):
        check(key, value)


def test_periods_are_added_by_the_calendar():
    from ringtrue.privacy.periods import add

    assert add(datetime(2026, 1, 31, tzinfo=UTC), "P1M") == datetime(2026, 2, 28, tzinfo=UTC)
    assert add(datetime(2026, 11, 21, tzinfo=UTC), "P14D") == datetime(2026, 12, 5, tzinfo=UTC)
