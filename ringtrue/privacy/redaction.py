"""Redaction: finding what tells who somebody is, and replacing it by typed placeholders that stay the same through a call.

`find_spans` looks at one text. `CallRedactor` goes along with a call: it knows the caller's number and whatever it learnt, sees
what the agent just asked for, and says which stretches of the audio are to be muted.
"""

from __future__ import annotations

import re
from typing import Any

from ringtrue.privacy import birth_dates, contact_details, person_names, postal_addresses
from ringtrue.privacy.asking import asked_for
from ringtrue.privacy.known_values import KnownValues
from ringtrue.privacy.spans import LABELS, Span, merge
from ringtrue.privacy.spoken import tokens

BY_KEY = {
    "name": "PERSON", "caller_name": "PERSON", "first_name": "PERSON", "last_name": "PERSON", "person": "PERSON",
    "number": "PHONE", "phone": "PHONE", "from_number": "PHONE", "to_number": "PHONE", "email": "EMAIL", "e_mail": "EMAIL",
    "address": "ADDRESS", "street": "ADDRESS", "postcode": "POSTCODE", "zip": "POSTCODE", "date_of_birth": "DATE_OF_BIRTH",
    "dob": "DATE_OF_BIRTH", "digits": "NUMBER",
}  # fmt: skip
"""Fields whose whole value tells who somebody is."""

_OURS = re.compile(r"(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?(?:[+-]\d\d:\d\d|Z)?,?\s?)+|\d{1,2}:\d\d|true|false")
"""Values in our own forms (times of slots, yes and no): they name nobody."""


def find_spans(text: str, *, asked: str = "", known: KnownValues | None = None, country: str = "US") -> list[Span]:
    """Sorted, without overlaps. `asked`: the kind that the person was just asked for, or ""."""
    toks = tokens(text)
    found = contact_details.find(text, toks, country)
    found += birth_dates.find(text, toks, asked == "DATE_OF_BIRTH")
    found += postal_addresses.find(text, toks, asked == "ADDRESS")
    found += person_names.find(text, toks, asked == "PERSON")
    if asked in ("PHONE", "EMAIL", "POSTCODE", "NUMBER", "CARD", "SSN") and not text.rstrip().endswith("?"):
        found += _answer(text, asked)
    if known is not None:
        found += known.find(text, toks)
    return merge(found)


def _answer(text: str, asked: str) -> list[Span]:
    """Asked for a number, a code or an address, all of the answer that is no function word is that."""
    toks = tokens(text)
    content = [t for t in toks if t.text not in person_names.NO_NAME or t.text in _SMALL_NUMBERS]
    if not content or len(toks) > 30 or (asked == "EMAIL" and len(content) < 2):
        return []
    spelled_or_counted = any(len(t.text) == 1 or any(c.isdigit() for c in t.text) or t.text in _SMALL_NUMBERS for t in toks)
    if not spelled_or_counted and asked not in ("EMAIL", "POSTCODE"):
        return []
    return [Span(asked, content[0].start, content[-1].end)]


_SMALL_NUMBERS = frozenset("one two three four five six seven eight nine ten zero oh double triple".split())


class CallRedactor:
    def __init__(
        self, *, country: str = "US", number: str = "", known: dict[str, str] | None = None, never: tuple[str, ...] = ()
    ) -> None:
        """`number`: the caller's, E.164. `known`: kind -> value. `never`: texts of the business (its names, numbers, answers):
        what the agent says from them is not redacted unless the caller has said it of himself."""
        self.country = country
        self.known = KnownValues()
        self._placeholders: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._asked = ""
        self._never = KnownValues.words_of(never)
        if number:
            self.known.learn("PHONE", number)
        for kind, value in (known or {}).items():
            self.known.learn(kind, value)

    def text(self, text: str, *, asked: str = "", agent: bool = False) -> tuple[str, list[Span]]:
        """The text with placeholders, and what was found in it (spans of the original)."""
        spans = find_spans(text, asked=asked, known=self.known, country=self.country)
        if agent:
            spans = [s for s in spans if not self._is_the_business(text[s.start : s.end])]
        out, at = [], 0
        for span in spans:
            value = text[span.start : span.end]
            if not agent:
                self.known.learn(span.kind, value)
            out += [text[at : span.start], self.placeholder(span.kind, span.value or value)]
            at = span.end
        return "".join([*out, text[at:]]), spans

    def placeholder(self, kind: str, value: str) -> str:
        """The same for the same value through the call: "[NAME_1]"."""
        held = (kind, re.sub(r"[\W_]+", "", value.lower()))
        if held not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._placeholders[held] = f"[{LABELS.get(kind, kind)}_{self._counts[kind]}]"
        return self._placeholders[held]

    def utterance(
        self, kind: str, content: dict[str, Any], plain: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[int, int]]]:
        """A `heard` or `said` event's content, redacted, and the spans (ms since the answer) that are to be muted."""
        text = str(content.get("text", ""))
        agent = kind == "said"
        redacted, spans = self.text(text, asked="" if agent else self._asked, agent=agent)
        self._asked = asked_for(text) if agent else self._asked if plain.get("backchannel") else ""
        out: dict[str, Any] = {"text": redacted}
        words = [_word(w) for w in content.get("words") or []]
        if not spans:
            return (out | {"words": content["words"]} if words else out), []
        whole = [(int(plain.get("start_ms", 0)), int(plain.get("end_ms", 0)))]
        places = _places(text, [w[0] for w in words])
        if not words or places is None:
            return out, whole
        hit = [any(s.start < b and a < s.end for s in spans) for a, b in places]
        out["words"] = [["[…]" if h else w[0], w[1], w[2]] for w, h in zip(words, hit, strict=True)]
        return out, [(w[1], w[2]) for w, h in zip(words, hit, strict=True) if h]

    def values(self, value: Any, key: str = "") -> Any:
        """Any JSON-able value with its strings redacted; keys such as "name" say what a value is."""
        if isinstance(value, dict):
            return {k: self.values(v, str(k)) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.values(v, key) for v in value]
        if not isinstance(value, str) or not value.strip() or _OURS.fullmatch(value.strip()):
            return value
        kind = BY_KEY.get(key.lower())
        if kind is None:
            return self.text(value)[0]
        self.known.learn(kind, value)
        return self.placeholder(kind, value)

    def _is_the_business(self, piece: str) -> bool:
        words = KnownValues.words_of((piece,))
        return bool(words) and words <= self._never and not self.known.has(piece)


def _word(word: Any) -> tuple[str, int, int]:
    if isinstance(word, dict):
        return str(word["text"]), int(word["start_ms"]), int(word["end_ms"])
    return str(word[0]), int(word[1]), int(word[2])


def _places(text: str, words: list[str]) -> list[tuple[int, int]] | None:
    """Where each word stands in the text; None when they do not belong together."""
    places, at = [], 0
    lowered = text.lower()
    for word in words:
        bare = word.strip().lower()
        start = lowered.find(bare, at)
        if not bare or start < 0 or start - at > 6:
            return None
        at = start + len(bare)
        places.append((start, at))
    return places
