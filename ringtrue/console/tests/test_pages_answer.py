"""Every page of the console answers, with the words that matter on it."""

from __future__ import annotations

import pytest

from ringtrue.console.tests.showing import book_week, show

PAGES = (
    "", "calls/", "live/", "contacts/", "calendar/", "agents/", "agents/new/", "settings/", "settings/audit/", "settings/lines/",
    "settings/privacy/", "settings/webhooks/", "members/", "keys/",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_page_answers_when_nothing_has_happened_yet(signed_in, dental, page):
    answer = signed_in.get(f"/w/{dental.workspace.slug}/{page}")
    assert answer.status_code == 200, answer
    assert b"<h1" in answer.content


def test_pages_answer_with_calls(signed_in, dental):
    show(dental)
    book_week(dental)
    for page in PAGES:
        assert signed_in.get(f"/w/{dental.workspace.slug}/{page}").status_code == 200


def test_call_pages(signed_in, dental):
    shown = show(dental)
    for call in shown:
        answer = signed_in.get(f"/w/{dental.workspace.slug}/calls/{call.id}/")
        assert answer.status_code == 200
