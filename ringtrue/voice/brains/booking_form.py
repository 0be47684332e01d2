"""Booking: service, day and time, offers from the calendar (three at most), name, number, read-back, and only then the tool."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from ringtrue.voice.agent import Agent, CallOrder, Service
from ringtrue.voice.brains import hours, slots
from ringtrue.voice.brains.acts import Act, Ask, Note, Say, Use
from ringtrue.voice.brains.collecting import TRIES, Contact, Turn, given_up
from ringtrue.voice.brains.dates import date_in, spoken_day
from ringtrue.voice.brains.style import Style, listed, tidy
from ringtrue.voice.brains.times import Wish, in_hours, time_in


class BookingForm:
    """`finished` when it is over, `booked` when the calendar said so."""

    kind = "booking"

    def __init__(
        self,
        order: CallOrder,
        style: Style,
        now: datetime,
        find_services: Callable[[str], list[Service]],
        *,
        service: Service | None = None,
        name: str = "",
        number: str = "",
    ) -> None:
        self._order, self._style, self._now, self._find = order, style, now, find_services
        self._agent: Agent = order.agent
        self.contact = Contact(order, style, name, number)
        bookable = [one for one in self._agent.services if one.bookable]
        self.service = service or (bookable[0] if len(bookable) == 1 else None)
        self.day: date | None = None
        self.wish = Wish()
        self.offers: list[datetime] = []
        self.start_at: datetime | None = None
        self.step = ""
        self.finished = self.booked = False
        self.failed = ""
        self._tries: dict[str, int] = {}
        self._asked_day = False
        self._unsure = False  # `book` was asked for and its outcome never came

    # --- what the receptionist calls

    def start(self, text: str = "") -> list[Act]:
        self._read_when(text)
        return self._go_on(self._style("of_course"))

    def prompt(self) -> list[Act]:
        return self._go_on("")

    def fits(self, turn: Turn) -> bool:
        question = re.match(r"(?:what|when|where|how|who|why|do|does|is there|are you|is it)\b", turn.words)
        if self.step == "contact":
            return self.contact.fits(turn)
        if self.step == "service":
            return bool(self._find(turn.text)) and not question
        if self.step == "when":
            return (self._says_when(turn.text) and not re.search(r"\b(?:open|close|closed|hours)\b", turn.words)) or turn.no()
        if self.step == "choose":
            return not question and (self._choice(turn) is not None or turn.yes() or turn.no() or self._says_when(turn.text))
        return self.step == "confirm" and (turn.yes() or turn.no())

    def take(self, turn: Turn) -> list[Act]:
        if given_up(turn) and not turn.digits:
            self.finished = True
            return [Note("booking_dropped"), Ask(f"{self._style('all_right')} {self._style('anything_else')}")]
        step = {
            "service": self._took_service,
            "when": self._took_when,
            "choose": self._took_choice,
            "confirm": self._took_confirm,
        }.get(self.step)
        if step is not None:
            return step(turn)
        if self.step == "contact":
            self.contact.take(turn)
            lead = f"Thank you, {self.contact.name.split()[0]}." if self.contact.step == "name" and self.contact.name else ""
            return self._go_on(lead)
        if self.step == "booking":
            self._unsure = True
        return self._go_on("")

    def after(self, tool: str, result: dict[str, str], failure: str) -> list[Act]:
        return self._found(result, failure) if tool == "find_slots" else self._made(result, failure)

    # --- the steps

    def _go_on(self, lead: str) -> list[Act]:
        if self.service is None:
            self.step = "service"
            names = [one.name for one in self._agent.services if one.bookable]
            shown = listed(names[:4], "or") if len(names) <= 6 else f"{', '.join(names[:4])}, or something else"
            return [Ask(f"{lead} What would you like to book: {shown}?".strip())]
        if self.start_at is None:
            if self.offers:
                return self._offer(lead)
            if not self._asked_day and self.day is None and not self._when_said():
                self.step = "when"
                self._asked_day = True
                return [Ask(f"{lead} {self.service.name}, all right. What day and time would suit you?".strip(), "date")]
            return self._search(lead)
        if ask := self.contact.ask(lead):
            self.step = "contact"
            return [ask]
        if not self.contact.name and not self.contact.number:
            return self._lost("contact")
        return self._read_back(lead)

    def _took_service(self, turn: Turn) -> list[Act]:
        found = [one for one in self._find(turn.text) if one.bookable]
        self._read_when(turn.text)
        if found:
            self.service = found[0]
            return self._go_on("")
        if self._failed("service"):
            return self._lost("service")
        return self._go_on("Sorry, I don't have that in the calendar.")

    def _took_when(self, turn: Turn) -> list[Act]:
        if re.search(
            r"\b(?:any ?(?:time|day)|whenever|as soon as|earliest|first available|next available|asap|soonest|doesnt matter|dont mind|no preference|flexible|you choose|what do you have|whatever)\b",
            turn.words,
        ):
            return self._search("")
        if not self._read_when(turn.text):
            if self._failed("when"):
                return self._search("")
            return [Ask("Sorry, which day would suit you? You can also say the first one that is free.", "date")]
        if self.day and not hours.spans_on(self._agent, self.day)[0] and self._agent.hours.weekly:
            closed = hours.about_day(self._agent, self.day, self._now)
            self.day = None
            if self._failed("when"):
                return self._search(closed)
            return [Ask(tidy(f"{closed} Which day would suit you?"), "date")]
        return self._search("")

    def _search(self, lead: str) -> list[Act]:
        self.step = "searching"
        assert self.service is not None
        time = ""
        if self.wish.hour >= 0:
            spans = hours.spans_on(self._agent, self.day)[0] if self.day else []
            hour, minute = in_hours(self.wish, spans)
            time = f"{hour:02d}:{minute:02d}"
        part = "afternoon" if self.wish.part == "evening" else self.wish.part
        arguments = {"service": self.service.name, "day": self.day.isoformat() if self.day else "", "part": part, "time": time}
        acts: list[Act] = [Say(lead)] if lead else []
        return [*acts, Use("find_slots", arguments, filler="Let me look at the calendar.")]

    def _found(self, result: dict[str, str], failure: str) -> list[Act]:
        if failure:
            return self._lost("calendar")
        free = slots.read(result.get("slots", ""))
        if not free and (self.day or self._when_said()):
            if not self._failed("search") and self.day:
                day = spoken_day(self.day, self._now.date())
                self.day, self.wish = None, Wish()
                return self._search(f"I'm sorry, there is nothing free {'on ' if day not in ('today', 'tomorrow') else ''}{day}.")
            if self._tries.get("search", 0) < 3:
                self._tries["search"] = 3
                self.day, self.wish = None, Wish()
                return self._search("")
        if not free:
            return self._lost("full")
        self.offers = slots.nearest(free, self.wish, self._agent)
        return self._offer("")

    def _offer(self, lead: str) -> list[Act]:
        self.step = "choose"
        question, wanted = slots.question(self.offers, self._now.date(), self._agent.language)
        return [Ask(tidy(f"{lead} {question}"), wanted)]

    def _took_choice(self, turn: Turn) -> list[Act]:
        chosen = self._choice(turn)
        if chosen is not None:
            self.start_at, self.offers = chosen, []
            return self._go_on("Good.")
        if (
            self._says_when(turn.text)
            or re.search(r"\b(?:another|other|different|later|earlier|none|neither|something else)\b", turn.words)
            or turn.no()
        ):
            had = self.offers[0].date()
            self.offers = []
            if self._read_when(turn.text):
                self.day = self.day or had
                return self._search("")
            if re.search(r"\blater\b", turn.words) and "day" not in turn.words:
                self.day, self.wish = had, Wish(part="afternoon")
                return self._search("")
            if self._failed("choose"):
                return self._lost("choose")
            self.day, self.wish, self.step = None, Wish(), "when"
            return [Ask("All right. Which other day or time would suit you?", "date")]
        if not turn.yes() and self._failed("choose"):
            return self._lost("choose")
        return self._offer("Sorry, which one was it?")

    def _choice(self, turn: Turn) -> datetime | None:
        return slots.chosen(turn, self.offers, self._now.date(), self._agent)

    def _read_back(self, lead: str) -> list[Act]:
        self.step = "confirm"
        assert self.service is not None
        assert self.start_at is not None
        said = f"{lead} So that is {self.service.name}, {slots.spoken(self.start_at, self._now.date(), self._agent.language)}, for {self.contact.read_back()}. Shall I book it?"
        return [Ask(tidy(said), "yes_no")]

    def _took_confirm(self, turn: Turn) -> list[Act]:
        words = turn.words
        if turn.clear_yes() and not turn.digits:
            if turn.cut and not self._failed("heard_out"):
                return self._read_back("")  # a yes to half a read-back is none, the first time
            return self._book()
        if re.search(r"\b(?:time|day|date|later|earlier)\b", words) or (self._says_when(turn.text) and turn.no()):
            self.start_at, self.offers = None, []
            self._asked_day = self._read_when(turn.text)
            self.day = self.day if self._asked_day else None
            return self._go_on(self._style("all_right"))
        if self.contact.correct(turn):
            return self._go_on("Thank you.")
        for what in ("name", "number"):
            if re.search(rf"\b{what}\b", words):
                self.contact.forget(what)
                return self._go_on(self._style("all_right"))
        if self._failed("confirm"):
            return self._lost("confirm")
        if turn.no():
            return [Ask(self._style("what_to_change", other="time"))]
        return self._read_back("Sorry.")

    def _book(self) -> list[Act]:
        self.step = "booking"
        assert self.service is not None
        assert self.start_at is not None
        arguments = {
            "service": self.service.name,
            "start": self.start_at.strftime("%Y-%m-%dT%H:%M"),
            "name": self.contact.name,
            "number": self.contact.number,
        }
        return [Use("book", arguments, filler="One moment, I'm booking that.")]

    def _made(self, result: dict[str, str], failure: str) -> list[Act]:
        assert self.service is not None
        assert self.start_at is not None
        if not failure and result.get("booked") == "true":
            self.finished = self.booked = True
            thanks = f"Thank you, {self.contact.name.split()[0]}." if self.contact.name else "Thank you."
            said = f"{thanks} You are booked: {self.service.name}, {slots.spoken(self.start_at, self._now.date(), self._agent.language)}."
            return [Note("booking", "tool:book", 1.0), Say(tidy(said)), Ask(self._style("anything_else"))]
        if failure == "slot_taken" and not self._unsure:
            if self._failed("taken") and self._tries["taken"] > TRIES:
                return self._lost("full")
            self.day = self.start_at.date()
            self.wish = Wish(hour=self.start_at.hour, minute=self.start_at.minute, sure=True)
            self.start_at, self.offers = None, []
            return self._search("I'm sorry, that time has just been taken.")
        return self._lost("calendar")

    # --- reading

    def _when_said(self) -> bool:
        return bool(self.wish.hour >= 0 or self.wish.part)

    def _says_when(self, text: str) -> bool:
        wish = time_in(text)
        return wish.hour >= 0 or bool(wish.part) or date_in(text, self._now.date(), language=self._agent.language) is not None

    def _read_when(self, text: str) -> bool:
        today = self._now.date()
        day = date_in(text, today, language=self._agent.language, place=self._agent.hours.public_holidays)
        wish = time_in(text)
        if day is not None:
            if day == today and re.search(r"\b(?:as soon as possible|asap|straight away)\b", text.lower()):
                day = None
            self.day = day
        if wish.hour >= 0 or wish.part:
            self.wish = wish
        if self.day and self.day < today:
            self.day = today
        return day is not None or wish.hour >= 0 or bool(wish.part)

    def _failed(self, step: str) -> bool:
        self._tries[step] = self._tries.get(step, 0) + 1
        return self._tries[step] >= TRIES

    def _lost(self, why: str) -> list[Act]:
        self.finished = True
        self.failed = why
        return []
