"""When the business is open, said in words. Holidays named by the business win over public holidays, these over the week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ringtrue.voice.agent import DAYS, Agent, Span
from ringtrue.voice.brains.dates import spoken_day
from ringtrue.voice.brains.public_days import public_holidays
from ringtrue.voice.brains.times import spoken_time


def local_now(agent: Agent, at: float) -> datetime:
    """`at` is POSIX seconds."""
    return datetime.fromtimestamp(at, ZoneInfo(agent.time_zone))


def spans_on(agent: Agent, day: date) -> tuple[list[Span], str]:
    """Open spans of that day and the name of the holiday that decided it, or ""."""
    for holiday in agent.hours.holidays:
        if holiday.date == day.isoformat():
            return sorted(holiday.spans), holiday.name
    public = public_holidays(agent.hours.public_holidays, [day.year])
    if day in public:
        return [], public[day].split(";")[0].strip()
    return sorted(agent.hours.weekly.get(DAYS[day.weekday()], [])), ""


def open_at(agent: Agent, moment: datetime) -> bool:
    clock = moment.strftime("%H:%M")
    return any(start <= clock < end for start, end in spans_on(agent, moment.date())[0])


def next_open(agent: Agent, moment: datetime) -> tuple[date, str] | None:
    """The next opening after `moment`: day and clock time; None when there is none within two months."""
    clock = moment.strftime("%H:%M")
    for ahead in range(62):
        day = moment.date() + timedelta(days=ahead)
        for start, _ in spans_on(agent, day)[0]:
            if ahead or start > clock:
                return day, start
    return None


def span_words(spans: list[Span], language: str) -> str:
    said = [f"from {spoken_time(start, language)} to {spoken_time(end, language)}" for start, end in spans]
    return " and ".join(said)


def week_words(agent: Agent) -> str:
    """ "Monday to Wednesday from 8 a.m. to 5 p.m., Thursday from ... We are closed on Saturday and Sunday." """
    groups: list[tuple[list[int], list[Span]]] = []
    for at, name in enumerate(DAYS):
        spans = sorted(agent.hours.weekly.get(name, []))
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == at - 1:
            groups[-1][0].append(at)
        else:
            groups.append(([at], spans))
    opened = [f"{_days(days)} {span_words(spans, agent.language)}" for days, spans in groups if spans]
    closed = [day for days, spans in groups if not spans for day in days]
    if not opened:
        return ""
    listed = opened[0] if len(opened) == 1 else ", ".join(opened[:-1]) + f", and {opened[-1]}"
    said = f"We are open {listed}."
    if closed:
        said += f" We are closed on {_joined([DAYS[day].capitalize() for day in closed])}."
    return said


def _days(days: list[int]) -> str:
    names = [DAYS[day].capitalize() for day in days]
    if len(names) > 2:
        return f"{names[0]} to {names[-1]}"
    return _joined(names)


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"


def day_words(agent: Agent, day: date, today: date) -> str:
    """ "on Tuesday, December 1st", "today", "tomorrow"."""
    said = spoken_day(day, today)
    return said if said in ("today", "tomorrow") else f"on {said}"


def opens_again(agent: Agent, moment: datetime) -> str:
    """ "We open again tomorrow at 8 a.m." or ""."""
    found = next_open(agent, moment)
    if not found:
        return ""
    day, start = found
    return f"We open again {day_words(agent, day, moment.date())} at {spoken_time(start, agent.language)}."


def about_day(
    agent: Agent,
    day: date,
    now: datetime,
    *,
    named: str = "",
    clock: str = "",
    asks_yes_no: bool = False,
    closing: bool = False,
    opening: bool = False,
) -> str:
    """The hours of one day. `named`: the holiday as the caller said it; `clock`: a time they asked about."""
    today = now.date()
    spans, holiday = spans_on(agent, day)
    when = day_words(agent, day, today)
    if named:
        when = f"on {named}, {when.removeprefix('on ')}" if when.startswith("on ") else f"on {named}, which is {when},"
    elif holiday and day not in (today, today + timedelta(days=1)):
        when = f"{when}, {holiday}" if holiday.lower() not in when.lower() else when
    elif holiday:
        when = f"{when}, which is {holiday}"
    if not spans:
        after = datetime(day.year, day.month, day.day, 23, 59, tzinfo=now.tzinfo)
        again = next_open(agent, after)
        tail = (
            f" We are open again {day_words(agent, again[0], today)} {span_words(spans_on(agent, again[0])[0], agent.language)}."
            if again
            else ""
        )
        return f"{'No, we' if asks_yes_no else 'We'} are closed {when.rstrip(',')}.{tail}"
    words = span_words(spans, agent.language)
    if clock:
        inside = any(start <= clock < end for start, end in spans)
        said = spoken_time(clock, agent.language)
        if inside:
            return f"Yes, we are open {when.rstrip(',')} at {said}. We are open {words} that day."
        return f"No, {when.rstrip(',')} we are open {words}, so not at {said}."
    if (closing and day == today and open_at(agent, now)) or closing:
        return f"We close at {spoken_time(spans[-1][1], agent.language)} {when.rstrip(',')}."
    if opening:
        return f"We open at {spoken_time(spans[0][0], agent.language)} {when.rstrip(',')}."
    if day == today and asks_yes_no and now.strftime("%H:%M") >= spans[-1][1]:
        return f"We were open {words} today and are closed now. {opens_again(agent, now)}".strip()
    return f"{'Yes, we' if asks_yes_no else 'We'} are open {when.rstrip(',')} {words}."


def right_now(agent: Agent, now: datetime) -> str:
    spans, holiday = spans_on(agent, now.date())
    if open_at(agent, now):
        clock = now.strftime("%H:%M")
        end = next(end for start, end in spans if start <= clock < end)
        return f"Yes, we are open now, until {spoken_time(end, agent.language)}."
    because = f" It is {holiday}." if holiday and not spans else ""
    return f"No, we are closed right now.{because} {opens_again(agent, now)}".strip()
