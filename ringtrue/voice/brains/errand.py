"""The brain of a call that is made for one person: it says for whom it calls, finds out price and time, agrees within the limits of
the errand and asks the person about everything else.

What it hears goes to the house turn by turn (tool `errand_found`), so that a call that breaks off has told what was learnt. The house
judges an agreement once more (`errand_agree`). While it waits, for the person or on hold, the loop's prompts for silence are its clock.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ringtrue.voice.agent import CallOrder, Errand
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, LeaveMessage, Note, Press, Say
from ringtrue.voice.brains.errand_agreeing import Acts, Deal, driven, leave, use
from ringtrue.voice.brains.errand_hearing import (
    Asked,
    asked_in,
    asks_to_wait,
    is_voicemail,
    menu_key,
    price_in,
    says_done,
    says_no,
    says_none,
    slots_in,
    took_message,
)
from ringtrue.voice.brains.errand_limits import in_window
from ringtrue.voice.brains.errand_words import Words

STILL_THERE_S, GIVE_UP_S = 8.0, 24.0  # of silence at the other end, when nobody asked to wait
TRIES = 2  # of one question
UNFRUITFUL = 6  # turns in a row that lead nowhere: it is left to the person


class ErrandRunner:
    def __init__(self, errand: Errand) -> None:
        self.goal = ""
        self._errand = errand
        self._words = Words(errand)
        self._agenda: list[str] = []  # what is still to be asked: "price", "0" (own questions by number), "when"
        self._tries: dict[str, int] = {}
        self._offered: list[datetime] = []
        self._deal = Deal(errand, self._words)
        self._introduced = self._past_a_menu = self._waits = self._message = False
        self._name_given = 0
        self._asked_after = False  # "are you still there?"
        self._fruitless = 0

    async def prepare(self, order: CallOrder) -> None:
        self._order = order
        self._today = datetime.fromtimestamp(order.now, UTC).astimezone(ZoneInfo(order.agent.time_zone)).date()
        self._words.use(order, self._today)
        errand = self._errand
        wants_price = self._deal.price is None and (errand.step == "ask" or errand.most is not None)
        own = [str(at) for at in range(len(errand.questions))] if errand.step == "ask" or not errand.chosen else []
        self._agenda = [*(["price"] if wants_price else []), *own, "when"]

    def facts(self) -> dict[str, Any]:
        return {"reason": self._words.subject()}

    def greet(self) -> AsyncGenerator[Act, Any]:
        return driven(self._introduce())

    def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        return driven(self._answer(heard))

    def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        return driven(self._silence(for_s))

    # --- a turn

    def _answer(self, heard: HeardTurn) -> Acts:
        yield from self._end_if_cancelled()
        text = heard.text.strip()
        self._waits = False
        if not text:
            return
        if heard.machine or is_voicemail(text):
            yield from self._voicemail()
        if key := menu_key(text, self._errand.wish):
            yield from self._menu(key)
            return
        yield from self._tell_found(text, heard.turn)
        if asks_to_wait(text):
            self._waits = self._past_a_menu = True
            yield Note("hold")
        elif self._deal.is_asking:
            yield from self._deal.wait(says_no(text), spoken_to=asked_in(text) != "")
        elif not self._introduced:
            yield from self._introduce()
        else:
            yield from self._reply(text)

    def _tell_found(self, text: str, turn: int) -> Acts:
        found: dict[str, str] = {}
        price, slots = price_in(text), slots_in(text, self._today, self._order.agent.language)
        if price is not None:
            self._deal.price = price
            found["price"] = f"{price:g}"
        if slots:
            self._offered = slots
            found["slots"] = ",".join(f"{slot:%Y-%m-%dT%H:%M}" for slot in slots)
        if says_none(text):
            found["none"] = "true"
        if self._introduced and self._agenda and self._agenda[0].isdigit() and asked_in(text) == "":
            found["answer"] = self._agenda[0]
        self._fruitless = 0 if found else self._fruitless + 1
        if found:
            self.goal = self.goal or "answered"
            yield from use("errand_found", {"turn": str(turn), **found})

    def _reply(self, text: str) -> Acts:
        asked = asked_in(text)
        if self._fruitless > UNFRUITFUL:
            yield from leave("lost", self._words.not_understood())
        if self._deal.accepted and says_done(text):
            self.goal = "booking"
            yield from leave("booked", self._words.thanks_for_booking())
        if self._message and took_message(text):
            self.goal = "message"
            yield from leave("message", self._words.thanks_for_booking())
        if asked == "name":
            self._name_given += 1
            yield Ask(self._words.name(spelled=self._name_given > 1))
        elif asked in ("number", "same_number"):
            yield Ask(self._words.number(same=asked == "same_number"))
        elif asked == "who":
            yield Ask(self._words.who())
        elif asked == "message" and self._tries.get("when", 0) >= TRIES:
            self._message = True
            yield Ask(self._words.message())
        elif asked == "confirm" and self._message:
            yield Ask(self._words.right())
        elif asked == "confirm":
            yield from self._confirm(text)
        elif asked in ("choose", "offer") or (self._at("when") and self._offered):
            yield from self._choose(asked)
        elif self._deal.accepted and not asked:
            return  # more will be said
        else:
            yield from self._go_on(text, asked)

    # --- what is to be found out

    def _at(self, topic: str) -> bool:
        return bool(self._agenda) and self._agenda[0] == topic

    def _introduce(self) -> Acts:
        self._introduced = True
        lead = self._words.again() if self._past_a_menu else ""
        yield Ask(f"{lead} {self._words.reason()} {self._topic()}".strip())

    def _topic(self) -> str:
        topic = self._agenda[0]
        self._tries[topic] = self._tries.get(topic, 0) + 1
        if topic == "price":
            return self._words.price_question()
        return self._errand.questions[int(topic)] if topic.isdigit() else self._words.when(self._tries[topic])

    def _go_on(self, text: str, asked: Asked) -> Acts:
        """The next thing to ask. A statement answers a question; a question of theirs does not."""
        topic = self._agenda[0]
        if topic == "when":
            refused = says_none(text) and self._tries.get(topic, 0) >= TRIES
            if refused or self._tries.get(topic, 0) > TRIES + 1:
                yield from leave("none", self._words.nothing())
            if asked == "book":
                self._tries[topic] = 0
            yield Ask(f"Yes. {self._topic()}" if asked == "book" else self._topic())
            return
        done = (
            asked == "book"
            or (topic == "price" and self._deal.price is not None)
            or (topic.isdigit() and asked == "")
            or says_none(text)
        )
        if done or self._tries.get(topic, 0) >= TRIES:
            self._agenda.pop(0)
        yield Ask(f"Yes. {self._topic()}" if asked == "book" and self._at("when") else self._topic())

    def _choose(self, asked: Asked) -> Acts:
        if not self._at("when"):
            self._agenda = ["when"]
        chosen = self._errand.chosen
        fitting = [slot for slot in self._offered if in_window(self._errand, slot)]
        wanted = [slot for slot in self._offered if f"{slot:%Y-%m-%dT%H:%M}" == chosen]
        if not fitting and self._tries.get("when", 0) < TRIES:
            self._offered = []
            yield Ask(self._words.other_time() + " " + self._topic())
            return
        if self._errand.step == "ask":
            yield from leave("" if self._offered else "none", self._words.will_decide())
        if not self._offered:
            yield from leave("none", self._words.nothing())
        yield from self._deal.settle((wanted or fitting or self._offered)[0], asked)

    def _confirm(self, text: str) -> Acts:
        """A read-back: what it says counts, not what was said before."""
        named = slots_in(text, self._today, self._order.agent.language)
        slot = named[0] if named else self._deal.agreed
        if self._errand.step == "ask":
            yield from leave("", self._words.will_decide())
        if slot is None:
            yield Ask(self._words.which_time())
        else:
            yield from self._deal.settle(slot, "confirm")

    # --- machines and silence

    def _menu(self, key: str) -> Acts:
        self._past_a_menu = self._waits = True
        yield Note("menu")
        if (yield Press(key)).get("ok") != "true":
            yield Say(self._words.key(key))

    def _voicemail(self) -> Acts:
        yield Note("voicemail")
        yield from use("errand_found", {"voicemail": "true"})
        yield LeaveMessage(self._words.voicemail() if self._errand.voicemail == "message" else "")

    def _silence(self, for_s: float) -> Acts:
        yield from self._end_if_cancelled()
        if self._deal.is_asking:
            yield from self._deal.wait()
        elif self._waits:
            if for_s >= self._errand.longest_hold_s:
                yield from leave("lost", self._words.held_too_long())
            yield Say("")
        elif for_s >= GIVE_UP_S:
            yield from leave("lost", self._words.cannot_hear())
        elif for_s >= STILL_THERE_S and not self._asked_after:
            self._asked_after = True
            yield Say(self._words.still_there())
        else:
            yield Say("")

    def _end_if_cancelled(self) -> Acts:
        if (yield from use("errand_news", {})).get("cancelled") == "true":
            yield HangUp(self._words.cancelled())
