"""What a verdict says to a person: the called party's own clock, and words before ids."""

from __future__ import annotations

from datetime import UTC, datetime

from ringtrue.console.templatetags.verdict_words import plainly
from ringtrue.dialing.proposal import Defer, Reason

AT = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
HOURS = (Reason("US-04", "It is outside the hours."),)


def test_a_wait_is_told_by_the_clock_of_whoever_is_called() -> None:
    def words(*zones: str) -> str:
        return Defer("p", AT, HOURS, zones).words

    assert (
        words("America/New_York")
        == "Not before Tue 24 November, 12:05 PM their time (New York). It is outside the hours. [US-04]"
    )
    assert words("America/New_York", "America/Toronto").startswith("Not before Tue 24 November, 12:05 PM their time (New York). ")
    assert "8:05 AM their time (Anchorage), which is Tue 24 November, 12:05 PM in New York." in words(
        "America/New_York", "America/Anchorage"
    )
    assert "5:05 PM UTC" in words()


def test_ids_of_rules_stand_apart() -> None:
    shown = plainly("Refused. No <consent>. [US-02] Listed. [US-07] Again. [US-02]")
    told, _, ids = shown.partition("<details")
    assert told == "Refused. No &lt;consent&gt;. Listed. Again."
    assert "US-02, US-07</details>" in ids
    assert plainly("The agent is switched off.") == "The agent is switched off."
