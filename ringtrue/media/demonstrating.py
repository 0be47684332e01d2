"""The demo call: somebody rings the demo business, asks about a holiday and a price, books a cleaning and says goodbye."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ringtrue.media import calling
from ringtrue.voice.lines.simulated_callers import Say

AGENT = "demo-dental"
PATIENCE_MS = 1600  # a polite caller: waits longer than the pause between two sentences on a busy machine
SCRIPT = [
    "Hello, are you open on Thanksgiving?",
    "How much is tooth whitening?",
    "I would like to book a cleaning.",
    "On Monday morning, please.",
    "Nine o'clock, please.",
    "My name is Emily Carter.",
    "Yes, that's right.",
    "Yes, please.",
    "No, thank you. Goodbye.",
]


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
    options = argparse.Namespace(
        agent=agent, workspace=None, audio=None, channel=0, script=None,
        say=[Say(text, PATIENCE_MS) for text in SCRIPT], line="simulated", caller=calling.CALLER,
        virtual=virtual, json=False,
    )  # fmt: skip
    try:
        return calling.call(options, say)
    except calling.CannotCall as problem:
        say(str(problem))
        return None
