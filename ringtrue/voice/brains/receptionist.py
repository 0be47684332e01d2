"""The brain that needs no model and no key. It answers from the business's facts, takes messages, books, transfers, and says so
when it does not know.

It never invents: every answer is made in `answers.py` from the agent's snapshot, and every Understood note names its source.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from ringtrue.voice.agent import CallOrder, Service
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Note, Say, Transfer, Use
from ringtrue.voice.brains.after_booking import KEPT, AfterBooking
from ringtrue.voice.brains.booking_form import BookingForm
from ringtrue.voice.brains.collecting import Turn
from ringtrue.voice.brains.hours import local_now
from ringtrue.voice.brains.knowledge import Knowledge, know
from ringtrue.voice.brains.meanings import in_context, worth_answering
from ringtrue.voice.brains.message_form import MessageForm, next_step
from ringtrue.voice.brains.names import name_in
from ringtrue.voice.brains.phrases import plain, recognise
from ringtrue.voice.brains.questions import ASKING, PARTS, is_question
from ringtrue.voice.brains.replying import Replies, answers_itself
from ringtrue.voice.brains.style import Style
from ringtrue.voice.brains.understanding import Meaning, Understanding, strip_lead
from ringtrue.voice.port import ToolFailed
from ringtrue.voice.speech.kinds import Embedder


class Receptionist:
    """One per call. `embedder` is shared by all calls of the process."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.goal = ""
        self._form: MessageForm | BookingForm | None = None
        self._offer: tuple[str, Any] = ("", None)  # what the last question offered: "message", "book", "transfer"
        self._last: list[Act] = []  # what was said last, for "say that again"
        self._asked = ""  # the last question
        self._name = ""
        self._facts: dict[str, Any] = {}
        self._answered: list[str] = []
        self._missed = 0  # turns in a row that made no sense
        self._silences = 0
        self._topic: tuple[str, Service | None] = ("", None)

    async def prepare(self, order: CallOrder) -> None:
        self._order = order
        self._agent = order.agent
        self._known: Knowledge = await know(order.agent, self._embedder)
        self._understanding = Understanding(self._known)
        self._style = Style(order.agent)
        self._replies = Replies(order, self._style)
        self._after_booking = AfterBooking(order)

    @property
    def _now(self) -> datetime:
        """Where the business is."""
        return local_now(self._agent, self._order.now)

    # --- the protocol of acts.py

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield self._said(Ask(self._agent.greeting or self._style("how_help")))

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        """Never raises for what a caller says. The state is ready for the next turn before every yield."""
        self._silences = 0
        acts = await self._respond(heard)
        self._last = []
        while acts:
            act = acts.pop(0)
            if isinstance(act, Use | Transfer):
                result: dict[str, str] = {}
                failure = ""
                try:
                    result = (yield act) or {}
                except ToolFailed as failed:
                    failure = str(failed) or "failed"
                acts = self._after(act, result, failure)
            else:
                yield self._said(act)

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        self._silences += 1
        if for_s >= self._agent.limits.silence_hang_up_s or self._silences > 2:
            yield HangUp("I can't hear you, so I'll hang up now. Please call again. Goodbye.")
        elif self._form is not None and self._asked:
            yield Ask(f"{self._style('still_there')} {self._asked}")
        else:
            yield Ask(self._style("still_there"), "yes_no")

    def facts(self) -> dict[str, Any]:
        """name, number, reason, service, start, promised, next_step, answered (sources). Nothing the caller said in metadata_only."""
        if self._order.storage_mode == "metadata_only":
            return {"answered": list(self._answered)}
        found = dict(self._facts)
        if self._form is not None:
            contact = self._form.contact
            found.setdefault("name", contact.name)
            found.setdefault("number", contact.number)
        if self._name:
            found.setdefault("name", self._name)
        return {key: value for key, value in found.items() if value} | {"answered": list(self._answered)}

    # --- one turn

    def _said(self, act: Act) -> Act:
        if isinstance(act, Say | Ask):
            self._last.append(act)
            if isinstance(act, Ask):
                self._asked = act.text
        return act

    async def _respond(self, heard: HeardTurn) -> list[Act]:
        flags = frozenset(recognise(heard.text, self._agent.language))
        turn = Turn(heard.text, flags, heard.digits, bool(heard.interrupted))
        if not turn.words and not turn.digits:
            return self._not_heard()
        if not self._name and self._order.storage_mode != "metadata_only" and (name := name_in(heard.text)):
            self._name = name
        if "opt_out" in flags:
            # The guard acts first; this is for a loop without one. Nothing else in the turn matters.
            return [Note("opt_out", score=1.0), Use("opt_out")]
        if turn.digits == "0" and not turn.words:
            return self._person()
        if "repeat" in flags and len(turn.words.split()) <= 8 and self._last:
            return [Note("repeat"), *self._last]
        if self._form is not None:
            return await self._in_form(turn)
        if answered := self._after_booking.answered(turn):
            return answered
        offer, what = self._offer
        if offer:
            self._offer = ("", None)
            if turn.yes() and not is_question(turn.text):
                return self._accepted(offer, what, turn)
            if turn.no() and len(turn.words.split()) <= 5:
                return [Note("declined"), Ask(f"{self._style('all_right')} {self._style('anything_else')}")]
        if (turn.no() and len(turn.words.split()) <= 4) or ("goodbye" in flags and len(turn.words.split()) <= 5):
            return self._goodbye()
        meanings = await self._meanings(turn)
        return self._act_on(meanings, turn)

    async def _meanings(self, turn: Turn) -> list[Meaning]:
        """What the turn means; two meanings when it asks two things that can be answered."""
        parts = [part.strip() for part in PARTS.split(turn.text) if part and len(plain(part).split()) >= 3]
        texts = [turn.text, *parts] if len(parts) > 1 else [turn.text]
        vectors = await self._embedder.embed([strip_lead(text) or text for text in texts])
        topic = self._topic
        if isinstance(self._form, BookingForm):
            topic = (topic[0], self._form.service or topic[1])
        heard = [self._understanding.understand(text, vector) for text, vector in zip(texts, vectors, strict=True)]
        each = [in_context(meaning, text, topic) for meaning, text in zip(heard, texts, strict=True)]
        return worth_answering(each)

    def _act_on(self, meanings: list[Meaning], turn: Turn) -> list[Act]:
        acts: list[Act] = []
        for at, meaning in enumerate(meanings):
            acts += self._one(meaning, turn, last=at == len(meanings) - 1)
            if any(isinstance(act, Use | Transfer | HangUp) for act in acts):
                break
        return acts

    def _one(self, meaning: Meaning, turn: Turn, *, last: bool) -> list[Act]:
        now = self._now
        if answers_itself(meaning) and (answer := self._replies.answer(meaning, turn.text, now)) and answer.text:
            self._missed = 0
            service = meaning.services[0] if meaning.services else self._topic[1]
            if meaning.intent == "need":
                service = next((one for one in self._agent.services if f"service:{one.name}" == meaning.source), service)
            self._topic = (meaning.intent, service)
            note = Note(meaning.intent, answer.source, meaning.score)
            if not answer.source:
                return [note, *self._unknown(turn, answer.text)]
            self._answered.append(answer.source)
            self.goal = self.goal or "answered"
            said: list[Act] = [note, Say(answer.text)]
            if last:
                said.append(self._follow_up(meaning, service))
            return said
        return [Note(meaning.intent, meaning.source, meaning.score), *self._act(meaning, turn, now)]

    def _follow_up(self, meaning: Meaning, service: Service | None) -> Ask:
        if meaning.intent in ("price", "service", "need") and service and service.bookable and self._replies.can_book:
            self._offer = ("book", service)
            return Ask("Would you like to book that?", "yes_no")
        return Ask(self._style("anything_else"))

    def _act(self, meaning: Meaning, turn: Turn, now: datetime) -> list[Act]:
        intent = meaning.intent
        if intent == "book":
            return self._book(turn, meaning.services[0] if meaning.services else None)
        if intent in ("message", "cancel", "complaint", "bill"):
            return self._message_about(intent, turn)
        if intent == "escalation":
            return self._transfer(meaning.source)
        if intent == "situation":
            return self._might_transfer(meaning.source, turn)
        if intent == "person":
            return self._person()
        if intent == "refused":
            return [HangUp(f"Thank you, but we don't take {meaning.source} calls on this line. Goodbye.")]
        if intent == "robot":
            name = self._agent.agent_name
            who = f"I'm {name}, an AI assistant" if name and not name.startswith("the ") else "I'm an AI assistant"
            return [Say(f"Yes, {who}, not a person."), Ask(self._style("how_help"))]
        if intent == "repeat":
            return [Ask(self._asked or self._style("how_help"))]
        if intent in ("greeting", "help"):
            return [Ask(f"{'Hello!' if intent == 'greeting' else self._style('of_course')} {self._style('how_help')}")]
        if intent == "thanks":
            return [Ask(f"{self._style('thanks')} {self._style('anything_else')}")]
        if intent == "goodbye":
            return self._goodbye()
        if intent == "language":
            return [Ask(f"I'm sorry, I can only speak English. {self._style('how_help')}")]
        if intent == "unknown" and not is_question(turn.text) and len(turn.words.split()) <= 5:
            return self._not_heard()
        return self._unknown(turn)

    # --- what the receptionist does

    def _not_heard(self) -> list[Act]:
        self._missed += 1
        if self._missed > 2:
            self._missed = 0
            return [Note("unknown"), *self._instead("I'm sorry, I still don't understand.", "")]
        return [Note("unclear"), Ask(self._style("not_heard"))]

    def _unknown(self, turn: Turn, said: str = "") -> list[Act]:
        self._missed = 0
        return self._instead(said or self._style("not_known"), turn.text)

    def _instead(self, lead: str, reason: str, *, message: bool = True) -> list[Act]:
        """What can be offered when there is no answer: a message, a person, or calling again."""
        if message and self._replies.can_message:
            self._offer = ("message", f"a question: {reason.strip(' .?')}?" if is_question(reason) else reason)
            return [Ask(f"{lead} {self._style('offer_message')}", "yes_no")]
        if rule := self._replies.reachable(now := self._now):
            self._offer = ("transfer", rule.id)
            return [Ask(f"{lead} Shall I put you through to {rule.person}?", "yes_no")]
        return [Ask(f"{lead} {self._replies.call_again(now)} {self._style('anything_else')}")]

    def _accepted(self, offer: str, what: Any, turn: Turn) -> list[Act]:
        if offer == "book":
            return [Note("book", score=1.0), *self._book(turn, what)]
        if offer == "transfer":
            return [Note("escalation", str(what), 1.0), *self._transfer(str(what))]
        return [Note("message", score=1.0), *self._take_message(str(what or ""))]

    def _take_message(self, reason: str) -> list[Act]:
        form = MessageForm(self._order, self._style, reason=reason, name=self._name, number=str(self._facts.get("number", "")))
        self._form = form
        return form.start()

    def _message_about(self, intent: str, turn: Turn) -> list[Act]:
        lead, reason = self._replies.about(intent, turn.text)
        if not self._replies.can_message:
            return self._instead(lead or "I can't take messages on this line.", "")
        acts = self._take_message(reason)
        return [Say(lead), *acts] if lead else acts

    def _book(self, turn: Turn, service: Service | None) -> list[Act]:
        if not self._replies.can_book:
            return self._instead("I can't make bookings on this line.", turn.text)
        if service is not None and not service.bookable:
            return self._instead(f"I can't book {service.name} myself.", turn.text)
        form = BookingForm(
            self._order, self._style, self._now, self._known.services_named,
            service=service, name=self._name, number=str(self._facts.get("number", "")),
        )  # fmt: skip
        self._form = form
        return self._settle(form.start(turn.text))

    def _person(self) -> list[Act]:
        rule = self._replies.person_rule()
        if rule is None:
            return self._instead("I can't put you through to a person from here.", "")
        return self._transfer(rule.id)

    def _transfer(self, rule_id: str) -> list[Act]:
        now = self._now
        rule = next((one for one in self._agent.escalations if one.id == rule_id), None)
        if rule is None or not self._agent.handling.transfer:
            return self._instead("I can't put you through from here.", "")
        if not self._replies.available(rule, now):
            return self._instead(self._replies.not_there(rule, now), "")
        self.goal = "transfer"
        self._facts.update(promised=f"transfer to {rule.person}")
        return [Say(f"I'll put you through to {rule.person} now."), Transfer(rule.id)]

    def _might_transfer(self, rule_id: str, turn: Turn) -> list[Act]:
        """Not the words of a rule but its meaning: ask before handing over."""
        now = self._now
        rule = next(one for one in self._agent.escalations if one.id == rule_id)
        if not (self._agent.handling.transfer and self._replies.available(rule, now)):
            return self._instead(self._replies.not_there(rule, now), turn.text)
        self._offer = ("transfer", rule.id)
        return [Ask(f"I'm sorry to hear that. Shall I put you through to {rule.person}?", "yes_no")]

    def _goodbye(self) -> list[Act]:
        return [Note("goodbye", score=1.0), HangUp(self._style("goodbye"))]

    # --- forms and tools

    async def _in_form(self, turn: Turn) -> list[Act]:
        form = self._form
        assert form is not None
        if "goodbye" in turn.flags and len(turn.words.split()) <= 5 and not turn.yes():
            self._form = None
            return self._goodbye()
        if not form.fits(turn) and len(turn.words.split()) >= 3 and not turn.digits:
            meaning = (await self._meanings(turn))[-1]
            if meaning.intent in ("escalation", "person", "refused"):
                self._form = None
                return self._act_on([meaning], turn)
            if form.kind == "message" and meaning.intent == "book" and form.step != "confirm" and self._replies.can_book:
                self._form = None
                return self._act_on([meaning], turn)
            if answers_itself(meaning) and meaning.intent != "need" and (ASKING.search(turn.words) or "?" in turn.text):
                now = self._now
                answer = self._replies.answer(meaning, turn.text, now)
                if answer and answer.text and answer.source:
                    self._answered.append(answer.source)
                    return [Note(meaning.intent, answer.source, meaning.score), Say(answer.text), *form.prompt()]
            elif (
                ASKING.search(turn.words)
                and meaning.intent in ("unknown", "elsewhere", "service", "price")
                and form.kind == "booking"
                and form.step != "service"
            ):
                return [Note(meaning.intent, "", meaning.score), Say(self._style("not_known")), *form.prompt()]
        return self._settle(form.take(turn))

    def _after(self, act: Use | Transfer, result: dict[str, str], failure: str) -> list[Act]:
        if isinstance(act, Transfer):
            self.goal = "answered" if self._answered else ""
            self._facts.pop("promised", None)
            person = next((one.person for one in self._agent.escalations if one.id == act.escalation_id), "anyone")
            if result.get("reason") == "declined":
                return self._instead(f"I'm sorry, {person} can't take the call just now.", "")
            return self._instead(f"I'm sorry, I couldn't reach {person}.", "")
        if act.tool == "opt_out":
            self.goal = "opt_out"
            return [HangUp("I've put your number on our do-not-call list. We won't call you again. Goodbye.")]
        if act.tool in KEPT:
            kept = bool(result.get("kept"))
            return self._after_booking.kept(act.tool, kept, self._style("all_right"), self._style("anything_else"))
        if self._form is None:
            return []
        return self._settle(self._form.after(act.tool, result, failure))

    def _settle(self, acts: list[Act]) -> list[Act]:
        """Keep what a finished form reached; offer something else when it failed."""
        form = self._form
        if form is None or not form.finished:
            return acts
        self._form = None
        contact = form.contact
        self._name = contact.name or self._name
        if contact.number:
            self._facts["number"] = contact.number
        if isinstance(form, MessageForm):
            if form.taken:
                self.goal = "message" if self.goal != "booking" else self.goal
                self._facts.update(
                    reason=form.reason, promised="the message is passed on", next_step=next_step(contact.name, contact.number)
                )
            elif form.failed:
                lead = (
                    "couldn't save your message"
                    if form.failed == "tool"
                    else "can't take a message without a number to reach you"
                )
                return [*acts, Note("message_failed", form.failed), *self._instead(f"I'm sorry, I {lead}.", "", message=False)]
        elif form.booked and form.service and form.start_at:
            self.goal = "booking"
            self._facts.update(
                service=form.service.name, start=form.start_at.strftime("%Y-%m-%dT%H:%M"), promised="an appointment"
            )
            if asked := self._after_booking.booked():
                return [*acts[:-1], *asked]
        elif form.failed:
            wish = form.service.name if form.service else ""
            lead = {
                "calendar": "I'm sorry, I can't reach the calendar to confirm that.",
                "full": "I'm sorry, I can't find a free time.",
            }.get(form.failed, "I'm sorry, I'm not getting this right.")
            return [*acts, Note("booking_failed", form.failed), *self._instead(lead, f"would like to book {wish}".strip())]
        return acts
