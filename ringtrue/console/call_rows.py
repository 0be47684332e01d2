"""Calls as lists show them: who, outcome, when, how long, one line of what it was about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ringtrue.calls import reading, time_limit
from ringtrue.calls.models import Call
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.privacy.modes import keeps


class Who(NamedTuple):
    name: str
    number: str
    contact: Contact | None
    words: str  # what to show where neither is known


class CallRow(NamedTuple):
    call: Call
    who: Who
    line: str


def rows(calls: Iterable[Call], *, with_content: bool) -> list[CallRow]:
    """`with_content` False leaves out everything that the caller said or is (the person may list calls, not read them)."""
    held = list(calls)
    if not with_content:
        return [CallRow(call, Who("", "", None, "A caller"), "") for call in held]
    since = time_limit.shown_since(held[0].workspace_id) if held else None
    contacts = {c.subject_id: c for c in Contact.objects.filter(subject_id__in={call.subject_id for call in held})}
    return [
        CallRow(call, Who("", "", None, "A call whose time is over"), "")
        if since is not None and call.created_at < since
        else CallRow(call, who(call, contacts.get(call.subject_id)), _line(call))
        for call in held
    ]


def who(call: Call, contact: Contact | None) -> Who:
    facts = gathering.read(contact) if contact else {}
    numbers = reading.numbers(call)
    number = numbers.get("from_number" if call.direction == "inbound" else "to_number", "") or facts.get("number", "")
    name = facts.get("name", "")
    if not name and call.state == "ended":
        name = reading.summary(call).name
    return Who(name, number, contact, "" if name or number else _nobody(call))


def _nobody(call: Call) -> str:
    if call.line == "browser":
        return "Someone in the browser"
    return "Number hidden" if keeps(call.storage_mode).number else "Caller not kept"


def _line(call: Call) -> str:
    """The summary without its first sentence: who called stands beside it."""
    if call.state != "ended":
        return ""
    summary = reading.summary(call)
    if not summary.kept:
        return ""
    _, _, rest = summary.text.partition(". ")
    return rest or summary.reason
