"""A task in plain words becomes a plan: by rules, and what is not said stays open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ringtrue.concierge.planning import plan_from, whom_in

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("task", "country", "wanted"),
    [
        (
            "Find a plumber in Leith who can come before Friday, up to £120, and book me in",
            "GB",
            {"wish": "a plumber", "latest": "2026-11-26", "earliest": "", "most": 120.0, "currency": "£", "book": True},
        ),
        (
            "Move my appointment at Dr. Amari's to next week, mornings",
            "US",
            {"wish": "a new time for the appointment", "earliest": "2026-11-30", "latest": "2026-12-06", "part": "morning"},
        ),
        (
            "Ask how much a haircut costs at Salon Rosa and ask if they take walk-ins.",
            "US",
            {"wish": "a haircut", "book": False, "questions": ["Could you tell me whether they take walk-ins?"], "most": None},
        ),
        (
            "Get me a table for four tomorrow",
            "US",
            {"wish": "a table for four", "earliest": "2026-11-25", "latest": "2026-11-25"},
        ),
        ("Please sort it out", "US", {"wish": "", "earliest": "", "latest": "", "most": None, "part": ""}),
    ],
)
def test_words_become_a_plan(task: str, country: str, wanted: dict[str, Any]) -> None:
    plan = plan_from(task, TUESDAY, country=country, on_behalf_of="Emily Carter")
    assert {name: getattr(plan, name) for name in wanted} == wanted


def test_numbers_are_found_in_the_task_and_in_a_pasted_page_with_their_names() -> None:
    page = (
        "Best plumbers\n\nAce Plumbing\n(212) 555-0142 · open\nBudget Drains - Tel: 212 555 0143, fax on request\n(212) 555-0142"
    )
    assert [(whom.name, whom.number) for whom in whom_in(page)] == [
        ("Ace Plumbing", "+12125550142"),
        ("Budget Drains", "+12125550143"),
    ]
    plan = plan_from("Call Harbor Plumbing at (212) 555-0144 or 212-555-0145", TUESDAY)
    assert [(whom.name, whom.number) for whom in plan.callees] == [("Harbor Plumbing", "+12125550144"), ("", "+12125550145")]


def test_what_is_missing_is_said() -> None:
    assert plan_from("Find a plumber", TUESDAY).missing() == ["for whom the calls are made", "whom to call (at least one number)"]
