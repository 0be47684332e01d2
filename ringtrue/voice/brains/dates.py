"""Days as callers say them, in the time zone of the business: "tomorrow", "next Tuesday", "the 3rd of December", "Thanksgiving"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from ringtrue.voice.agent import DAYS
from ringtrue.voice.brains.numbers_spoken import TEENS, TENS, UNITS
from ringtrue.voice.brains.public_days import day_words, holiday_named

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = {name: at for at, name in enumerate(MONTHS, 1)} | {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_DAY_WORDS = {name: at for at, name in enumerate(DAYS)} | {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip


def number_words(text: str, *, ordinals: bool = True) -> str:
    """Ordinals and small numbers as digits: "the twenty third of december" -> "the 23 of december". Without `ordinals`, "the first"
    stays: it is a choice, not a number."""
    out: list[str] = []
    tokens = text.split()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in TENS and ((after in _ORDINALS and _ORDINALS[after] < 10) or (after in UNITS and 0 < UNITS[after] < 10)):
            out.append(str(TENS[token] + (_ORDINALS.get(after) or UNITS[after])))
            at += 2
            continue
        value = TEENS.get(token) or TENS.get(token) or (UNITS.get(token) if token not in ("o", "oh") else None)
        # "second" is a number only before a month: elsewhere it is a choice or a moment
        if ordinals and value is None and (token != "second" or after in ("of", *_MONTH)):
            value = _ORDINALS.get(token)
        out.append(token if value is None else str(value))
        at += 1
    return " ".join(out)


def date_in(text: str, today: date, *, language: str = "en-US", place: str = "") -> date | None:
    """The day meant, today or later. `language` decides 3/4: en-US March 4th, en-GB 3 April. None when no day is named."""
    words = number_words(day_words(text))
    if re.search(r"\bday after tomorrow\b", words):
        return today + timedelta(days=2)
    if re.search(r"\b(?:tomorrow|tomorow|tmrw)\b", words):
        return today + timedelta(days=1)
    if holiday := holiday_named(text, today, place):
        return holiday[0]
    if match := re.search(r"\bin (\d+|a|an|1|couple of|a couple of|few|a few) (day|week)s?(?:s)? ?(?:time)?\b", words):
        many = {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}.get(match.group(1)) or (
            int(match.group(1)) if match.group(1).isdigit() else 3
        )
        return today + timedelta(days=many * (7 if match.group(2) == "week" else 1))
    if found := _month_and_day(words, today):
        return found
    if match := re.search(r"\b(\d{4})-(\d{2})-(\d{2})\b", text):
        return _date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    if match := re.search(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?\b", words):
        first, second = int(match.group(1)), int(match.group(2))
        day, month = (second, first) if language == "en-US" else (first, second)
        if month > 12:
            day, month = month, day
        year = int(match.group(3)) if match.group(3) else today.year
        found = _date(year + 2000 if year < 100 else year, month, day)
        return found.replace(year=found.year + 1) if found and found < today and not match.group(3) else found
    for word, at in _DAY_WORDS.items():
        if match := re.search(
            rf"\b(next week on |next week |this coming |the following |a week on |week on |next |this |coming )?{word}(?:s)?\b( week| next week| after next)?",
            words,
        ):
            if word not in DAYS and len(words.split()) > 4:
                continue  # "sat" and "sun" are words too
            ahead = (at - today.weekday()) % 7
            said = (match.group(1) or "").strip()
            if said in ("next week", "next week on") or (match.group(2) or "").strip() == "next week":
                monday = today + timedelta(days=7 - today.weekday())
                return monday + timedelta(days=at)
            if said == "next":
                # "next Tuesday" said on a Saturday is the coming one; said on a Monday it is the week after.
                ahead = ahead + 7 if ahead == 0 or (ahead < 3 and at > today.weekday()) else ahead
            elif said in ("week on", "a week on") or (match.group(2) or "").strip() in ("week", "after next"):
                ahead += 7
            return today + timedelta(days=ahead)
    if re.search(
        r"\b(?:today|tonight|this (?:morning|afternoon|evening)|right now|now|same day|straight away|as soon as possible|asap)\b",
        words,
    ):
        return today
    if re.search(r"\bnext week\b", words):
        return today + timedelta(days=7 - today.weekday())
    if re.search(r"\b(?:this )?weekend\b", words):
        return today + timedelta(days=(5 - today.weekday()) % 7)
    if match := re.search(r"\bthe (\d{1,2})\b(?! (?:am|pm|oclock|minutes?|hours?|one|slot|option))|\bon the (\d{1,2})\b", words):
        return _day_of_month(int(match.group(1) or match.group(2)), today)
    return None


def _month_and_day(words: str, today: date) -> date | None:
    months = "|".join(sorted(_MONTH, key=len, reverse=True))
    match = re.search(rf"\b(\d{{1,2}})(?: of)?(?: the)? ({months})\b(?: (\d{{4}}))?", words)
    day_first = bool(match)
    if not match:
        match = re.search(rf"\b({months})(?: the)? (\d{{1,2}})\b(?: (\d{{4}}))?", words)
    if not match:
        return None
    number, month = (int(match.group(1)), _MONTH[match.group(2)]) if day_first else (int(match.group(2)), _MONTH[match.group(1)])
    year = int(match.group(3)) if match.group(3) else today.year
    found = _date(year, month, number)
    if found and found < today and not match.group(3):
        return _date(year + 1, month, number)
    return found


def _day_of_month(number: int, today: date) -> date | None:
    year, month = today.year, today.month
    for _ in range(12):
        found = _date(year, month, number)
        if found and found >= today:
            return found
        month += 1
        if month > 12:
            year, month = year + 1, 1
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_YEAR_TAIL = {
    "to": 2, "too": 2, "two": 2, "for": 4, "four": 4, "full": 4, "fall": 4, "free": 3, "sex": 6, "ate": 8, "won": 1, "one": 1,
}  # fmt: skip


def full_dates(text: str, *, day_first: bool = True) -> list[date]:
    """Complete dates (day, month and year) that a text may mean, likeliest first: "17th of September 1969", "17 09 1969", "1970 3rd".

    Recognizers write years in pieces ("1970 3rd" for nineteen seventy-three); digits said without a break are read as day and
    month (or month and day when not `day_first`), then the year.
    """
    words = number_words(day_words(text.replace(":", " ").replace("/", " ").replace("-", " ")))
    words = re.sub(r"\b2 thousand(?: and)? (\d{1,2})\b", lambda m: f"20{int(m[1]):02d}", words)
    words = re.sub(r"\b(20|19)00 and (\d{1,2})\b", lambda m: f"{m[1]}{int(m[2]):02d}", words)
    words = re.sub(r"\bmm(v?i*)\b", lambda m: str(2000 + (5 if "v" in m[1] else 0) + m[1].count("i")), words)
    words = re.sub(r"\b(\d) thousand\b", r"\g<1>000", words)
    words = re.sub(
        r"\b(20|30|40|50|60|70|80|90) (\d)\b(?! (?:of|january|february|march|april|may|june|july|august))",
        lambda m: str(int(m[1]) + int(m[2])),
        words,
    )
    words = re.sub(
        r"\b((?:19|20)\d)0 (\w+)$",
        lambda m: m[1] + str(_YEAR_TAIL.get(m[2], m[2] if m[2].isdigit() and len(m[2]) == 1 else "0")),
        words,
    )
    words = re.sub(r"\b(19|20) ?(\d{2})$", r"\1\2", words)
    found: list[date] = []

    def add(year: int, month: int, day: int) -> None:
        made = _date(year, month, day)
        if made and 1900 <= year <= 2100 and made not in found:
            found.append(made)

    years = [int(year) for year in re.findall(r"\b((?:19|20)\d{2})\b", words)]
    months = [
        (m.start(), _MONTH[m.group(0)])
        for m in re.finditer(r"\b(?:" + "|".join(sorted(_MONTH, key=len, reverse=True)) + r")\b", words)
    ]
    days = [(m.start(), int(m.group(0))) for m in re.finditer(r"(?<!\d)\d{1,2}(?!\d)", words)]
    if years and months and days:
        at, month = months[0]
        before = [day for place, day in days if place < at]
        after = [day for place, day in days if place > at]
        for day in (before[-1:] or after[:1]) + after[:1] + before[:1]:
            add(years[-1], month, day)
    if match := re.search(r"\b(\d{1,2}) (?:of )?(?:the )?(\d{1,2}) (?:of |in )?((?:19|20)\d{2})\b", words):
        first, second = int(match[1]), int(match[2])
        add(int(match[3]), second if day_first else first, first if day_first else second)
    if not months:
        digits = "".join(re.findall(r"\d+", words))
        _from_digits(digits, day_first, add)
        if len(digits) == 9:  # one digit too many: heard twice
            for at in range(5):
                _from_digits(digits[:at] + digits[at + 1 :], day_first, add)
    return found


def _from_digits(digits: str, day_first: bool, add: Callable[[int, int, int], None]) -> None:
    shapes = {8: ((2, 2, 4),), 7: ((2, 1, 4), (1, 2, 4)), 6: ((1, 1, 4), (2, 2, 2)), 5: ((2, 1, 2), (1, 2, 2))}.get(
        len(digits), ()
    )
    for one, two, rest in shapes:
        first, second, year = int(digits[:one]), int(digits[one : one + two]), int(digits[one + two : one + two + rest])
        if rest == 2:
            year += 2000 if year <= 30 else 1900
        add(year, second if day_first else first, first if day_first else second)


def date_of(hearings: list[list[str]], *, day_first: bool = True) -> date | None:
    """The full date that several n-best lists agree on; day, month and year also vote one by one, for hearings that lost one."""
    whole: dict[date, float] = {}
    for nbest in hearings:
        best: dict[date, float] = {}
        for rank, text in enumerate(nbest):
            for at, found in enumerate(full_dates(text, day_first=day_first)[:3]):
                best[found] = max(best.get(found, 0.0), 1.0 / (1 + 0.4 * rank) / (1 + at))
        for found, vote in best.items():
            whole[found] = whole.get(found, 0.0) + vote
    if not whole:
        return None
    parts: dict[tuple[str, int], float] = {}
    for found, vote in whole.items():
        for key in (("day", found.day), ("month", found.month), ("year", found.year)):
            parts[key] = parts.get(key, 0.0) + vote
    return max(
        whole, key=lambda d: whole[d] + 0.4 * (parts[("day", d.day)] + parts[("month", d.month)] + parts[("year", d.year)])
    )


def spoken_day(day: date, today: date) -> str:
    """ "today", "tomorrow", "Tuesday, December 1st"; what follows "on" or stands alone is up to the caller of this."""
    if day == today:
        return "today"
    if day == today + timedelta(days=1):
        return "tomorrow"
    return f"{DAYS[day.weekday()].capitalize()}, {MONTHS[day.month - 1].capitalize()} {ordinal(day.day)}"


def ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
