"""Bookings as an iCalendar file (RFC 5545), for any calendar program."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar as IcsCalendar
from icalendar import Event

from ringtrue.calendars.booking import who
from ringtrue.calendars.models import Booking, Calendar


def as_ics(calendar: Calendar, bookings: Iterable[Booking] | None = None) -> bytes:
    """`bookings`: those of the calendar when not given. Needs the workspace's scope."""
    made = IcsCalendar()
    made.add("prodid", "-//Ringtrue//Bookings//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", calendar.name)
    rows = bookings if bookings is not None else calendar.bookings.order_by("starts_at")
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    for booking in rows:
        held = who(booking)
        event = Event()
        event.add("uid", f"{booking.id}@{host}")
        event.add("dtstamp", booking.created_at)
        event.add("dtstart", booking.starts_at)
        event.add("dtend", booking.ends_at)
        event.add("summary", f"{booking.service}: {held['name']}" if held.get("name") else booking.service)
        event.add("status", "CONFIRMED" if booking.state == "booked" else "CANCELLED")
        lines = [held[field] for field in ("number", "note") if held.get(field)]
        if lines:
            event.add("description", "\n".join(lines))
        made.add_component(event)
    return bytes(made.to_ical())
