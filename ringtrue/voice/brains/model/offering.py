"""Asking whoever booked whether they want it as a text message, and whether they may be called before it. The questions, and what a yes is,
are fixed: consent does not hang on the words of a model. All that a model can do is to have the text offered once more."""

from __future__ import annotations

import re

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Ask, HeardTurn, Say, Use
from ringtrue.voice.brains.after_booking import KEPT, OFFERS
from ringtrue.voice.brains.collecting import Turn
from ringtrue.voice.brains.model.exchanges import Exchange
from ringtrue.voice.brains.phrases import recognise

ANYTHING_ELSE = re.compile(r"\b(?:any|some)thing (?:else|more)\b", re.I)
STANDS_FOR = 2  # turns of the caller: one may be lost to a noise
SHORT = 6  # words: a longer answer says more than yes or no, and the model goes on with it


class Offers:
    """`due`: names of OFFERS that are still to be asked; something was booked then."""

    def __init__(self, order: CallOrder) -> None:
        self.due: list[str] = []
        self._wanted = [name for name, on in (("text", order.offers_text), ("reminder", order.offers_reminder)) if on]
        self._language = order.agent.language
        self._booked = False
        self._asked = ""
        self._asked_in = 0

    def booked(self) -> None:
        self._booked, self.due = True, list(self._wanted)

    def text_once_more(self) -> bool:
        """The caller has asked for it. False where nothing was booked."""
        if self._booked and "text" not in self.due:
            self.due.insert(0, "text")
        return self._booked

    def takes_place_of(self, sentence: str) -> bool:
        """Of two questions in one breath the caller answers the last."""
        return bool(self.due) and bool(ANYTHING_ELSE.search(sentence)) and sentence.endswith("?")

    def comes_now(self, exchange: Exchange) -> bool:
        """At the end of an answer that asks nothing itself. One that was begun early may yet be taken back."""
        return bool(self.due) and not exchange.early and not (exchange.said and exchange.said[-1].endswith("?"))

    def ask(self, turn: int) -> Ask:
        self._asked, self._asked_in = self.due.pop(0), turn
        return Ask(OFFERS[self._asked][1], "yes_no")

    def answer_in(self, heard: HeardTurn) -> Use | None:
        """What takes the answer down, a yes or a no; None where this answers no open question. Changes nothing."""
        if not self._asked or heard.turn - self._asked_in > STANDS_FOR:
            return None
        turn = Turn(heard.text, frozenset(recognise(heard.text, self._language)))
        if not (turn.yes() or turn.no()):
            return None
        return Use(OFFERS[self._asked][0], {"wanted": "true" if turn.clear_yes() else ""})

    def answered(self) -> None:
        self._asked = ""

    def closing(self, heard: HeardTurn, answer: Use, kept: bool) -> list[Say | Ask]:
        """What is said to the answer; the last is a question where nothing else was said in it."""
        lead = Say(KEPT[answer.tool] if kept else "All right.")
        if len(heard.text.split()) > SHORT:
            return [lead]
        return [lead, self.ask(heard.turn) if self.due else Ask("Is there anything else I can help you with?")]
