"""The demo call: somebody rings the demo business, asks about a holiday and a price, books a cleaning and says goodbye."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ringtrue.media import calling
from ringtrue.voice.lines.simulated_callers import Say

AGENT = "demo-dental"
PATIENCE_MS = 1600  # a polite caller: waits longer than the pause between two sentences on a busy machine
SERVICE = "Cleaning"


def script(day: datetime) -> list[str]:
    """What the caller says. `day`: a free time of the next days, local time of the business, on the hour."""
    return [
        "Hello, are you open on Thanksgiving?",
        "How much is tooth whitening?",
        "I would like to book a cleaning.",
        f"On {day:%A} {'morning' if day.hour < 12 else 'afternoon'}, please.",
        f"{HOURS[day.hour % 12]} o'clock, please.",
        "My name is Emily Carter.",
        "Yes, that's right.",
        "Yes, please.",
        "No, thank you. Goodbye.",
    ]


HOURS = ("Twelve", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven")


def free_hour(agent: Any) -> datetime | None:
    """A time on the hour that the agent will offer, on one of the next six days (so that a weekday names it)."""
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.agents.publishing import current, snapshot_of
    from ringtrue.calendars.booking import free_slots
    from ringtrue.calendars.models import Calendar

    with workspace_scope(agent.workspace_id):
        calendar = Calendar.objects.filter(agent=agent).order_by("id").first()
        version = current(agent)
    if calendar is None or version is None:
        return None
    business = snapshot_of(version)
    minutes = next((service.minutes for service in business.services if service.name == SERVICE), 30)
    today = datetime.now(ZoneInfo(business.time_zone)).date()
    for ahead in range(1, 7):
        for part in ("morning", "afternoon"):
            offered = free_slots(
                calendar, business.hours, business.time_zone, minutes=minutes, day=today + timedelta(days=ahead), part=part
            )
            for slot in reversed(offered):
                if slot.minute == 0:
                    return slot
    return None


def play_demo_call(*, say: Callable[[str], None], agent: str = AGENT, virtual: bool = False) -> int:
    """0 when the call was answered, understood (it ended in the booking that was asked for) and recorded; else 1."""
    report = demo_report(say, agent, virtual)
    if report is None:
        return 1
    missing = [what for what, good in judged(report).items() if not good]
    say("")
    say(report["summary"])
    wait = report["latency"]["reply_ms_p50"]
    say(
        f"Outcome: {report['outcome'].replace('_', ' ')} · median reply after {wait} ms · first greeting after {report['greeting_ms']} ms"
    )
    say(f"Call page: {report['page']}")
    say(f"The call was not {', not '.join(missing)}." if missing else "The call was answered, understood and recorded.")
    return 1 if missing else 0


def judged(report: dict[str, Any]) -> dict[str, bool]:
    return {
        "answered": report["answered"],
        "understood": report["outcome"] == "booking" and report["caller_turns_heard"] >= 5,
        "recorded": report["recorded"],
    }


def demo_report(say: Callable[[str], None], agent: str, virtual: bool) -> dict[str, Any] | None:
    try:
        free = free_hour(calling.find_agent(agent))
        if free is None:
            say("The demo calendar has no free time in the next days: cancel a booking in the console and try again.")
            return None
        acts = [Say(text, PATIENCE_MS) for text in script(free)]
        return calling.call(
            argparse.Namespace(
                agent=agent, workspace=None, audio=None, channel=0, script=None, say=acts, line="simulated",
                caller=calling.CALLER, virtual=virtual, json=False,
            ),
            say,
        )  # fmt: skip
    except calling.CannotCall as problem:
        say(str(problem))
        return None
