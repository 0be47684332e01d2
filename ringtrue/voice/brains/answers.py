"""Answers from the business's facts, and from nothing else. Every answer names the fact that it came from."""

from __future__ import annotations

import difflib
import re
from datetime import date, datetime, timedelta

import msgspec

from ringtrue.voice.agent import DAYS, Agent, Service
from ringtrue.voice.brains import hours
from ringtrue.voice.brains.dates import date_in, spoken_day
from ringtrue.voice.brains.numbers_spoken import in_groups, runs
from ringtrue.voice.brains.phrases import plain
from ringtrue.voice.brains.postcodes import code_in
from ringtrue.voice.brains.public_days import holiday_named
from ringtrue.voice.brains.style import listed, minutes_words, sentence, tidy
from ringtrue.voice.brains.times import in_hours, spoken_time, time_in


class Answer(msgspec.Struct, frozen=True):
    """`source` is "" when the business has no such fact; then `text` says what is not known, or is ""."""

    text: str
    source: str = ""


def about_hours(agent: Agent, text: str, now: datetime) -> Answer:
    if not agent.hours.weekly and not agent.hours.holidays:
        return Answer("")
    words = plain(text)
    today = now.date()
    named = holiday_named(text, today, agent.hours.public_holidays or agent.country)
    asks_when = re.search(r"\b(?:what time|what hours|what are|when|how late|how early|what days?)\b", words)
    yes_no = not asks_when and bool(
        re.search(r"^(?:\w+ ){0,8}?(?:are|will|would|is|do|can) (?:you|the|there|yall|somebody|someone|anyone|i|we|it)\b", words)
    )
    closing = bool(re.search(r"\b(?:close|closing|how late|until|till)\b", words)) and not re.search(r"\bopen and close\b", words)
    opening = bool(
        re.search(r"\b(?:what time|when) (?:do|does|will|are|can) (?:\w+ ){1,3}?(?:open|start)|how early\b", words)
    ) and not re.search(r"\bclose\b", words)
    if re.search(r"\b(?:right now|now|currently|at the moment|still open)\b", words) and not named:
        return Answer(tidy(hours.right_now(agent, now)), "hours")
    if re.search(r"\bday after (?:christmas|thanksgiving|new years?|easter)", words) and named:
        return Answer(
            tidy(hours.about_day(agent, named[0] + timedelta(days=1), now, asks_yes_no=yes_no, closing=closing, opening=opening)),
            "hours",
        )
    if re.search(r"\bweekends?\b", words):
        return Answer(tidy(_weekend(agent, today)), "hours")
    day = (
        named[0]
        if named
        else _plural_day(words, today) or date_in(text, today, language=agent.language, place=agent.hours.public_holidays)
    )
    if day is None and re.search(r"\bholidays?\b", words):
        return _holidays(agent, today)
    if day is None:
        return Answer(tidy(hours.week_words(agent)), "hours")
    wish = time_in(re.sub(r"\bwhat time\b", "", text))
    clock = ""
    if wish.hour >= 0 and not closing and not opening:
        hour, minute = in_hours(wish, hours.spans_on(agent, day)[0])
        clock = f"{hour:02d}:{minute:02d}"
    if re.search(r"\b(?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)\b", words) and not named:
        return Answer(tidy(_each_week(agent, day, closing, yes_no)), "hours")
    return Answer(
        tidy(
            hours.about_day(
                agent,
                day,
                now,
                named=named[1] if named else "",
                clock=clock,
                asks_yes_no=yes_no or bool(named),
                closing=closing,
                opening=opening,
            )
        ),
        "hours",
    )


def _plural_day(words: str, today: date) -> date | None:
    match = re.search(r"\b(monday|tuesday|wednesday|thursday|friday|saturday|sunday)s\b", words)
    return date_in(match.group(1), today) if match else None


def _each_week(agent: Agent, day: date, closing: bool, yes_no: bool) -> str:
    name = DAYS[day.weekday()]
    spans = sorted(agent.hours.weekly.get(name, []))
    if not spans:
        return f"{'No, we' if yes_no else 'We'} are closed on {name.capitalize()}s."
    if closing:
        return f"We close at {spoken_time(spans[-1][1], agent.language)} on {name.capitalize()}s."
    return f"{'Yes, we' if yes_no else 'We'} are open on {name.capitalize()}s {hours.span_words(spans, agent.language)}."


def _weekend(agent: Agent, today: date) -> str:
    parts = []
    for name in ("saturday", "sunday"):
        spans = sorted(agent.hours.weekly.get(name, []))
        parts.append((name.capitalize(), spans))
    if not any(spans for _, spans in parts):
        return "No, we are closed on Saturday and Sunday."
    return " ".join(
        f"On {name} we are open {hours.span_words(spans, agent.language)}." if spans else f"On {name} we are closed."
        for name, spans in parts
    )


def _holidays(agent: Agent, today: date) -> Answer:
    said = []
    if agent.hours.public_holidays:
        said.append("We are closed on public holidays.")
    for holiday in agent.hours.holidays:
        if holiday.date >= today.isoformat():
            day = date.fromisoformat(holiday.date)
            when = f"{holiday.name}, {spoken_day(day, today)}"
            said.append(
                f"On {when}, we are open {hours.span_words(holiday.spans, agent.language)}."
                if holiday.spans
                else f"We are closed on {when}."
            )
    return Answer(tidy(" ".join(said)), "hours") if said else Answer("")


def address(agent: Agent) -> Answer:
    return Answer(tidy(f"We are at {agent.address}."), "address") if agent.address else Answer("")


def phone(agent: Agent) -> Answer:
    return Answer(f"Our number is {in_groups(agent.phone, agent.country)}.", "phone") if agent.phone else Answer("")


def email(agent: Agent) -> Answer:
    return Answer(f"Our e-mail address is {agent.email}.", "email") if agent.email else Answer("")


def website(agent: Agent) -> Answer:
    return Answer(f"Our website is {agent.website}.", "website") if agent.website else Answer("")


def services(agent: Agent) -> Answer:
    if not agent.services:
        return Answer("")
    names = [service.name for service in agent.services]
    if len(names) > 7:
        return Answer(f"Among other things we offer {listed(names[:6])}.", "services")
    return Answer(f"We offer {listed(names)}.", "services")


def price(agent: Agent, service: Service) -> Answer:
    if not service.price:
        return Answer(f"I don't have a price for {service.name}.")
    extra = f" {sentence(service.description)}" if service.description else ""
    return Answer(
        tidy(
            f"{service.name} {'starts' if service.price.startswith('from ') else 'is'} {service.price if not service.price.startswith('from ') else 'at ' + service.price[5:]}.{extra}"
        ),
        f"service:{service.name}",
    )


def prices(agent: Agent) -> Answer:
    priced = [service for service in agent.services if service.price]
    if not priced:
        return Answer("")
    said = listed([f"{service.name} {service.price}" for service in priced[:3]])
    more = " Which service are you interested in?" if len(priced) > 3 else ""
    return Answer(f"For example: {said}.{more}" if len(priced) > 3 else f"Our prices are: {said}.", "prices")


def duration(service: Service) -> Answer:
    return Answer(f"{service.name} takes about {minutes_words(service.minutes)}.", f"service:{service.name}")


def has_service(service: Service) -> Answer:
    said = (
        f"Yes, we do. {service.name}: {sentence(service.description)}"
        if service.description
        else f"Yes, we offer {service.name}."
    )
    costs = (
        f" It {'starts at ' + service.price[5:] if service.price.startswith('from ') else 'costs ' + service.price}"
        if service.price
        else ""
    )
    if costs:
        said += f"{costs} and takes about {minutes_words(service.minutes)}."
    return Answer(tidy(said), f"service:{service.name}")


def need(service: Service) -> Answer:
    said = (
        f"For that we have {service.name}. {sentence(service.description)}"
        if service.description
        else f"For that we have {service.name}."
    )
    if service.price:
        said += f" It {'starts at ' + service.price[5:] if service.price.startswith('from ') else 'costs ' + service.price}."
    return Answer(tidy(said), f"service:{service.name}")


_PLACE = re.compile(
    r"\b(?:to|in|into|at|serve|cover|service|near|around|as far as|from|live in|of|for)\s+((?:[A-Z0-9a-z'.-]+\s?){1,4})"
)
_NO_PLACE = {
    "you", "my", "area", "areas", "house", "home", "visits", "visit", "me", "us", "here", "there", "the", "a", "our", "town", "which", "what", "do", "come",
    "out", "zip", "code", "postcode", "your", "place", "it", "look", "fix", "this", "that", "calls", "call", "too", "also", "please", "is", "towns", "places",
}  # fmt: skip


def area(agent: Agent, text: str) -> Answer:
    """Whether a place is served. A place that is not on the list is said to be not on the list."""
    note = f" {sentence(agent.area_note)}" if agent.area_note else ""
    if not agent.area:
        return Answer(note.strip(), "area" if note else "")
    words = plain(text)
    place = place_served(agent, text)
    if place:
        shown = " ".join(place) if place.isdigit() else place
        return Answer(tidy(f"Yes, {shown} is in our area.{note}"), "area")
    code = code_in(text, agent.country) or next((run for run in runs(text) if len(run) == 5), "")
    if code:
        return Answer(
            tidy(f"{' '.join(code) if code.isdigit() else code} is not on the list of places that we serve.{note}"), "area"
        )
    towns = [town for town in agent.area if not town[0].isdigit() and not re.fullmatch(r"[A-Z]{1,2}\d+[A-Z]?", town)]
    asked = _asked_place(text)
    if asked and not re.search(r"\b(?:which|what) (?:areas?|towns?|places)\b|service area|how far", words):
        return Answer(tidy(f"{asked} is not on the list of places that we serve. We serve {listed(towns)}.{note}"), "area")
    return Answer(tidy(f"We serve {listed(towns or agent.area)}.{note}"), "area")


def place_served(agent: Agent, text: str) -> str:
    words = plain(text)
    digits = set(runs(text))
    code = code_in(text, agent.country)
    for place in sorted(agent.area, key=len, reverse=True):
        low = place.lower()
        if low.isdigit() and (low in digits or low == code):
            return place
        if re.search(rf"\b{re.escape(plain(low))}\b", words):
            return place
        if code and re.fullmatch(r"[a-z]{1,2}\d+[a-z]?", low) and code.split()[0].lower() == low:
            return place
    for place in agent.area:
        low = place.lower()
        if low.isdigit() or len(low) < 5:
            continue
        span = len(low.split())
        parts = words.split()
        for at in range(len(parts) - span + 1):
            if difflib.SequenceMatcher(None, " ".join(parts[at : at + span]), low).ratio() >= 0.85:
                return place
    return ""


def _asked_place(text: str) -> str:
    matches = list(_PLACE.finditer(text.rstrip(" ?.!")))
    for match in reversed(matches):
        words = [word for word in match.group(1).strip(" ?.!,").split() if word.lower().strip("?.,") not in _NO_PLACE]
        words = words[:3]
        if words and not words[0].lower().startswith(("monday", "tuesday", "tomorrow", "today")) and not words[0].isdigit():
            return " ".join(word[:1].upper() + word[1:] for word in words).strip("?.,")
    return ""
