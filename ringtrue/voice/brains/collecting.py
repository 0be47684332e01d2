"""Asking for a name and a number, hearing them right, reading them back. Both forms do it this way."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Ask
from ringtrue.voice.brains.names import name_in, spell_out
from ringtrue.voice.brains.numbers_spoken import in_groups, phone_number, runs
from ringtrue.voice.brains.phrases import plain
from ringtrue.voice.brains.spelling import spelled_words
from ringtrue.voice.brains.style import Style

TRIES = 2
"""Failed attempts at one thing before the form goes on without it or gives up."""


class Turn(msgspec.Struct, frozen=True):
    text: str
    flags: frozenset[str]
    digits: str = ""
    cut: bool = False  # the agent was cut off before it: what it asked was not heard to its end

    @property
    def words(self) -> str:
        return plain(self.text)

    def yes(self) -> bool:
        return "yes" in self.flags and "no" not in self.flags

    def clear_yes(self) -> bool:
        """A yes to a read-back: short, or begun with one. "Okay, so what I would do is ..." is none."""
        words = self.words.split()
        return self.yes() and (len(words) <= 6 or (len(words) <= 14 and words[0] in ("yes", "yeah", "yep", "correct", "perfect")))

    def no(self) -> bool:
        return "no" in self.flags


Step = Literal["name", "caller_id", "number", "done"]


class Contact:
    """Who is calling and on which number. `step` is what was asked last; "done" when both are known or given up."""

    def __init__(self, order: CallOrder, style: Style, name: str = "", number: str = "") -> None:
        self._order, self._style = order, style
        self.name, self.number = name, number
        self.tries: dict[str, int] = {}
        self.gave_up: set[str] = set()
        self.step: Step = "done"

    def next(self) -> Step:
        if not self.name and "name" not in self.gave_up:
            return "name"
        if not self.number and "number" not in self.gave_up:
            return "number" if not self._order.their_number or "caller_id" in self.gave_up else "caller_id"
        return "done"

    def ask(self, lead: str = "") -> Ask | None:
        """The next question, or None when nothing is missing."""
        self.step = self.next()
        again = self.tries.get(self.step, 0) > 0
        if self.step == "done":
            return None
        called = "ask_called_id" if self._order.direction == "outbound" else "ask_caller_id"
        key = {"name": "ask_name", "caller_id": called, "number": "ask_number"}[self.step]
        if again and self.step != "caller_id":
            key += "_again"
        expecting: Literal["name", "yes_no", "digits", "spelling"] = {
            "name": "spelling" if again else "name",
            "caller_id": "yes_no",
            "number": "digits",
        }[self.step]  # type: ignore[assignment]
        return Ask(f"{lead} {self._style(key)}".strip(), expecting)

    def fits(self, turn: Turn) -> bool:
        """The turn answers what was asked (so that it is not taken for a question of the caller's)."""
        if self.step == "name":
            return bool(name_in(turn.text, asked=True)) and not re.match(
                r"(?:what|when|where|how|who|why|do|does|can|could|is|are|will)\b", turn.words
            )
        if self.step == "caller_id":
            return turn.yes() or turn.no() or bool(runs(turn.text))
        return self.step == "number" and (bool(turn.digits) or sum(len(run) for run in runs(turn.text)) >= 4)

    def take(self, turn: Turn) -> None:
        """Read the answer to what was asked, and whatever else was volunteered."""
        spoken = phone_number(turn.text, self._order.agent.country, keyed=turn.digits)
        if spoken.e164:
            self.number = spoken.e164
        if self.step != "name" and not self.name:
            self.name = name_in(turn.text)
        if self.step == "name":
            self.name = name_in(turn.text, asked=True)
            if not self.name:
                self._failed("name")
        elif self.step == "caller_id" and not self.number:
            if turn.yes():
                self.number = self._order.their_number
            elif turn.no():
                self.gave_up.add("caller_id")
            else:
                self._failed("caller_id")
        elif self.step == "number" and not self.number:
            if (
                re.search(r"\b(?:this number|the (?:number|one) im calling|number im on|same number|caller id)\b", turn.words)
                and self._order.their_number
            ):
                self.number = self._order.their_number
            else:
                self._failed("number")

    def _failed(self, step: str) -> None:
        self.tries[step] = self.tries.get(step, 0) + 1
        if self.tries[step] >= TRIES:
            self.gave_up.add(step)

    def correct(self, turn: Turn) -> bool:
        """A correction in answer to a read-back: a new number, the end of it, a new or spelled name. False when none is in it."""
        country = self._order.agent.country
        spoken = phone_number(turn.text, country, keyed=turn.digits)
        if spoken.e164:
            self.number = spoken.e164
            return True
        found = [run for run in runs(turn.text) if 2 <= len(run) <= 7]
        if found and self.number and not re.search(r"\b(?:oclock|am|pm|st|nd|rd|th)\b", turn.words):
            patched = phone_number(self.number[: -len(found[-1])] + found[-1], country)
            if patched.e164:
                self.number = patched.e164
                return True
        name = name_in(turn.text) or _named_again(turn)
        if name and name != self.name:
            self.name = name
            return True
        return False

    def forget(self, what: str) -> None:
        """Ask for it anew."""
        if what == "name":
            self.name = ""
        else:
            self.number = ""
            self.gave_up.add("caller_id")
        self.gave_up.discard(what)
        self.tries.pop(what, None)

    def read_back(self) -> str:
        name = f"{self.name}, {spell_out(self.name)}" if self.name else ""
        number = in_groups(self.number, self._order.agent.country) if self.number else ""
        if name and number:
            return f"{name}, on {number}"
        return name or number


def _named_again(turn: Turn) -> str:
    """ "no, it's Smythe with a Y", "it's S M Y T H E"."""
    if match := re.search(r"\b(?:no,? )?(?:it'?s|it is|that'?s|the name'?s?(?: is)?|spelled|spelt)\s+(.+)$", turn.text, re.I):
        return name_in(match.group(1), asked=True)
    spelled = spelled_words(turn.text)
    return spelled[0].capitalize() if spelled else ""


def given_up(turn: Turn) -> bool:
    """The caller wants out of the form."""
    return bool(
        re.search(
            r"\b(?:never ?mind|forget (?:it|about it)|dont bother|no message|dont worry about it|changed my mind|leave it|skip it|ill call (?:back )?(?:later|again)|call back later|not (?:now|today) thanks?)\b",
            turn.words,
        )
    )
