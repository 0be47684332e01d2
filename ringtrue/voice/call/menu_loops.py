"""A recorded announcement at the other end that says the same again and again: after a few times it is not answered any more.

People repeat themselves, too, when they are not understood; but nobody says a long sentence three times in the same words and at the
same length to within a few hundredths.
"""

from __future__ import annotations

import difflib
import re

SHORTEST = 6  # words; "hello?" may be said often
ALIKE = 0.85  # share of words in common, in order: a recognizer does not hear a recording the same way each time
SAME_LENGTH = 0.04
REMEMBERED = 16  # turns: an announcement with pauses comes as several


class MenuLoop:
    def __init__(self, most: int) -> None:
        """most: how often the same announcement may be heard before it is taken for one."""
        self._most = most
        self._heard: list[tuple[list[str], int]] = []

    def heard(self, text: str, length_ms: int) -> bool:
        """Takes a turn of the caller; True when it is the same recording once too often."""
        words = re.findall(r"[a-z0-9']+", text.lower())
        if len(words) < SHORTEST or length_ms <= 0:
            return False
        same = sum(1 for other, other_ms in self._heard if self._same(words, length_ms, other, other_ms))
        self._heard = [*self._heard[-REMEMBERED + 1 :], (words, length_ms)]
        return same + 1 >= self._most

    @staticmethod
    def _same(words: list[str], length_ms: int, other: list[str], other_ms: int) -> bool:
        if abs(length_ms - other_ms) > SAME_LENGTH * max(length_ms, other_ms):
            return False
        return difflib.SequenceMatcher(None, words, other, autojunk=False).ratio() >= ALIKE
