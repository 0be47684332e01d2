"""Asking whoever booked whether they may be called before it. The question, and what a yes is, are fixed: consent does not hang on the
words of a model."""

from __future__ import annotations

import re

from ringtrue.voice.agent import REMINDER_QUESTION, CallOrder
from ringtrue.voice.brains.acts import Ask, HeardTurn
from ringtrue.voice.brains.collecting import Turn
from ringtrue.voice.brains.model.exchanges import Exchange
from ringtrue.voice.brains.phrases import recognise

ANYTHING_ELSE = re.compile(r"\b(?:any|some)thing (?:else|more)\b", re.I)
STANDS_FOR = 2  # turns of the caller: one may be lost to a noise
SHORT = 6  # words: a longer answer says more than yes or no, and the model goes on with it


class ReminderOffer:
    """`due`: something was booked, and the question has not been asked yet."""

    def __init__(self, order: CallOrder) -> None:
        self.due = False
        self._offers = order.offers_reminder
        self._language = order.agent.language
        self._asked_in: int | None = None

    def booked(self) -> None:
        self.due = self._offers

    def takes_place_of(self, sentence: str) -> bool:
        """Of two questions in one breath the caller answers the last."""
        return self.due and bool(ANYTHING_ELSE.search(sentence)) and sentence.endswith("?")

    def comes_now(self, exchange: Exchange) -> bool:
        """At the end of an answer that asks nothing itself. One that was begun early may yet be taken back."""
        return self.due and not exchange.early and not (exchange.said and exchange.said[-1].endswith("?"))

    def ask(self, turn: int) -> Ask:
        self.due, self._asked_in = False, turn
        return Ask(REMINDER_QUESTION, "yes_no")

    def answer_in(self, heard: HeardTurn) -> str | None:
        """The argument of `remind_me`: "true", or "" for a no; None where this answers no open question. Changes nothing."""
        if self._asked_in is None or heard.turn - self._asked_in > STANDS_FOR:
            return None
        turn = Turn(heard.text, frozenset(recognise(heard.text, self._language)))
        if not (turn.yes() or turn.no()):
            return None
        return "true" if turn.clear_yes() else ""

    def answered(self) -> None:
        self._asked_in = None

    def closing(self, heard: HeardTurn, kept: bool) -> list[str]:
        """What is said to the answer; the last is a question where nothing else was said in it."""
        said = ["Good, I'll call you before it." if kept else "All right."]
        return said + ([] if len(heard.text.split()) > SHORT else ["Is there anything else I can help you with?"])
