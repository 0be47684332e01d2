"""E-mail addresses as they are said: "john dot smith at gmail dot com", "j o h n underscore one at ...", or written."""

from __future__ import annotations

import re

from ringtrue.voice.brains.numbers_spoken import TEENS, TENS, UNITS
from ringtrue.voice.brains.spelling import NATO, explained

_WRITTEN = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_SIGNS = {"dot": ".", "point": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+"}
_STOP = {
    "is", "its", "it's", "address", "email", "mail", "my", "the", "to", "yes", "sure", "um", "uh", "and", "use", "send", "me", "on", "e",
    "or", "that's", "thats", "s", "reach", "contact", "at",
}  # fmt: skip
_ENDINGS = {
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "io",
    "co",
    "uk",
    "us",
    "example",
    "info",
    "biz",
    "me",
    "in",
    "de",
    "ca",
    "au",
    "test",
}


def email_in(text: str) -> str:
    """Lower case, or "" when there is none."""
    if match := _WRITTEN.search(re.sub(r"\s*@\s*", "@", text)):
        return match.group(0).strip(".").lower()
    words = (
        explained(text).replace("@", " at ").replace("at the rate of", "at").replace("at the rate", "at").replace("at sign", "at")
    )
    tokens = re.findall(r"[a-z]+(?:'[a-z]+)?|\d+|\.", words)
    for at in [i for i, token in enumerate(tokens) if token == "at"]:
        domain = _domain(tokens[at + 1 :])
        local = _local(tokens[:at])
        if local and domain:
            return f"{local}@{domain}"
    return ""


def _domain(tokens: list[str]) -> str:
    parts: list[str] = [""]
    for token in tokens:
        if token in ("dot", ".", "point"):
            if parts[-1]:
                parts.append("")
            continue
        if parts[-1] and len(parts) > 1 and parts[-1] in _ENDINGS:
            break
        piece = NATO.get(token, token) if token in NATO and len(parts) == 1 and not parts[0] else _SIGNS.get(token, token)
        parts[-1] += piece
        if len(parts[-1]) > 40:
            break
    parts = [part for part in parts if part]
    return ".".join(parts) if len(parts) >= 2 else ""


def _local(tokens: list[str]) -> str:
    out: list[str] = []
    times = 1
    single = False  # the stretch being read is spelled letter by letter
    for token in reversed(tokens):
        if token in ("double", "triple") and out:
            out[-1] *= 2 if token == "double" else 3
            continue
        if token in _SIGNS or token == ".":
            out.append(_SIGNS.get(token, "."))
            single = False
            continue
        digit = UNITS.get(token, TEENS.get(token, TENS.get(token)))
        piece = (
            token
            if len(token) == 1 or token.isdigit()
            else str(digit)
            if digit is not None and token not in ("o", "oh")
            else NATO.get(token, "")
        )
        if piece and (len(token) == 1 or token in NATO):
            out.append(piece * times)
            single = True
        elif piece:
            out.append(piece)
        elif token in _STOP or (out and single) or (out and out[-1] not in "._-+" and not out[-1].isdigit() and len(out) >= 2):
            break
        else:
            out.append(token.replace("'", ""))
    return "".join(reversed(out)).strip("._-+")
