"""What a brain may do besides talking. Workspace, call and caller come from the session; a tool's arguments never name them.

A tool takes the session and `dict[str, str]`, gives `dict[str, str]`, and raises ToolFailed with one of our codes. What a caller
gave goes through the privacy gate before it is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calendars import booking
from ringtrue.calendars.models import Calendar
from ringtrue.calls import messages
from ringtrue.campaigns.deciding import call_back_from
from ringtrue.concierge.in_call import TOOLS as on_errands
from ringtrue.dialing.stopping import stop_calling
from ringtrue.media import colleagues
from ringtrue.privacy.modes import keeps
from ringtrue.reception import detecting_machines, texting
from ringtrue.reminders import in_call as reminders
from ringtrue.voice.agent import Service
from ringtrue.voice.port import ToolFailed

if TYPE_CHECKING:
    from ringtrue.media.scribe import Session

Arguments = dict[str, str]
LONGEST = 500  # characters of one argument that are kept


def text_me(session: Session, given: Arguments) -> Arguments:
    """Whoever booked in this call says whether they want it in writing."""
    with workspace_scope(session.call.workspace_id):
        sent = bool(given.get("wanted")) and texting.offers(session.call) and texting.confirm_booking(session.call)
    return {"kept": "true" if sent else ""}


def who_answered(session: Session, given: Arguments) -> Arguments:
    """What the carrier found out until now, where it listens too."""
    with workspace_scope(session.call.workspace_id):
        return {"who": detecting_machines.found(session.call)}


def take_message(session: Session, given: Arguments) -> Arguments:
    if not session.agent.handling.take_messages:
        raise ToolFailed("not_allowed")
    kept = _kept(session, given, ("name", "number", "reason"))
    if not keeps(session.call.storage_mode).messages or not any(kept.values()):
        raise ToolFailed("not_kept")
    messages.take(session.call, name=kept["name"], number=kept["number"], reason=kept["reason"])
    return {"taken": "true"}


def find_slots(session: Session, given: Arguments) -> Arguments:
    service = _service(session, given)
    zone = session.agent.time_zone
    day, at = _read_day(given), _read_time(given)
    slots = booking.free_slots(
        _calendar(session), session.agent.hours, zone,
        minutes=service.minutes, day=day, part=given.get("part", ""), at=at, now=session.now(),
    )  # fmt: skip
    reason = ""
    if not slots:
        open_then = day is None or booking.open_between(session.agent.hours, day, ZoneInfo(zone))
        past = day is not None and day < session.now().astimezone(ZoneInfo(zone)).date()
        reason = "past" if past else "full" if open_then else "closed"
    return {"slots": ",".join(slot.strftime("%Y-%m-%dT%H:%M") for slot in slots), "reason": reason}


def book(session: Session, given: Arguments) -> Arguments:
    service = _service(session, given)
    if not keeps(session.call.storage_mode).bookings:
        raise ToolFailed("not_kept")
    kept = _kept(session, given, ("name", "number"))
    try:
        start = datetime.fromisoformat(given.get("start", ""))
    except ValueError:
        raise ToolFailed("bad_time") from None
    try:
        made = booking.book(
            _calendar(session), session.agent.hours, session.agent.time_zone,
            service=service.name, minutes=service.minutes, start=start, subject=session.call.subject,
            name=kept["name"], number=kept["number"], call_id=session.call.id, now=session.now(),
        )  # fmt: skip
    except booking.SlotTaken:
        raise ToolFailed("slot_taken") from None
    except booking.NotOpen:
        raise ToolFailed("not_open") from None
    local = made.starts_at.astimezone(ZoneInfo(session.agent.time_zone))
    return {"booked": "true", "start": local.strftime("%Y-%m-%dT%H:%M")}


def opt_out(session: Session, given: Arguments | None = None) -> Arguments:
    """Kept in every storage mode, by keyed hash, and safe to repeat. When this returns, no dial to this person begins any more."""
    stop_calling(session.call.subject, call_id=session.call.id)
    return {"done": "true"}


def call_back(session: Session, given: Arguments) -> Arguments:
    """`at`: ISO 8601 with its offset. The permit judges the call when it is due."""
    try:
        at = datetime.fromisoformat(given.get("at", ""))
    except ValueError:
        raise ToolFailed("bad_time") from None
    if at.tzinfo is None or at <= session.now():
        raise ToolFailed("bad_time")
    with workspace_scope(session.call.workspace_id):
        if not call_back_from(session.call.id, at):
            raise ToolFailed("no_campaign")
    return {"kept": "true"}


def remind_me(session: Session, given: Arguments) -> Arguments:
    with workspace_scope(session.call.workspace_id):
        return reminders.remind_me(session.call, given)


def appointment(session: Session, given: Arguments) -> Arguments:
    with workspace_scope(session.call.workspace_id):
        return reminders.appointment(session.call, given)


TOOLS: dict[str, Callable[[Session, Arguments], Arguments]] = {
    "take_message": take_message,
    "find_slots": find_slots,
    "book": book,
    "opt_out": opt_out,
    "call_back": call_back,
    "ring_colleague": colleagues.ring,
    "colleague_state": colleagues.state,
    "stop_ringing": colleagues.stop_ringing,
    "remind_me": remind_me,
    "who_answered": who_answered,
    "text_me": text_me,
    "appointment": appointment,
}


def use(session: Session, tool: str, given: Arguments) -> Arguments:
    """Raises ToolFailed."""
    if tool in on_errands:
        return _on_errand(session, tool, given)
    if tool not in TOOLS:
        raise ToolFailed("no_such_tool")
    return TOOLS[tool](session, {name: value[:LONGEST] for name, value in given.items()})


def _on_errand(session: Session, tool: str, given: Arguments) -> Arguments:
    if tool == "errand_found" and not session.let_facts({"found": "true"}):
        raise ToolFailed("not_kept")
    with workspace_scope(session.call.workspace_id):
        return on_errands[tool](session.call, given)


def _kept(session: Session, given: Arguments, names: tuple[str, ...]) -> Arguments:
    """These arguments as the gate lets them through; "" for what it does not."""
    allowed = session.let_facts({name: given.get(name, "") for name in names})
    return {name: str(allowed.get(name) or "") for name in names}


def _service(session: Session, given: Arguments) -> Service:
    if not session.agent.handling.book:
        raise ToolFailed("not_allowed")
    wanted = given.get("service", "").casefold()
    for service in session.agent.services:
        if service.name.casefold() == wanted and service.bookable:
            return service
    raise ToolFailed("no_such_service")


def _calendar(session: Session) -> Calendar:
    with workspace_scope(session.call.workspace_id):
        found = Calendar.objects.filter(agent_id=session.call.agent_version.agent_id).order_by("id").first()
    if found is None:
        raise ToolFailed("no_calendar")
    return found


def _read_day(given: Arguments) -> date | None:
    try:
        return date.fromisoformat(given["day"]) if given.get("day") else None
    except ValueError:
        raise ToolFailed("bad_day") from None


def _read_time(given: Arguments) -> time | None:
    try:
        return time.fromisoformat(given["time"]) if given.get("time") else None
    except ValueError:
        raise ToolFailed("bad_time") from None
