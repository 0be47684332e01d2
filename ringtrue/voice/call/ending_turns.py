"""When has the caller finished? From the silence, the words so far, what was asked, and this caller's own pauses."""

from __future__ import annotations

import re

from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.speech.kinds import Expecting

_HANGING = frozenset(
    [
        "and",
        "or",
        "but",
        "so",
        "because",
        "if",
        "that",
        "the",
        "a",
        "an",
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
        "is",
        "are",
        "was",
        "were",
        "am",
        "of",
        "for",
        "to",
        "at",
        "in",
        "on",
        "with",
        "from",
        "by",
        "as",
        "than",
        "then",
        "um",
        "uh",
        "er",
        "erm",
        "like",
        "about",
        "between",
        "it's",
        "i'm",
        "i'd",
        "i'll",
        "we're",
        "you're",
        "number",
        "name",
        "address",
        "this",
        "these",
        "those",
        "very",
        "please-",
        "which",
        "would",
        "could",
        "should",
        "can",
        "will",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "not",
        "no-",
    ]
)
"""Words that no English sentence ends with, or hardly ever."""

_CLOSED = re.compile(r"[.!?]['\"”’)]*$")
_QUICK = frozenset(
    [
        "yes",
        "no",
        "yeah",
        "yep",
        "yup",
        "nope",
        "sure",
        "okay",
        "ok",
        "correct",
        "right",
        "exactly",
        "please",
        "thanks",
        "hello",
        "hi",
        "hey",
        "bye",
        "goodbye",
        "none",
        "nothing",
        "never",
        "absolutely",
        "certainly",
        "alright",
        "perfect",
        "great",
        "fine",
    ]
)
_DIGIT_WORDS = {
    word: str(value)
    for value, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
} | {"oh": "0", "o": "0"}  # fmt: skip


def digits_in(text: str) -> str:
    """Digits that the words hold, "double four" and "twenty" aside: enough to count them."""
    words = re.findall(r"[a-z]+|\d", text.lower())
    return "".join(word if word.isdigit() else _DIGIT_WORDS.get(word, "") for word in words)


def end_delay(text: str, expecting: Expecting, settings: CallSettings, habit_ms: float = 0.0) -> float:
    """Silence in ms after which the turn is over. `text`: the transcript so far, "" while there is none.

    habit_ms: moving average of this caller's pauses inside turns; 0 when none was seen.
    """
    words = re.findall(r"[\w'’-]+", text.lower())
    if not words:
        return float(settings.end_unclear)
    base = _by_what_was_asked(text, words, expecting, settings)
    most = settings.end_unfinished if base > settings.end_complete else settings.end_unclear
    base = max(base, min(settings.habit_factor * habit_ms, most))
    return float(min(base, settings.end_longest))


def _by_what_was_asked(text: str, words: list[str], expecting: Expecting, s: CallSettings) -> float:
    # A question may end with such a word: "what is that for?"
    hanging = (words[-1] in _HANGING and not text.rstrip().endswith("?")) or text.rstrip().endswith((",", "-", "...", "…"))
    if expecting == "digits":
        return _after_digits(len(digits_in(text)), hanging, s)
    if expecting == "spelling":
        return s.end_spelling
    if expecting == "address":
        return s.end_unfinished if hanging else s.end_address
    if expecting == "name":
        return s.end_unfinished if hanging else s.end_name
    if expecting == "date":  # "March the twentieth", and the year may follow
        return s.end_unfinished if hanging else s.end_unclear
    if hanging:
        return s.end_unfinished
    if expecting == "yes_no" and words[0] in _QUICK and len(words) <= 3:
        return s.end_complete
    if len(digits_in(text)) >= 3 and len(digits_in(text)) < 10:
        return s.end_digits  # somebody reads out a number that nobody asked for
    if _CLOSED.search(text.strip()) and (len(words) >= 3 or words[-1] in _QUICK):
        return s.end_complete
    if len(words) <= 2 and all(word in _QUICK for word in words):
        return s.end_complete
    return s.end_unclear


def _after_digits(count: int, hanging: bool, s: CallSettings) -> float:
    """The agent asked for a number, and so many digits of it were said."""
    if count in (7, 10, 11):
        return s.end_whole_number
    if count in (3, 6) or hanging:
        return s.end_digits
    return s.end_code if count else s.end_name


class Habit:
    """Moving average of a caller's pauses inside turns."""

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self.ms = 0.0

    def paused(self, ms: float) -> None:
        self.ms = ms if not self.ms else (1 - self._weight) * self.ms + self._weight * ms
