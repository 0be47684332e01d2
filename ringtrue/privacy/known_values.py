"""Values that are known to tell who the caller is, found again in whatever form they are said or written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ringtrue.privacy.person_names import NO_NAME, values_of
from ringtrue.privacy.spans import Span
from ringtrue.privacy.spoken import Token, code_runs, digit_runs, tokens

_DIGITS = ("PHONE", "CARD", "SSN", "NUMBER", "POSTCODE", "DATE_OF_BIRTH")
TAIL = 7  # digits by which a number is known again without its country and area code


class KnownValues:
    def __init__(self) -> None:
        self._words: dict[str, str] = {}  # word of a name -> kind
        self._numbers: dict[str, str] = {}  # digits -> kind
        self._texts: dict[str, str] = {}  # letters and digits only, lower case -> kind

    def learn(self, kind: str, value: str) -> None:
        packed = _packed(value)
        if not packed:
            return
        if kind == "PERSON":
            for word in values_of(value):
                self._words[word] = kind
            spelled = [run.value for run in code_runs(value, tokens(value)) if len(run.value) >= 3 and run.value.isalpha()]
            for word in spelled:
                self._words[word] = kind
        elif kind in _DIGITS:
            digits = "".join(run.value for run in digit_runs(value, tokens(value)))
            if len(digits) >= 4:
                self._numbers[digits] = kind
        if kind in ("EMAIL", "REFERENCE", "IBAN", "URL", "ADDRESS") and len(packed) >= 4:
            self._texts[packed] = kind

    def find(self, text: str, toks: list[Token]) -> list[Span]:
        found = [
            Span(self._words[bare], t.start, t.end, bare) for t in toks if (bare := t.text.removesuffix("'s")) in self._words
        ]
        if self._numbers:
            for run in digit_runs(text, toks):
                for digits, kind in self._numbers.items():
                    tail = digits[-TAIL:]
                    if (
                        digits in run.value
                        or (len(run.value) >= 4 and run.value in digits)
                        or (len(tail) == TAIL and tail in run.value)
                    ):
                        found.append(Span(kind, run.start, run.end, digits))
        if self._words:
            for run in code_runs(text, toks):
                if run.value in self._words and run.last > run.first:
                    found.append(Span("PERSON", run.start, run.end, run.value))
        if self._texts:
            found += self._packed_texts(text)
        return found

    def has(self, piece: str) -> bool:
        """Whether a word or number of the piece is known of the caller."""
        return bool(self.find(piece, tokens(piece)))

    def _packed_texts(self, text: str) -> list[Span]:
        places = [i for i, char in enumerate(text) if char.isalnum()]
        packed = "".join(text[i].lower() for i in places)
        found = []
        for value, kind in self._texts.items():
            at = packed.find(value)
            while at >= 0:
                found.append(Span(kind, places[at], places[at + len(value) - 1] + 1, value))
                at = packed.find(value, at + 1)
        return found

    @staticmethod
    def words_of(texts: Iterable[str]) -> set[str]:
        """Words and digits of texts, as a set: what a business says about itself."""
        words: set[str] = set()
        for text in texts:
            toks = tokens(text)
            words |= {t.text for t in toks} - NO_NAME
            words |= {run.value for run in digit_runs(text, toks)}
        return words


def _packed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
