"""A called person who would rather be called at another time: which time that is, and that it is read back and kept."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ringtrue.voice.brains.calling_back import moment_in, wishes
from ringtrue.voice.brains.tests.driving import SharedEmbedder
from ringtrue.voice.brains.tests.test_campaign_call import begin

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("America/New_York"))  # a Monday
SAID = [
    ("Call me tomorrow at ten.", "2026-11-24 10:00"),
    ("Can you call me back after five?", "2026-11-23 17:00"),
    ("I'm driving, call me in half an hour.", "2026-11-23 12:30"),
    ("Could you ring me back at 9 a.m. on Friday?", "2026-11-27 09:00"),
    ("Please call back next Tuesday at half past two.", "2026-12-01 14:30"),
    ("Try again on Thursday afternoon.", "2026-11-26 14:00"),
    ("Call me at nine in the morning.", "2026-11-24 09:00"),  # today it is past nine
    ("Please phone me again in an hour.", "2026-11-23 13:00"),
    ("Call me later.", ""),
    ("Not now, I'm busy.", ""),
    ("I can't talk right now.", ""),
]


@pytest.mark.parametrize(("text", "when"), SAID)
def test_a_wish_to_be_called_back_and_its_time_are_heard(text: str, when: str) -> None:
    assert wishes(text)
    at = moment_in(text, NOON)
    assert (f"{at:%Y-%m-%d %H:%M}" if at else "") == when


@pytest.mark.parametrize(
    "text", ["What time do you open?", "Can I call you back?", "Yes, tomorrow at ten works.", "You called me yesterday."]
)
def test_what_is_no_such_wish(text: str) -> None:
    assert not wishes(text)


async def test_the_time_is_read_back_kept_and_may_be_put_right(embedder: SharedEmbedder) -> None:
    call, _ = await begin(embedder, "book", time_zone="America/Chicago")  # 10:00 in New York
    call.tools["call_back"] = {"kept": "true"}
    assert "When may I call you again?" in await call.says("I'm in a meeting.")
    assert "tomorrow at 10 a.m." in await call.says("Tomorrow at ten.")
    assert "tomorrow at 11 a.m. Is that right?" in await call.says("No, at eleven tomorrow.")
    assert not call.ended
    await call.says("Yes, that's right.")
    assert call.ended
    assert [use.arguments["at"] for use in call.uses if use.tool == "call_back"] == [
        "2026-11-24T10:00-0600",
        "2026-11-24T11:00-0600",
    ]


async def test_nobody_is_asked_for_a_time_for_ever(embedder: SharedEmbedder) -> None:
    call, _ = await begin(embedder, "remind")
    await call.says("It's a bad time.")
    await call.says("I don't know.")
    assert "disturb" in await call.says("I really don't know.")
    assert call.ended
    assert not call.uses
