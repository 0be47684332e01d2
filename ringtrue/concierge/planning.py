"""A task in plain words becomes a plan that the person can read and change. By rules, without any model.

What is not found in the words is left open, never guessed: the form shows it empty.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

import msgspec
import phonenumbers

from ringtrue.voice.agent import Errand
from ringtrue.voice.brains.dates import date_in
from ringtrue.voice.brains.errand_hearing import price_in
from ringtrue.voice.brains.times import time_in


class Whom(msgspec.Struct, frozen=True, kw_only=True):
    number: str  # E.164
    name: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of the fields is that of `voice.agent.Errand`."""

    task: str  # as the person wrote it
    wish: str = ""
    on_behalf_of: str = ""
    number: str = ""
    callees: list[Whom] = []
    questions: list[str] = []
    earliest: str = ""
    latest: str = ""
    part: Literal["", "morning", "afternoon", "evening"] = ""
    most: float | None = None
    currency: Literal["$", "£", "€"] = "$"
    book: bool = True  # False: only find out
    agrees: bool = True
    side_by_side: bool = False
    record: bool = True
    businesses: bool = True  # all of the numbers; a person is called only with their consent
    voicemail: Literal["message", "hang_up"] = "message"
    patience_s: float = 60.0

    def missing(self) -> list[str]:
        """What is still needed before anybody can be called, in words."""
        needed = {
            "for whom the calls are made": self.on_behalf_of,
            "what is wanted": self.wish,
            "whom to call (at least one number)": self.callees,
        }
        return [what for what, given in needed.items() if not given]


MOST_CALLEES = 12


def plan_from(
    task: str, today: date, *, country: str = "US", language: str = "en-US", on_behalf_of: str = "", number: str = ""
) -> Plan:
    """The plan that the words of a task make. `today`: the person's own date; `country` (ISO 3166-1) reads numbers without a code."""
    words = " ".join(task.split())
    low = words.lower()
    limit = _LIMIT.search(low)
    currency = next((sign for sign, names in _CURRENCIES.items() if re.search(names, low)), "£" if country == "GB" else "$")
    earliest, latest = window_in(low, today, language)
    return Plan(
        task=task.strip(),
        wish=_wish(words),
        on_behalf_of=on_behalf_of,
        number=number,
        callees=whom_in(task, country),
        questions=[f"Could you tell me whether {match[1].strip()}?" for match in _ASK.finditer(words)],
        earliest=earliest,
        latest=latest,
        part=time_in(re.sub(r"(morning|afternoon|evening)s", r"\1", low)).part,
        most=price_in(limit[0]) or _bare_amount(limit[0]) if limit else None,
        currency=currency,  # type: ignore[arg-type]
        book=bool(_BOOK.search(low)) or not _ONLY_ASK.search(low),
    )


_LIMIT = re.compile(
    r"\b(?:up to|at most|no more than|not more than|under|below|less than|max(?:imum)?(?: of)?|limit(?: of)?) [$£€]? ?\d[\d,.]*\d*(?: ?(?:dollars|pounds|euros))?"
)
_CURRENCIES = {"£": r"£|\bpounds?\b|\bquid\b", "€": r"€|\beuros?\b", "$": r"[$]|\bdollars?\b"}
_BOOK = re.compile(r"\b(?:book|reserve|schedule|reschedule|move|make an appointment|get me an? (?:appointment|table)|order)\b")
_ONLY_ASK = re.compile(r"\b(?:ask|find out|how much|quote|compare|check (?:if|whether))\b")
_ASK = re.compile(r"\bask (?:them |her |him )?(?:if|whether) ([^.?;]+)", re.I)


def _bare_amount(words: str) -> float | None:
    found = re.search(r"\d[\d,]*(?:\.\d+)?", words)
    return float(found[0].replace(",", "")) if found else None


_WISHES = (
    re.compile(r"\b(?:find|get|need|want|book|reserve|schedule|order|quotes? for|price of|cost of)(?: me| us)?(?: in)?(?: for)? ((?:an?|the|some) [\w' -]+?)(?= (?:in|at|near|with|from|who|that|which|before|by|on|for (?:up|at|un)|up to|under|next|this|tomorrow|today|and|,)\b|[.,;:?]|$)", re.I),
    re.compile(r"\bhow much (?:is |are |does |would )?((?:an?|the) [\w' -]+?)(?= (?:cost|costs|be|in|at)\b|[.,;?]|$)", re.I),
)  # fmt: skip
_MOVE = re.compile(
    r"\b(?:move|reschedule|change|shift) (?:my|the|our) ([\w' -]*?(?:appointment|booking|reservation|visit))", re.I
)


def _wish(words: str) -> str:
    if moved := _MOVE.search(words):
        return f"a new time for the {moved[1].lower()}"
    return next((found[1].strip() for pattern in _WISHES if (found := pattern.search(words))), "")


def window_in(low: str, today: date, language: str = "en-US") -> tuple[str, str]:
    """(earliest, latest) as ISO dates, both included; "" where the words set none."""
    if found := re.search(r"\b(before|by|until|no later than|not later than)\b ([^,.;]+)", low):
        day = date_in(found[2], today, language=language)
        if day is not None:
            return "", (day - timedelta(days=1) if found[1] == "before" else day).isoformat()
    if re.search(r"\bnext week\b", low):
        monday = today + timedelta(days=7 - today.weekday())
        return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    if re.search(r"\bthis week\b", low):
        return "", (today + timedelta(days=6 - today.weekday())).isoformat()
    named = date_in(low, today, language=language)
    return (named.isoformat(), named.isoformat()) if named is not None else ("", "")


def whom_in(text: str, country: str = "US") -> list[Whom]:
    """Every telephone number of a text (a list, a pasted page), once, with the words before it on its line, or the line before it."""
    found: dict[str, Whom] = {}
    before = ""
    for line in text.splitlines():
        begin = 0
        for match in phonenumbers.PhoneNumberMatcher(line, country, phonenumbers.Leniency.POSSIBLE):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            name = _name(line[begin : match.start]) or (_name(before) if begin == 0 else "")
            found.setdefault(number, Whom(number=number, name=name))
            begin = match.end
        before = line if line.strip() and begin == 0 else before if not line.strip() else ""
    return list(found.values())[:MOST_CALLEES]


def _name(words: str) -> str:
    words = re.sub(r"(?i)\b(?:tel|telephone|phone|call|ring|mobile|fax|at|on|number|the|or|and)\b\.?:?", " ", words)
    found = re.findall(r"[A-Z][\w'’-]*(?: (?:[A-Z&\d][\w'’-]*|and|of|the|&))*", words)
    return found[-1][:80] if found else ""


def errand_of(plan: Plan, *, step: Literal["ask", "book"], chosen: str = "", price: float | None = None) -> Errand:
    """What one call is for."""
    return Errand(
        on_behalf_of=plan.on_behalf_of, wish=plan.wish, step=step, number=plan.number, questions=plan.questions,
        earliest=plan.earliest, latest=plan.latest, part=plan.part, most=plan.most, currency=plan.currency, agrees=plan.agrees,
        chosen=chosen, price=price, voicemail=plan.voicemail, patience_s=plan.patience_s,
    )  # fmt: skip
