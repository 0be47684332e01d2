"""Public holidays: when they are, and which one a caller names."""

from __future__ import annotations

import re
from datetime import date

import holidays

_HOLIDAY_NAMES: dict[str, tuple[str, ...]] = {
    # as people say it -> words that the library's name for it holds
    "christmas eve": ("christmas eve",), "christmas": ("christmas day",), "boxing day": ("boxing day",),
    "new years eve": ("new year's eve",), "new years day": ("new year's day",), "new years": ("new year's day",),
    "new year": ("new year's day",), "thanksgiving": ("thanksgiving",), "independence day": ("independence day",),
    "fourth of july": ("independence day",), "july fourth": ("independence day",), "4th of july": ("independence day",),
    "july 4th": ("independence day",), "labor day": ("labor day",), "memorial day": ("memorial day",),
    "veterans day": ("veterans day",), "columbus day": ("columbus day",), "presidents day": ("washington's birthday", "presidents"),
    "presidents' day": ("washington's birthday",), "martin luther king": ("martin luther king",), "mlk day": ("martin luther king",),
    "juneteenth": ("juneteenth",), "good friday": ("good friday",), "easter monday": ("easter monday",),
    "easter sunday": ("easter",), "easter": ("easter",), "early may bank holiday": ("may day",), "may day": ("may day",),
    "spring bank holiday": ("spring bank holiday",), "summer bank holiday": ("late summer bank holiday", "summer bank holiday"),
    "august bank holiday": ("late summer bank holiday",), "bank holiday": ("bank holiday", "may day"), "election day": ("election day",),
    "st patricks day": ("saint patrick",), "halloween": (), "valentines day": (), "mothers day": (),
}  # fmt: skip
_FIXED_DAYS = {"halloween": (10, 31), "valentines day": (2, 14), "christmas eve": (12, 24), "christmas": (12, 25), "boxing day": (12, 26),
               "new years eve": (12, 31), "new years day": (1, 1), "new years": (1, 1), "new year": (1, 1)}  # fmt: skip


def public_holidays(place: str, years: list[int]) -> dict[date, str]:
    """`place` is "US", "US-NJ", "GB-ENG"; "" or an unknown place gives none."""
    if not place:
        return {}
    country, _, part = place.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=part or None, years=years))
    except (NotImplementedError, KeyError):  # what the library raises for a place that it does not know
        return {}


def day_words(text: str) -> str:
    """As days are said: small letters, "3rd" as "3", no apostrophes."""
    text = text.lower().replace("’", "'").replace("'s", "s").replace("'", "")
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)
    text = re.sub(r"\b(\d{1,2})[.:](\d{2})\b", r"\1 \2", text) if re.search(r"\b\d{1,2}:\d{2} \d{4}\b", text) else text
    return re.sub(r"\s+", " ", re.sub(r"[,.?!;]", " ", text)).strip()


def holiday_named(text: str, today: date, place: str) -> tuple[date, str] | None:
    """The next holiday that the text names, with its name as said ("Thanksgiving")."""
    words = re.sub(r"\bxmas\b", "christmas", day_words(text)).replace("new years day eve", "new years eve")
    for said in sorted(_HOLIDAY_NAMES, key=len, reverse=True):
        if not re.search(rf"\b{re.escape(said)}\b", words):
            continue
        if said in ("easter", "easter sunday"):
            return min(day for year in (today.year, today.year + 1) if (day := easter(year)) >= today), "Easter Sunday"
        shown = " ".join(part if part == "of" else part.capitalize() for part in said.split()).replace("New Years", "New Year's")
        shown = {"Mlk Day": "Martin Luther King Day", "New Year": "New Year's Day", "New Year's": "New Year's Day",
                 "Presidents Day": "Presidents' Day", "Mothers Day": "Mother's Day", "Valentines Day": "Valentine's Day",
                 "St Patricks Day": "St. Patrick's Day", "Christmas": "Christmas Day"}.get(shown, shown)  # fmt: skip
        known = public_holidays(place or "US", [today.year, today.year + 1])
        if not any(any(w in n.lower() for w in _HOLIDAY_NAMES[said]) for n in known.values()):
            country = (place or "US").split("-")[0]
            known = {**known, **public_holidays({"US": "US", "GB": "GB-ENG"}.get(country, country), [today.year, today.year + 1])}
        for day in sorted(known):
            name = known[day].lower()
            if (
                day >= today
                and any(word in name for word in _HOLIDAY_NAMES[said])
                and not any(
                    other in name for other in ("observed", "day after", "juneteenth" if said != "juneteenth" else "observed")
                )
            ):
                return day, shown
        if said in _FIXED_DAYS:
            month, number = _FIXED_DAYS[said]
            day = date(today.year, month, number)
            return (day if day >= today else date(today.year + 1, month, number)), shown
    return None


def easter(year: int) -> date:
    """Gregorian Easter Sunday (the Meeus/Jones/Butcher rule)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
