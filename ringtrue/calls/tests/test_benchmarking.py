"""Figures over all workspaces are given out only where they are of nobody."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope
from ringtrue.calls import benchmarking
from ringtrue.calls.models import Call
from ringtrue.privacy.models import Restriction, Subject
from ringtrue.privacy.register_models import PageCount

MONTH = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
def crowd(dental):
    """Adds calls of so many people in so many workspaces."""
    version = dental.version
    places = [dental.workspace]
    with system_scope("a test makes workspaces"):
        while len(places) < 12:
            places.append(Workspace.objects.create(slug=f"w{len(places)}", name=f"W{len(places)}"))

        def add(outcome, *, people, workspaces):
            made = []
            for n in range(people):
                place = places[n % workspaces]
                subject = Subject.objects.create(workspace=place, handle_hash=uuid4().hex)
                Call.objects.create(
                    workspace=place, agent_version=version, subject=subject, line="sip", storage_mode="everything", recording_flow="off",
                    state="ended", outcome=outcome, duration_ms=64_000, created_at=MONTH,
                )  # fmt: skip
                made.append(subject)
            return made

        yield add, places


@pytest.mark.promise("P-LDX-5-3", "P-ALX-3-6", "P-LDX-6-5")
def test_small_groups_are_left_out_and_nothing_leads_back_to_them(crowd, tmp_path):
    add, places = crowd
    add("booking", people=30, workspaces=10)
    add("message", people=30, workspaces=9)
    add("transfer", people=9, workspaces=9)
    for n, place in enumerate(places):
        PageCount.objects.create(workspace=place, day=MONTH.date(), page="console:calls", visits=3)
        if n < 9:
            PageCount.objects.create(workspace=place, day=MONTH.date(), page="console:leads", visits=100)
    out = tmp_path / "figures.csv"
    assert benchmarking.main(["--out", str(out)]) == 0
    rows = list(csv.DictReader(out.open()))
    assert [(r["about"], r["group"], r["number"], r["mean_seconds"]) for r in rows] == [
        ("calls", "booking", "30", "60"),
        ("pages", "console:calls", "30", ""),
    ], "no sums, no small groups, no text"
    before = benchmarking.figures()
    add("booking", people=1, workspaces=1)
    assert benchmarking.figures() == before, "the list does not tell that one more person came"


@pytest.mark.promise("P-LDX-6-5")
def test_whoever_objected_is_not_counted(crowd):
    add, _ = crowd
    people = add("booking", people=10, workspaces=10)
    assert len(benchmarking.figures()) == 1
    Restriction.objects.create(workspace=people[0].workspace, subject=people[0], purpose="analytics")
    assert benchmarking.figures() == []
