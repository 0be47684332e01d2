"""What whoever has booked is asked, one after another: whether they want it in writing, and whether they may be reminded."""

from __future__ import annotations

from typing import Any

from ringtrue.voice.agent import REMINDER_QUESTION, TEXT_QUESTION, CallOrder
from ringtrue.voice.brains.acts import Act, Ask, Note, Say, Use

OFFERS = {
    "text": ("text_me", TEXT_QUESTION, "Good, it is on its way."),
    "reminder": ("remind_me", REMINDER_QUESTION, "Good, I'll call you before it."),
}
"""Offer -> the tool that takes the answer, the question, and what is said where it was kept."""
KEPT = {tool: words for tool, _, words in OFFERS.values()}


class AfterBooking:
    """`offer`: what was asked last, of OFFERS; "" when nothing is open."""

    def __init__(self, order: CallOrder) -> None:
        self._wanted = [name for name, on in (("text", order.offers_text), ("reminder", order.offers_reminder)) if on]
        self._left: list[str] = []
        self.offer = ""

    def booked(self) -> list[Act]:
        self._left = list(self._wanted)
        return self.next()

    def next(self) -> list[Act]:
        """The next question; [] when none is left."""
        self.offer = self._left.pop(0) if self._left else ""
        return [Ask(OFFERS[self.offer][1], "yes_no")] if self.offer else []

    def answered(self, turn: Any) -> list[Act]:
        """[] where the turn answers no open question; it then stands no longer."""
        offer, self.offer = self.offer, ""
        if not offer or not (turn.yes() or turn.no()):
            return []
        return [Note(offer), Use(OFFERS[offer][0], {"wanted": "true" if turn.clear_yes() else ""})]

    def kept(self, tool: str, kept: bool, all_right: str, anything_else: str) -> list[Act]:
        """After the tool of an answer."""
        lead = KEPT[tool] if kept else all_right
        asked = self.next()
        return [Say(lead), *asked] if asked else [Ask(f"{lead} {anything_else}")]
