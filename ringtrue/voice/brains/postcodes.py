"""Postcodes and ZIP codes as they are said: "oh eight oh seven five", "T Q nine six six P E"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from ringtrue.voice.brains.numbers_spoken import TEENS, TENS, UNITS, runs
from ringtrue.voice.brains.spelling import LETTER_NAMES, NATO, explained

_GB = re.compile(r"^([A-Z]{1,2})(\d[A-Z]|\d{1,2})(\d[A-Z]{2})$")
_HEARD_DIGITS = {
    "to": "2", "too": "2", "two": "2", "for": "4", "four": "4", "full": "4", "ate": "8", "won": "1", "free": "3", "tree": "3",
    "sex": "6", "sax": "6", "size": "5", "oh": "0", "nil": "0", "night": "9", "mine": "9", "fine": "5", "v": "5",
}  # fmt: skip


AREAS = frozenset(
    [
        "AB",
        "AL",
        "B",
        "BA",
        "BB",
        "BD",
        "BH",
        "BL",
        "BN",
        "BR",
        "BS",
        "BT",
        "CA",
        "CB",
        "CF",
        "CH",
        "CM",
        "CO",
        "CR",
        "CT",
        "CV",
        "CW",
        "DA",
        "DD",
        "DE",
        "DG",
        "DH",
        "DL",
        "DN",
        "DT",
        "DY",
        "E",
        "EC",
        "EH",
        "EN",
        "EX",
        "FK",
        "FY",
        "G",
        "GL",
        "GU",
        "GY",
        "HA",
        "HD",
        "HG",
        "HP",
        "HR",
        "HS",
        "HU",
        "HX",
        "IG",
        "IM",
        "IP",
        "IV",
        "JE",
        "KA",
        "KT",
        "KW",
        "KY",
        "L",
        "LA",
        "LD",
        "LE",
        "LL",
        "LN",
        "LS",
        "LU",
        "M",
        "ME",
        "MK",
        "ML",
        "N",
        "NE",
        "NG",
        "NN",
        "NP",
        "NR",
        "NW",
        "OL",
        "OX",
        "PA",
        "PE",
        "PH",
        "PL",
        "PO",
        "PR",
        "RG",
        "RH",
        "RM",
        "S",
        "SA",
        "SE",
        "SG",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SP",
        "SR",
        "SS",
        "ST",
        "SW",
        "SY",
        "TA",
        "TD",
        "TF",
        "TN",
        "TQ",
        "TR",
        "TS",
        "TW",
        "UB",
        "W",
        "WA",
        "WC",
        "WD",
        "WF",
        "WN",
        "WR",
        "WS",
        "WV",
        "YO",
        "ZE",
    ]
)
NEVER_INWARD = frozenset("CIKMOV")  # letters that the last part of a postcode never has
_SOUNDS_LIKE = {
    "A": "HJK8E", "B": "DEGPTV", "C": "TEZBDGP", "D": "BEGPTV", "E": "BDGPTA", "F": "SX", "G": "DJTBEP", "H": "AX", "I": "YRA", "J": "GKA", "K": "JAQ",
    "L": "ROM", "M": "NL", "N": "MLS", "O": "LRU", "P": "BDETVC", "Q": "UK", "R": "AIL", "S": "FXN", "T": "PDEGBC", "U": "QW", "V": "BEDPZ", "W": "U",
    "X": "SFA", "Y": "IW", "Z": "SCV",
}  # fmt: skip


def zip_code(text: str) -> str:
    """A US ZIP code of five digits, or ""."""
    for run in runs(text):
        if len(run) == 5 or (len(run) == 9 and "-" in text):
            return run[:5]
    return ""


def postcode(text: str) -> str:
    """A UK postcode, "TQ9 6PE" with its space, or ""."""
    ranked = _readings(text)
    return ranked[0] if ranked else ""


def postcode_of(hearings: list[list[str]]) -> str:
    """The postcode that several n-best lists agree on: every hypothesis votes with its rank."""
    votes: dict[str, float] = defaultdict(float)
    for nbest in hearings:
        best: dict[str, float] = {}
        for rank, text in enumerate(nbest):
            for at, reading in enumerate(_readings(text)[:4]):
                best[reading] = max(best.get(reading, 0.0), 1.0 / (1 + 0.35 * rank) / (1 + at))
        for reading, vote in best.items():
            votes[reading] += vote
    return max(votes, key=lambda code: votes[code]) if votes else ""


def code_in(text: str, country: str) -> str:
    return postcode(text) if country == "GB" else zip_code(text)


def _tokens(text: str) -> list[list[str]]:
    """Per token its possible characters, likeliest first."""
    words = explained(text).replace("'s", " ").replace("--", "")
    out: list[list[str]] = []
    times = 1
    tokens = re.findall(r"[a-z]+|\d+", words.replace("'", ""))
    for at, token in enumerate(tokens):
        if token in ("double", "triple"):
            times = 2 if token == "double" else 3
            continue
        can: list[str] = []
        if token.isdigit():
            can = [token]
        elif len(token) == 1:
            can = [token]
            if token == "o":
                can.append("0")
            if token == "v":
                can.append("5")
        elif token in NATO:
            can = [NATO[token]]
        elif token in UNITS:
            can = [str(UNITS[token])]
            if token in LETTER_NAMES:
                can.append(LETTER_NAMES[token])
        elif token in TEENS or token in TENS:
            value = TEENS.get(token) or TENS.get(token) or 0
            after = tokens[at + 1] if at + 1 < len(tokens) else ""
            can = [str(value)[:1] if token in TENS and after in UNITS else str(value)]
        else:
            if token in ("and", "an", "in", "end"):
                can.append("n")
            if token in _HEARD_DIGITS:
                can.append(_HEARD_DIGITS[token])
            if token in LETTER_NAMES:
                can.append(LETTER_NAMES[token])
            if len(token) <= 3 and not can:
                can.append(token)
            if len(token) in (2, 3) and can and token not in can and token not in ("you", "see", "are", "why", "for", "the"):
                can.append(token)
            if token == "st" and "st" not in can:
                can.append("st")
        if can:
            out.append([piece * times for piece in can])
        times = 1
    return out


def _readings(text: str) -> list[str]:
    beams = [("", 0.0)]
    for can in _tokens(text):
        beams = [(sofar + piece, cost + 0.6 * at) for sofar, cost in beams for at, piece in enumerate(can)]
        beams = sorted(beams, key=lambda beam: beam[1])[:64]
    found: dict[str, float] = {}
    for letters, cost in beams:
        for start in range(max(1, len(letters) - 4)):
            for length in (7, 6, 5):
                piece = letters[start : start + length].upper()
                match = _GB.match(piece)
                if not match or len(piece) != length:
                    continue
                left_out = len(letters) - length
                for area, area_cost in _repaired(match.group(1), match.group(1) in AREAS, lambda made: made in AREAS):
                    tail = match.group(3)
                    fits = not (set(tail[1:]) & NEVER_INWARD)
                    for inward, inward_cost in _repaired(tail, fits, lambda made: not (set(made[1:]) & NEVER_INWARD)):
                        code = f"{area}{match.group(2)} {inward}"
                        found[code] = min(found.get(code, 99.0), cost + 0.5 * left_out + area_cost + inward_cost)
    return sorted(found, key=lambda code: found[code])


def _repaired(letters: str, fits: bool, good: Callable[[str], bool]) -> list[tuple[str, float]]:
    """The letters as they are, or, when no postcode has them, with one letter heard for another that sounds like it."""
    if fits:
        return [(letters, 0.0)]
    made = [
        (letters[:at] + other + letters[at + 1 :], 0.8 + 0.1 * rank)
        for at, letter in enumerate(letters)
        for rank, other in enumerate(_SOUNDS_LIKE.get(letter, ""))
        if other.isalpha() and good(letters[:at] + other + letters[at + 1 :])
    ]
    return made[:4]
