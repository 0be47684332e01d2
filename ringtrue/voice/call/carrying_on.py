"""A voice that dies in mid-sentence: which of its audio to keep, and which words are left for the next one to say.

No voice tells where in the text it is. The pace of its earlier sentences says it well enough to find the word, and the quietest moment
near by is where the two voices meet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

GUESSED_MS_PER_CHARACTER = 62.0
SEARCH_MS = 120  # around the expected end of a word, for the quietest moment
WHOLE_SHARE = 0.6  # of a word that was heard: it is understood, and not said again


class Seam(NamedTuple):
    cut: int  # bytes of audio that stay
    said: str  # the words that this audio holds
    rest: str  # the words still to be said; "" when only the end of the last one is missing


class Pace:
    """Milliseconds per character (a space counted with each word) of one voice, from the sentences it has finished."""

    def __init__(self) -> None:
        self._ms = 0.0
        self._characters = 0

    def note(self, text: str, ms: float) -> None:
        self._ms += ms
        self._characters += len(text) + 1

    @property
    def ms_per_character(self) -> float:
        return self._ms / self._characters if self._characters >= 20 else GUESSED_MS_PER_CHARACTER


def seam(text: str, pcm: bytes | bytearray, played: int, sample_rate: int, ms_per_character: float) -> Seam:
    """Where to go on. pcm: what the voice made of `text` (PCM16); played: bytes of it that are with the line already.

    The seam lies as early as the caller has not heard it, because the place of a word is the surer, the nearer it is to the beginning.
    """
    words = text.split()
    ends: list[float] = []  # bytes at which each word is expected to end
    at = 0.0
    for word in words:
        at += (len(word) + 1) * ms_per_character
        ends.append(at * 2 * sample_rate / 1000)
    if not played:
        return Seam(0, "", text)
    for index, end in enumerate(ends):
        if end >= played and end <= len(pcm):
            cut = _quietest(pcm, max(played, int(end)), played, sample_rate)
            return Seam(cut, " ".join(words[: index + 1]), " ".join(words[index + 1 :]))
    # Everything that was made has been heard, and it stops inside a word.
    whole = 0
    for index, end in enumerate(ends):
        begin = ends[index - 1] if index else 0.0
        if len(pcm) >= begin + WHOLE_SHARE * (end - begin):
            whole = index + 1
    return Seam(len(pcm), " ".join(words[:whole]), " ".join(words[whole:]))


def _quietest(pcm: bytes | bytearray, near: int, played: int, sample_rate: int) -> int:
    """The byte at which the quietest 20 ms near by have their middle, among what was not played."""
    reach = 2 * sample_rate * SEARCH_MS // 1000
    frame = sample_rate * 20 // 1000
    first = max(played, near - reach) // 2 * 2
    samples = np.frombuffer(bytes(pcm[first : near + reach]), "<i2").astype(np.float64)
    if len(samples) < 2 * frame:
        return near // 2 * 2
    energy = np.convolve(samples * samples, np.ones(frame), "valid")
    # A dip that is no clear one is no pause between words: then the expected place is the better guess.
    if energy.min() > 0.1 * np.median(energy):
        return near // 2 * 2
    return first + 2 * (int(np.argmin(energy)) + frame // 2)
