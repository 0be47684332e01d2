"""What is said on an errand. English, US and GB."""

from __future__ import annotations

from datetime import date, datetime

from ringtrue.voice.agent import CallOrder, Errand
from ringtrue.voice.brains.dates import spoken_day
from ringtrue.voice.brains.errand_limits import money
from ringtrue.voice.brains.names import spell_out
from ringtrue.voice.brains.numbers_spoken import in_groups
from ringtrue.voice.brains.style import tidy
from ringtrue.voice.brains.times import spoken_time

KEYS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Words:
    """`use(order)` before anything else: what is said of days depends on today."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._name = errand.on_behalf_of
        self._first = self._name.split()[0]

    def use(self, order: CallOrder, today: date) -> None:
        self._order, self._today = order, today

    def subject(self) -> str:
        return f"{self._errand.wish}, for {self._name}"

    # --- who calls, and why

    def again(self) -> str:
        """To the person behind a menu or a queue: what the opening told to a machine."""
        recorded = self._order.recording.flow == "announce" and self._order.storage_mode != "metadata_only"
        notice = " This call is recorded. If you don't want that, just say so." if recorded else ""
        return f"Hello, this is the AI assistant of {self._name}.{notice}"

    def reason(self) -> str:
        return f"I'm calling for {self._name}, who would like {self._errand.wish}."

    def who(self) -> str:
        return f"I'm the AI assistant of {self._name}. I'm calling about {self._errand.wish}."

    def name(self, *, spelled: bool) -> str:
        return f"The name is {self._name}." + (f" Spelled {spell_out(self._name)}." if spelled else "")

    def number(self, *, same: bool) -> str:
        number = self._errand.number
        if not number and same:
            return "Yes, please."
        groups = in_groups(number or self._order.from_number, self._order.agent.country)
        return f"No, the number is {groups}." if same else f"It's {groups}."

    def message(self) -> str:
        return f"Yes, please. {self._name} would like {self._errand.wish}{self._window()}, and asks you to call back."

    # --- finding out

    def price_question(self) -> str:
        return f"How much would {self._errand.wish} be?"

    def when(self, times: int) -> str:
        errand = self._errand
        chosen = self._slot(datetime.fromisoformat(errand.chosen)) if errand.chosen else ""
        if times > 1:
            window = self._window().strip()
            return f"{window[:1].upper()}{window[1:]}, please."
        if errand.step == "book":
            return tidy(f"I would like to book {errand.wish}{' ' + chosen if chosen else self._window()}.")
        return f"I would like to book {errand.wish}{self._window()}. Which times do you have?"

    def _window(self) -> str:
        errand = self._errand
        part = f" in the {errand.part}" if errand.part else ""
        earliest = self._day(errand.earliest) if errand.earliest > self._today.isoformat() else ""
        latest = self._day(errand.latest) if errand.latest else ""
        if earliest and earliest == latest:
            return f"{earliest}{part}"
        if earliest:
            return f"{earliest}{part}, or on one of the days after it"
        return f" as soon as possible{part}" + (f", at the latest{latest}" if latest else "")

    def _day(self, day: str) -> str:
        said = spoken_day(date.fromisoformat(day), self._today)
        return f" {said}" if said in ("today", "tomorrow") else f" on {said}"

    def _slot(self, slot: datetime) -> str:
        said = spoken_day(slot.date(), self._today)
        on = "" if said in ("today", "tomorrow") else "on "
        return f"{on}{said} at {spoken_time(f'{slot:%H:%M}', self._order.agent.language)}"

    def other_time(self) -> str:
        return "Is there another time?"

    def right(self) -> str:
        return "Yes, that's right."

    def which_time(self) -> str:
        return "Which day and time would that be?"

    # --- agreeing

    def accept(self, slot: datetime, *, briefly: bool) -> str:
        said = self._slot(slot)
        return "Yes, please." if briefly else f"{said[:1].upper()}{said[1:]}, please."

    def answered_yes(self, slot: datetime, *, briefly: bool) -> str:
        return f"Thank you for waiting. {self._first} agrees. {self.accept(slot, briefly=briefly)}"

    def one_moment(self, price: float | None) -> str:
        too_dear = price is not None and self._errand.most is not None and price > self._errand.most
        why = f"{money(self._errand, price)} is" if too_dear and price is not None else "That is"
        return (
            f"{why} more than I may agree to alone. I'll ask {self._first} now. It will take a moment, please stay on the line."
        )

    def still_asking(self, times: int) -> str:
        each = (
            f"Thank you for waiting. I'm still waiting for {self._first}.",
            "It takes a moment longer, thank you.",
            f"I'm still waiting for the answer of {self._first}.",
            "Just a little longer, please.",
        )
        return each[times % len(each)]

    # --- the end

    def thanks_for_booking(self) -> str:
        return "Thank you very much. Goodbye."

    def will_decide(self) -> str:
        return f"Thank you, that is all I need to know. {self._first} will decide and call you back. Goodbye."

    def nothing(self) -> str:
        return "Thank you, then it can't be helped. Goodbye."

    def declined(self) -> str:
        return "Thank you for your time, but that doesn't suit. Please don't book it. Goodbye."

    def call_back(self) -> str:
        return f"I'm sorry, I can't reach {self._first} now. Please don't book it yet. We will call you back. Goodbye."

    def cancelled(self) -> str:
        return f"I'm sorry, {self._first} doesn't need it any more. Please don't book anything. Thank you, goodbye."

    def not_understood(self) -> str:
        return f"I'm sorry, I can't go on alone. {self._first} will call you. Goodbye."

    def voicemail(self) -> str:
        number = self._errand.number
        back = f" Please call back on {in_groups(number, self._order.agent.country)}." if number else ""
        return f"{self.again()} {self.reason()}{back} Thank you, goodbye."

    def still_there(self) -> str:
        return "Are you still there?"

    def cannot_hear(self) -> str:
        return "I can't hear you, so I'll hang up now. Goodbye."

    def held_too_long(self) -> str:
        return "I've been waiting for a long time. We will call again. Goodbye."

    def key(self, key: str) -> str:
        return f"{KEYS[int(key)].capitalize()}." if key.isdigit() else ""
