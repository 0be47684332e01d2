"""What a number tells: whether it may be dialed at all, and everywhere that the person who answers it may be."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
import phonenumbers
from phonenumbers import PhoneNumberType, timezone

from ringtrue.dialing.rules_pack import Pack

E164 = re.compile(r"\+[1-9]\d{6,14}")
CALLABLE = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.TOLL_FREE,
}
COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


class Located(msgspec.Struct, frozen=True):
    """`problems`: (kind of the rule that forbids the number, why). No zones: nobody knows where it rings."""

    country: str = ""
    state: str = ""
    zones: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)
def _parsed(number: str) -> tuple[str, int, str, bool]:
    """(region, type, national number, valid). Raises phonenumbers.NumberParseException."""
    parsed = phonenumbers.parse(number)
    region = phonenumbers.region_code_for_number(parsed) or ""
    national = phonenumbers.national_significant_number(parsed)
    kind_of = phonenumbers.number_type(parsed)  # unknown exactly where the number is not valid
    return region, kind_of, national, bool(region) and kind_of != PhoneNumberType.UNKNOWN


def locate(number: str, pack: Pack) -> Located:
    """Pure: the same answer for the same number and pack. `number` is E.164; anything else gets a problem, never an exception."""
    emergency = pack.single["emergency"].parameters
    if not E164.fullmatch(number):
        digits = re.sub(r"\D", "", number)
        if digits in emergency["short"]:
            return Located(problems=(("emergency", "This is an emergency number."),))
        kind = "special" if 0 < len(digits) < 7 else "number"
        return Located(problems=((kind, "This is not a number in international form."),))
    problems: list[tuple[str, str]] = []
    if number in emergency["numbers"]:
        problems.append(("emergency", "This is a crisis or poison control line."))
    if number.startswith(tuple(pack.single["prefixes"].parameters["prefixes"])):
        problems.append(("prefixes", "Numbers with this prefix are satellite, global or often used for fraud."))
    try:
        region, kind_of, national, valid = _parsed(number)
    except phonenumbers.NumberParseException:
        return Located(problems=(*problems, ("number", "No numbering plan has this number.")))
    if not valid:
        if any(national == short for short in emergency["short"]) or _connects(national, region or "US"):
            problems.append(("emergency", "This number reaches an emergency line."))
        problems.append(("number", "No numbering plan has this number."))
    elif kind_of in COSTLY:
        problems.append(("premium", "This is a premium or shared-cost number."))
    elif kind_of not in CALLABLE:
        problems.append(
            ("special", "This is a personal, pager, corporate or voicemail number, which may cost more than it shows.")
        )
    country, state, zones = _place(number, region, kind_of, pack, int(pack.single["place"].parameters["most_zones"]))
    return Located(country, state, zones, tuple(problems))


def _place(number: str, region: str, kind_of: int, pack: Pack, most: int) -> tuple[str, str, tuple[str, ...]]:
    if kind_of == PhoneNumberType.TOLL_FREE:
        return region, "", ()
    if number.startswith("+1") and region in ("US", "CA"):
        # The whole area code, not the exchange: numbers move, and the finer tables are wrong for some exchanges.
        country, state = pack.places.get(number[2:5], (region, ""))
        zones = pack.zones.get(number[2:5], ()) if country == region else ()
        return region, state, zones
    found = tuple(timezone.time_zones_for_number(phonenumbers.parse(number)))
    known = "Etc/Unknown" not in found and len(found) <= most
    return region, "", found if known else ()


@lru_cache(maxsize=1024)
def _connects(national: str, region: str) -> bool:
    return bool(phonenumbers.connects_to_emergency_number(national, region))
