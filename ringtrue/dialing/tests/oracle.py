"""An oracle for the permit, written from the notes' rules and not from the code: it imports nothing of ours, no time zone data and no
holiday library, knows an hour as 60 minutes that it walks one by one, and gives the ids of the rules that object.

A minute is an int: minutes since 1970 UTC. Zones are offsets with the dates on which the clocks change, by the law of 2007 (United
States, Canada) and the directive of 2000 (Europe).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

EPOCH = date(1970, 1, 1)
DAY = 1440


def day_of(d: date) -> int:
    return (d - EPOCH).days


def nth(year: int, month: int, weekday: int, n: int) -> date:
    """The nth (1..) or last (-1) such weekday (Monday 0) of a month."""
    days = [date(year, month, 1) + timedelta(i) for i in range(31)]
    hits = [d for d in days if d.month == month and d.weekday() == weekday]
    return hits[n - 1] if n > 0 else hits[n]


# Clocks


@cache
def american_summer(year: int, standard: int) -> tuple[int, int]:
    """From 2:00 standard time on the second Sunday of March to 2:00 summer time on the first of November."""
    starts = day_of(nth(year, 3, 6, 2)) * DAY + 120 - standard
    ends = day_of(nth(year, 11, 6, 1)) * DAY + 60 - standard
    return starts, ends


@cache
def european_summer(year: int) -> tuple[int, int]:
    return day_of(nth(year, 3, 6, -1)) * DAY + 60, day_of(nth(year, 10, 6, -1)) * DAY + 60


def local(minute: int, zone: tuple[int, str]) -> int:
    """`zone`: (standard offset in minutes, "us" | "eu" | "")."""
    standard, change = zone
    if not change:
        return minute + standard
    year = 1970 + int((minute // DAY + 0.5) / 365.2425)
    starts, ends = american_summer(year, standard) if change == "us" else european_summer(year)
    return minute + standard + (60 if starts <= minute < ends else 0)


E, C, M, P = (-300, "us"), (-360, "us"), (-420, "us"), (-480, "us")
ALASKA, ADAK, ARIZONA, HAWAII = (-540, "us"), (-600, "us"), (-420, ""), (-600, "")
ATLANTIC, NEWFOUNDLAND, SASKATCHEWAN = (-240, "us"), (-210, "us"), (-360, "")
LONDON, BERLIN = (0, "eu"), (60, "eu")

PLACES: dict[str, tuple[str, str, tuple[tuple[int, str], ...]]] = {
    # split area codes
    "219": ("US", "IN", (C, E)), "574": ("US", "IN", (C, E)), "812": ("US", "IN", (C, E)), "930": ("US", "IN", (C, E)),
    "270": ("US", "KY", (C, E)), "364": ("US", "KY", (C, E)), "606": ("US", "KY", (C, E)), "423": ("US", "TN", (C, E)),
    "850": ("US", "FL", (C, E)), "448": ("US", "FL", (C, E)), "906": ("US", "MI", (C, E)), "308": ("US", "NE", (C, M)),
    "605": ("US", "SD", (C, M)), "701": ("US", "ND", (C, M)), "620": ("US", "KS", (C, M)), "785": ("US", "KS", (C, M)),
    "432": ("US", "TX", (C, M)), "208": ("US", "ID", (M, P)), "986": ("US", "ID", (M, P)), "541": ("US", "OR", (M, P)),
    "458": ("US", "OR", (M, P)), "775": ("US", "NV", (M, P)), "928": ("US", "AZ", (ARIZONA, M)), "907": ("US", "AK", (ALASKA, ADAK, HAWAII)),
    # whole ones
    "212": ("US", "NY", (E,)), "213": ("US", "CA", (P,)), "214": ("US", "TX", (C,)), "205": ("US", "AL", (C,)),
    "504": ("US", "LA", (C,)), "601": ("US", "MS", (C,)), "207": ("US", "ME", (E,)), "401": ("US", "RI", (E,)),
    "801": ("US", "UT", (M,)), "203": ("US", "CT", (E,)), "305": ("US", "FL", (E,)), "502": ("US", "KY", (E,)),
    "301": ("US", "MD", (E,)), "617": ("US", "MA", (E,)), "405": ("US", "OK", (C,)), "206": ("US", "WA", (P,)),
    "307": ("US", "WY", (M,)), "313": ("US", "MI", (E,)), "612": ("US", "MN", (C,)), "505": ("US", "NM", (M,)),
    "702": ("US", "NV", (P,)), "215": ("US", "PA", (E,)), "402": ("US", "NE", (C,)), "602": ("US", "AZ", (ARIZONA,)),
    "808": ("US", "HI", (HAWAII,)),
    "416": ("CA", "ON", (E,)), "807": ("CA", "ON", (E, C)), "902": ("CA", "NS", (ATLANTIC,)), "506": ("CA", "NB", (ATLANTIC,)),
    "709": ("CA", "NL", (ATLANTIC, NEWFOUNDLAND)), "418": ("CA", "QC", (E, ATLANTIC)), "306": ("CA", "SK", (SASKATCHEWAN, M)),
    "+4420": ("GB", "", (LONDON,)), "+4930": ("EU", "", (BERLIN,)),
}  # fmt: skip


# Holidays


@cache
def easter(year: int) -> date:
    """The Gregorian computus of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def observed(d: date) -> list[date]:
    shift = {5: -1, 6: 1}.get(d.weekday(), 0)
    return [d, d + timedelta(shift)]


@cache
def holidays(state: str, year: int) -> frozenset[int]:
    fixed = [d for m, n in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25)) for d in observed(date(year, m, n))]
    days = [*fixed, nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1), nth(year, 9, 0, 1), nth(year, 10, 0, 2)]
    thanksgiving = nth(year, 11, 3, 4)
    days += [thanksgiving, *([date(year, 12, 31)] if date(year + 1, 1, 1).weekday() == 5 else [])]
    friday_after, good_friday = thanksgiving + timedelta(1), easter(year) - timedelta(2)
    if state in ("CA", "FL", "IN", "MD", "MI", "NM", "NV", "OK", "PA", "TX", "WA"):
        days.append(friday_after)
    if state in ("CT", "IN", "KY", "LA", "TN", "TX"):
        days.append(good_friday)
    if state in ("IN", "KS", "MI", "TX"):
        days += [date(year, 12, 24), *([date(year, 12, 23)] if date(year, 12, 24).weekday() == 4 and state != "IN" else [])]
    if state in ("KY", "MI"):
        days.append(date(year, 12, 31))
    if state in ("MA", "ME"):
        days.append(nth(year, 4, 0, 3))
    if state in ("HI", "IN", "LA", "MI", "NY") and year == 2026:
        days.append(date(2026, 11, 3))
    if state in ("CT", "NY"):
        days.append(date(year, 2, 12))
    if state in ("CA", "FL", "NY"):
        days.append(date(year, 2, 15))
    days += {
        "AK": [nth(year, 3, 0, -1), *observed(date(year, 10, 18))],
        "AL": [nth(year, 4, 0, 4), nth(year, 6, 0, 1)],
        "CA": [date(year, 3, 31), *([date(2026, 11, 8)] if year == 2026 else [])],
        "HI": [date(year, 3, 26), date(year, 6, 11), nth(year, 8, 4, 3)],
        "IN": [date(2027, 5, 4)] if year == 2027 else [],
        "LA": [easter(year) - timedelta(47)],
        "MS": [nth(year, 4, 0, -1)],
        "NE": [nth(year, 4, 4, -1)],
        "NV": [nth(year, 10, 4, -1)],
        "RI": [nth(year, 8, 0, 2)],
        "TX": [date(year, 1, 19), date(year, 3, 2), date(year, 3, 31), date(year, 4, 21), date(year, 8, 27), date(year, 12, 26)],
        "UT": observed(date(year, 7, 24)),
    }.get(state, [])
    return frozenset(day_of(d) for d in days)


# Hours: section 3 of the notes, one line a state: (rule, purposes, hours of a weekday, Saturday, Sunday, holiday or "same")

SAME: Any = "same"
BOTH = ("sales", "information")
ALL = ("sales", "information", "callback", "errand")


def hours(country: str, state: str) -> list[tuple[str, tuple[str, ...], Any, Any, Any, Any]]:
    always = [("OWN-03", ALL, (8, 21), (8, 21), (8, 21), SAME), ("OWN-01", ("sales",), (10, 17), (10, 17), None, None)]
    if country == "CA":
        return [*always, ("CA-01-hours", BOTH, (9, 21.5), (10, 18), (10, 18), SAME)]
    if country != "US":
        return always
    always.append(("US-04", ALL, (8, 21), (8, 21), (8, 21), SAME))
    own: dict[str, Any] = {
        "AL": (BOTH, (8, 20), (8, 20), None, None),
        "CT": (BOTH, (9, 20), (9, 20), (9, 20), SAME),
        "KY": (BOTH, (10, 21), (10, 21), (10, 21), SAME),
        "LA": (BOTH, (8, 20), (8, 20), None, None),
        "MS": (BOTH, (8, 20), (8, 20), None, None),
        "ME": (("sales",), (9, 17), None, None, SAME),
        "NV": (BOTH, (9, 20), (9, 20), (9, 20), SAME),
        "PA": (BOTH, (8, 21), (8, 21), None, SAME),
        "TX": (BOTH, (9, 21), (9, 21), (12, 21), SAME),
        "RI": (BOTH, (9, 18), None, None, None),
        "SD": (BOTH, (8, 21), (8, 21), None, SAME),
        "UT": (BOTH, (8, 21), (8, 21), None, None),
        "NE": (BOTH, (8, 21), (8, 21), (13, 21), (13, 21)),
    }
    own |= dict.fromkeys(("FL", "MD", "MA", "OK", "WA", "WY"), (BOTH, (8, 20), (8, 20), (8, 20), SAME))
    own |= dict.fromkeys(("MI", "MN", "NM"), (BOTH, (9, 21), (9, 21), (9, 21), SAME))
    return [*always, (f"US-05-{state}", *own[state])] if state in own else always


PENNSYLVANIA_FROM = day_of(date(2026, 10, 18))


@cache
def windows(country: str, state: str, purpose: str, day: int) -> list[tuple[str, float, float]]:
    """(rule, first minute, last minute excluded) for a day where the person is; a closed day opens for no minute."""
    weekday = (day + 3) % 7  # 1970 began on a Thursday
    is_holiday = country == "US" and day in holidays(state, (EPOCH + timedelta(day)).year)
    found = []
    for rule, purposes, on_weekdays, on_saturday, on_sunday, on_holiday in hours(country, state):
        if purpose not in purposes or (rule == "US-05-PA" and day < PENNSYLVANIA_FROM):
            continue
        window = on_weekdays if weekday < 5 else on_saturday if weekday == 5 else on_sunday
        if is_holiday and on_holiday != SAME:
            window = on_holiday
        found.append((rule, *(60 * hour for hour in window or (0, 0))))
    return found


def objects(minute: int, place: str, purpose: str) -> set[str]:
    """Ids of the hours rules that object to this minute."""
    country, state, zones = PLACES[place]
    found = set()
    for zone in zones:
        day, of_day = divmod(local(minute, zone), DAY)
        found |= {rule for rule, first, last in windows(country, state, purpose, day) if not first <= of_day < last}
    return found


def is_free(minute: int, place: str, purpose: str) -> bool:
    country, state, zones = PLACES[place]
    for zone in zones:
        day, of_day = divmod(local(minute, zone), DAY)
        for _, first, last in windows(country, state, purpose, day):
            if not first <= of_day < last:
                return False
    return True


@cache
def flags(place: str, purpose: str, day: int) -> bytes:
    """One byte a minute of this UTC day: 1 where nothing objects."""
    return bytes(is_free(day * DAY + minute, place, purpose) for minute in range(DAY))


def walk(minute: int, place: str, purpose: str) -> int:
    """The first minute from here on at which no hours rule objects."""
    while True:
        day, of_day = divmod(minute, DAY)
        hit = flags(place, purpose, day).find(1, of_day)
        if hit >= 0:
            return day * DAY + hit
        minute = (day + 1) * DAY


# The rest: who, and how often. Times in seconds since 1970.

H24, WEEK = 86_400, 7 * 86_400


def judge(f: dict[str, Any]) -> tuple[str, set[str], int]:
    """(verdict, rule ids, second at which to try again or 0)."""
    country, state, _ = PLACES[f["place"]]
    at, purpose = f["at"], f["purpose"]
    no: set[str] = set()
    if f["caller_id_ours"] is False:
        no.add("US-11")
    if country not in f["countries"]:
        no.add("ALLOW-01")
    if f["own_list"] is not False:
        no.add("US-25")
    if f["free_micros"] is None or f["free_micros"] < 30 * {"US": 30_000, "CA": 40_000, "GB": 60_000}.get(country, 250_000):
        no.add("SPEND-01")
    no |= unconsented(f, country)
    if purpose == "sales" and country == "US":
        no |= listed(f, "us.national", 31, "US-07", overridable=True)
        if state == "TX":
            no |= listed(f, "us.tx", 92, "US-08-TX", overridable=False)
    if country == "US" and purpose in ("sales", "information", "callback"):
        answer, age_days = f["reassigned"] or (None, 0)
        if answer == "yes" or (purpose == "sales" and (answer != "no" or age_days > 30)):
            no.add("US-09")
    if no:
        return "refuse", no, 0
    wait, ready = too_often(f, country, state)
    minute = at // 60
    wait |= objects(minute, f["place"], purpose)
    if not wait:
        return "allow", set(), 0
    first = -(-max(at, ready) // 60)
    return "defer", wait, walk(first, f["place"], purpose) * 60


def unconsented(f: dict[str, Any], country: str) -> set[str]:
    purpose = f["purpose"]
    if purpose == "errand" and f["party"] == "business":
        return set()
    rule = {"information": "OWN-04", "callback": "OWN-05", "errand": "OWN-06"}.get(purpose) or {
        "US": "US-02", "GB": "UK-01", "CA": "CA-01", "EU": "EU-04"}[country]  # fmt: skip
    enough = {
        "sales": ["marketing.call"], "information": ["information.call", "marketing.call"],
        "callback": ["callback.call"], "errand": ["information.call"],
    }[purpose]  # fmt: skip
    good = False
    for wanted in enough:
        yes = no = None
        written = False
        for kind, granted, at, in_writing in f["consents"]:
            if at > f["at"]:
                continue
            if granted and kind == wanted and (yes is None or at > yes):
                yes, written = at, in_writing
            if not granted and (no is None or at > no):
                no = at
        if yes is None or (no is not None and no >= yes):
            continue
        if purpose == "callback" and f["at"] - yes > 30 * H24:
            continue
        if purpose == "sales" and country == "US" and not written:
            continue
        good = True
    return set() if good else {rule}


def listed(f: dict[str, Any], name: str, oldest_days: int, rule: str, *, overridable: bool) -> set[str]:
    found = f["lists"].get(name)
    if found is None:
        return {rule}
    age_days, is_on = found
    if age_days > oldest_days:
        return {rule}
    # Written permission overrides the national list; without it the consent rule has refused already.
    return {rule} if is_on and not (overridable and not unconsented(f, "US")) else set()


def too_often(f: dict[str, Any], country: str, state: str) -> tuple[set[str], int]:
    caps: list[tuple[str, int, int, Any]] = []
    if f["purpose"] in BOTH:
        if state in ("FL", "OK", "MD") and country == "US":
            caps.append((f"US-06-{state}", 3, H24, lambda p: p["topic"] == f["topic"]))
        caps.append(("OWN-07-answered", 1, H24, lambda p: p["answered"]))
        caps.append(("OWN-07-unanswered", 2, H24, lambda p: not p["answered"]))
        if country == "GB":
            caps.append(("UK-02-pause", 1, 72 * 3600, lambda p: p["abandoned"]))
    caps.append(("OWN-07-week", 7, WEEK, lambda p: True))
    rules, ready = set(), 0
    for rule, most, window, counts in caps:
        mine = sorted(p["at"] for p in f["history"] if counts(p))
        moment = f["at"]
        while sum(moment - window < at for at in mine) >= most:  # until enough of them are old
            moment = min(at + window for at in mine if at + window > moment)
        if moment > f["at"]:
            rules.add(rule)
            ready = max(ready, moment)
    return rules, ready
