"""What is written, as it is said: prices, times, telephone numbers, dates, abbreviations. And how a text is cut into sentences."""

from __future__ import annotations

import re
from collections.abc import Callable

_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINAL_ENDINGS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_SHORT = {
    "dr": "Doctor", "mr": "Mister", "mrs": "Missus", "ms": "Miz", "prof": "Professor", "vs": "versus", "approx": "approximately",
    "ext": "extension", "no": "number", "ave": "Avenue", "rd": "Road", "blvd": "Boulevard", "jr": "Junior", "sr": "Senior",
    "dept": "department", "appt": "appointment", "inc": "Incorporated", "ltd": "Limited", "co": "Company", "st": "Street",
}  # fmt: skip
"""Abbreviations that may carry a full stop which ends no sentence."""


def sentences(text: str) -> list[str]:
    """Cut after . ! ? where a sentence ends, and at line breaks; not after "Dr.", initials, or within "9 a.m. to 5 p.m."."""
    out: list[str] = []
    for line in text.splitlines():
        start = 0
        for match in re.finditer(r"[.!?…]+[\"'”’)]*\s+(?=(\S))", line):
            before = line[start : match.end()].rstrip()
            last = before.split()[-1].strip("\"'”’)(")
            single = last.endswith(".") and not last.endswith("..")
            if single and match[1].islower():
                continue
            if single and ((last[:-1].lower() in _SHORT and last.lower() != "no.") or re.fullmatch(r"[A-Z]\.", last)):
                continue
            out.append(before)
            start = match.end()
        if line[start:].strip():
            out.append(line[start:].strip())
    return out


def cardinal(number: int, language: str = "en-US") -> str:
    """120 -> "one hundred twenty", in British English "one hundred and twenty"; up to 999,999,999, beyond that digit by digit."""
    link = " and " if language == "en-GB" else " "
    if number < 0:
        return "minus " + cardinal(-number, language)
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = number % 100
        return f"{_ONES[number // 100]} hundred" + (link + cardinal(rest, language) if rest else "")
    for size, name in ((1_000_000, "million"), (1000, "thousand")):
        if size <= number < 1000 * size:
            rest = number % size
            joint = link if rest < 100 else " "
            return f"{cardinal(number // size, language)} {name}" + (joint + cardinal(rest, language) if rest else "")
    return digits(str(number))


def ordinal(number: int, language: str = "en-US") -> str:
    """23 -> "twenty-third"."""
    said = cardinal(number, language)
    start, joint, last = re.match(r"(.*?)([ -]?)([a-z]+)$", said).groups()  # type: ignore[union-attr]
    last = _ORDINAL_ENDINGS.get(last) or (
        last[:-1] + "ieth" if last.endswith("y") else last + ("h" if last.endswith("t") else "th")
    )
    return start + joint + last


def digits(text: str) -> str:
    """ "4126" -> "four one two six"; anything but digits is left out."""
    return " ".join(_ONES[int(digit)] for digit in re.sub(r"\D", "", text))


def telephone(text: str) -> str:
    """Groups of digits with a pause between them, as people read numbers out. A leading country code of North America is left out;
    others are said as "plus forty-four"."""
    bare = re.sub(r"\D", "", text)
    first = ""
    if text.strip().startswith("+"):
        if bare.startswith("1") and len(bare) == 11:
            bare = bare[1:]
        elif bare.startswith("44"):
            first, bare = "plus four four", bare[2:]
        else:
            first = "plus"
    elif bare.startswith("1") and len(bare) == 11:
        first, bare = "one", bare[1:]
    groups = [bare[:3], bare[3:6], bare[6:]] if len(bare) == 10 else [bare[:3], bare[3:]] if len(bare) == 7 else _threes(bare)
    return ", ".join(part for part in [first, *(digits(group) for group in groups)] if part)


def _threes(bare: str) -> list[str]:
    groups = [bare[i : i + 3] for i in range(0, len(bare), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def clock(hour: int, minute: int, half: str = "") -> str:
    """8:00 -> "eight o'clock", 8:05 -> "eight oh five", 15:30 -> "three thirty PM"; noon and midnight by name."""
    if not half and hour > 12:
        half = "pm"
    if (hour, minute) in ((0, 0), (24, 0)) or (hour == 12 and minute == 0 and half == "am"):
        return "midnight"
    if hour == 12 and minute == 0:
        return "noon"
    spoken = _ONES[hour % 12 or 12]
    if minute:
        spoken += f" oh {_ONES[minute]}" if minute < 10 else f" {cardinal(minute)}"
    elif not half:
        spoken += " o'clock"
    return spoken + (f" {half.upper()}" if half else "")


def _year(year: int, language: str) -> str:
    if 2000 <= year < 2010 or year % 1000 == 0:
        return cardinal(year, language)
    if year % 100 == 0:
        return cardinal(year // 100) + " hundred"
    last = f"oh {_ONES[year % 100]}" if year % 100 < 10 else cardinal(year % 100)
    return f"{cardinal(year // 100)} {last}"


def _money(sign: str, whole: str, small: str, language: str) -> str:
    unit, part = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}[sign]
    amount = int(whole.replace(",", ""))
    said = f"{cardinal(amount, language)} {unit}{'' if amount == 1 else 's'}"
    rest = int(small or 0)
    if not rest:
        return said
    few = {"penny": "pence", "cent": "cents"}[part] if rest != 1 else part
    return f"{said} and {cardinal(rest)} {few}" if amount else f"{cardinal(rest)} {few}"


def speakable(text: str, language: str = "en-US") -> str:
    """Plain words and punctuation, for a voice that need know no figures."""

    def half(found: str | None) -> str:
        return (found or "").lower().replace(".", "").replace(" ", "")

    rules: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        (r"https?://(\S+?)(?=[.,;:!?]*(?:\s|$))", lambda m: m[1].rstrip("/")),
        (r"\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)", lambda m: f"{m[1].replace('.', ' dot ')} at {m[2].replace('.', ' dot ')}"),
        (r"\b((?:[a-z0-9-]+\.)+(?:com|org|net|example|co|uk|io|us))\b", lambda m: m[1].replace(".", " dot ")),
        (r"\b24/7\b", lambda m: "twenty-four seven"),
        (r"(?<=\d)\s?[–—]\s?(?=[$£€\d])", lambda m: " to "),
        (r"(?<![\d-])([$£€]?\d{1,3})-(\d{1,3})(?= [a-z])", lambda m: f"{m[1]} to {m[2]}"),
        (rf"({_DAYS})\s?[–—-]\s?(?={_DAYS})", lambda m: f"{m[1]} to "),
        (r"([$£€])\s?(\d+(?:,\d{3})*)(?:\.(\d\d))?", lambda m: _money(m[1], m[2], m[3], language)),
        (
            r"\b(\d{4})-(\d\d)-(\d\d)\b",
            lambda m: f"{_MONTHS[(int(m[2]) - 1) % 12]} {ordinal(int(m[3]))}, {_year(int(m[1]), language)}",
        ),
        (
            r"(?<![\w+(])(\+?\(?\d[\d() .-]{5,}\d)(?![\w.,]*\d)",
            lambda m: telephone(m[1]) if len(re.sub(r"\D", "", m[1])) >= 7 else m[0],
        ),
        (
            r"\b(\d{1,2}):(\d\d)(?:\s?([ap](?:\.\s?m\.(?!$)|\.?\s?m\b)))?",
            lambda m: clock(int(m[1]), int(m[2]), half(m[3])) if int(m[1]) <= 24 and int(m[2]) < 60 else m[0],
        ),
        (
            r"\b(\d{1,2})\s?([ap](?:\.\s?m\.(?!$)|\.?\s?m\b))",
            lambda m: clock(int(m[1]), 0, half(m[2])) if 1 <= int(m[1]) <= 12 else m[0],
        ),
        (r"\b(\d{5})(?:-(\d{4}))?\b", lambda m: digits(m[1]) + (", " + digits(m[2]) if m[2] else "")),
        (r"\b(\d{1,2})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1]), language)),
        (
            rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})\b(?:,? (\d{{4}}))?",
            lambda m: f"{m[1]} {ordinal(int(m[2]))}" + (f", {_year(int(m[3]), language)}" if m[3] else ""),
        ),
        (r"\b(19\d\d|20\d\d)\b", lambda m: _year(int(m[1]), language)),
        (r"(\d+(?:\.\d+)?)\s?%", lambda m: f"{m[1]} percent"),
        (r"\b(\d+)\.(\d+)\b", lambda m: f"{cardinal(int(m[1]), language)} point {digits(m[2])}"),
        (r"\b(\d{1,3}(?:,\d{3})+|\d+)\b", lambda m: cardinal(int(m[1].replace(",", "")), language)),
        (r"\s*&\s*", lambda m: " and "),
        (
            r"\b(Dr|Mr|Mrs|Ms|Prof|vs|approx|ext|Ave|Rd|Blvd|Jr|Sr|dept|appt|Inc|Ltd|Co|St)\.(?=(\s+[A-Z])?)",
            lambda m: "Saint" if m[1] == "St" and m[2] else _SHORT[m[1].lower()],
        ),
        (r"\b[Ee]\.g\.", lambda m: "for example"),
        (r"\b[Ii]\.e\.", lambda m: "that is"),
        (r"\s+[–—]\s+", lambda m: ", "),
        (r"(?<=[a-z])\s*[–—]\s*(?=[a-z])", lambda m: " to "),
        (r"[*_#`~|<>{}\[\]\\]", lambda m: " "),
        (r"\s+", lambda m: " "),
    ]
    for pattern, say in rules:
        text = re.sub(pattern, say, text)
    return text.strip()
