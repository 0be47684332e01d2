"""Made-up numbers that prove themselves, and the ways in which people say and write them."""

from __future__ import annotations

import random
from collections.abc import Callable

from ringtrue.privacy.checksums import luhn
from ringtrue.privacy.spoken import spoken_digits

_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def card(pick: random.Random) -> str:
    first, length = pick.choice((("4", 16), ("52", 16), ("37", 15), ("6011", 16)))
    body = first + "".join(pick.choices("0123456789", k=length - 1 - len(first)))
    return next(body + last for last in "0123456789" if luhn(body + last))


def ssn(pick: random.Random) -> str:
    return f"{pick.randint(1, 665):03}{pick.randint(1, 99):02}{pick.randint(1, 9999):04}"


def iban(pick: random.Random) -> str:
    country, body = pick.choice((("DE", ""), ("NL", "ABNA"), ("GB", "NWBK")))
    body += "".join(pick.choices("0123456789", k={"DE": 18, "NL": 10, "GB": 14}[country]))
    left = int("".join(str(int(char, 36)) for char in body + country + "00")) % 97
    return f"{country}{98 - left:02}{body}"


def phone(pick: random.Random) -> str:
    return f"{pick.choice((212, 415, 312, 718))}555{pick.randint(100, 199):04}"


def address(pick: random.Random) -> str:
    return ".".join(str(pick.randint(1, 254)) for _ in range(4))


def _oh(digits: str) -> str:
    return spoken_digits(digits).replace("zero", "oh")


def _in_fours(digits: str, between: str) -> str:
    return between.join(spoken_digits(digits[at : at + 4]) for at in range(0, len(digits), 4))


def _with_doubles(digits: str) -> str:
    said, at = [], 0
    while at < len(digits):
        twice = digits[at : at + 2] == digits[at] * 2
        said.append(("double " if twice else "") + spoken_digits(digits[at]))
        at += 1 + twice
    return " ".join(said)


def _in_pairs(digits: str) -> str:
    """ "forty one eleven oh five": as many say the last digits of a number."""
    said = []
    for at in range(0, len(digits), 2):
        pair = digits[at : at + 2]
        if len(pair) == 1 or pair[0] == "0":
            said.append(_oh(pair))
        elif pair[0] == "1":
            said.append(_TEENS[int(pair[1])])
        else:
            said.append(_TENS[int(pair[0]) - 2] + (f" {spoken_digits(pair[1])}" if pair[1] != "0" else ""))
    return " ".join(said)


WAYS: dict[str, Callable[[str], str]] = {
    "digits": str,
    "written in groups": lambda digits: " ".join(digits[at : at + 4] for at in range(0, len(digits), 4)),
    "with dashes": lambda digits: "-".join(digits[at : at + 3] for at in range(0, len(digits), 3)),
    "one by one": lambda digits: ", ".join(digits),
    "said": spoken_digits,
    "said with oh": _oh,
    "said with doubles": _with_doubles,
    "said in pairs": _in_pairs,
    "said in sentences": lambda digits: _in_fours(digits, ". ").capitalize(),
    "said with um": lambda digits: _in_fours(digits, " um "),
    "said with and then": lambda digits: _in_fours(digits, " and then "),
    "said with dash": lambda digits: _in_fours(digits, " dash "),
}


def spoken_mail(mail: str) -> str:
    for mark, word in ((".", " dot "), ("_", " underscore "), ("-", " dash "), ("@", " at ")):
        mail = mail.replace(mark, word)
    return mail
