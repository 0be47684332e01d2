"""Which answer belongs to a meaning, and what this call allows: messages, bookings, transfers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ringtrue.voice.agent import CallOrder, Escalation
from ringtrue.voice.brains import answers, hours
from ringtrue.voice.brains.answers import Answer
from ringtrue.voice.brains.escalation_words import is_about_people
from ringtrue.voice.brains.message_form import reason_in
from ringtrue.voice.brains.phrases import plain
from ringtrue.voice.brains.style import Style, listed
from ringtrue.voice.brains.understanding import Meaning

_FACTS = {"hours", "address", "phone", "email", "website", "services", "service", "price", "duration", "area", "faq", "need"}


def answers_itself(meaning: Meaning) -> bool:
    """A question about a fact (as against something to be done)."""
    return meaning.intent in _FACTS


class Replies:
    def __init__(self, order: CallOrder, style: Style) -> None:
        self._order, self._style = order, style
        self._agent = order.agent
        keeps = order.storage_mode != "metadata_only"  # nothing that is said may be kept, so there is nothing to take down
        self.can_message = self._agent.handling.take_messages and keeps
        self.can_book = self._agent.handling.book and keeps and any(service.bookable for service in self._agent.services)

    def answer(self, meaning: Meaning, text: str, now: datetime) -> Answer | None:
        """From the facts; `source` is "" when the business has none for this, and then `text` says what is not known (or is "")."""
        agent = self._agent
        service = next((one for one in agent.services if f"service:{one.name}" == meaning.source), None)
        if meaning.intent == "hours":
            return answers.about_hours(agent, text, now)
        if meaning.intent in ("address", "phone", "email", "website", "services"):
            return {
                "address": answers.address,
                "phone": answers.phone,
                "email": answers.email,
                "website": answers.website,
                "services": answers.services,
            }[meaning.intent](agent)
        if meaning.intent == "area":
            return answers.area(agent, text)
        if meaning.intent == "faq":
            faq = next((one for one in agent.faqs if f"faq:{one.id}" == meaning.source), None)
            return Answer(faq.answer, meaning.source) if faq else None
        if meaning.intent == "price":
            return self._price(meaning, service, text)
        if meaning.intent == "duration":
            return answers.duration(service) if service else Answer("")
        if meaning.intent == "need":
            return answers.need(service) if service else Answer("")
        return self._service(meaning, service)

    def _price(self, meaning: Meaning, service: Any, text: str) -> Answer:
        if service:
            return answers.price(self._agent, service)
        generic = re.fullmatch(
            r"(?:(?:so|and|what|whats|are|is|your|the|how|much|do|does|you|guys|charge|cost|costs|price|prices|pricing|rates|fees|it|for|a|an|visit|appointment|things|"
            r"services|service|would|will|me|tell|about|can|give|i|pay|of|in|general|usually|normally|idea|rough|roughly|expensive|list) ?)+",
            plain(text),
        )
        return answers.prices(self._agent) if generic else Answer("I'm sorry, I don't have a price for that.")

    def _service(self, meaning: Meaning, service: Any) -> Answer:
        if service:
            return answers.has_service(service)
        names = [one.name for one in self._agent.services]
        if not names or not meaning.strange:
            return Answer("")
        return Answer(
            f"I don't have that among our services. I know about {listed(names[:5])}{' and others' if len(names) > 5 else ''}."
        )

    # --- what this call allows

    def about(self, intent: str, text: str) -> tuple[str, str]:
        """What to say first and the message's reason, for a wish that only people at the business can fulfil."""
        said = text.strip(" .?!")
        if intent == "cancel":
            return (
                "I can't change appointments myself, but I can pass it on."
                if self.can_message
                else "I can't change appointments myself."
            ), said
        if intent == "complaint":
            return "I'm sorry to hear that.", said
        if intent == "bill":
            return "", said
        return "", reason_in(text)

    def person_rule(self) -> Escalation | None:
        rules = self._agent.escalations if self._agent.handling.transfer else []
        return next((rule for rule in rules if is_about_people(rule)), None)

    def available(self, rule: Escalation, now: datetime) -> bool:
        return rule.hours == "always" or hours.open_at(self._agent, now) == (rule.hours == "open")

    def reachable(self, now: datetime) -> Escalation | None:
        rule = self.person_rule()
        return rule if rule and self.available(rule, now) else None

    def not_there(self, rule: Escalation, now: datetime) -> str:
        return f"I'm sorry, I can't reach {rule.person} at the moment. {hours.opens_again(self._agent, now) if rule.hours == 'open' else ''}".strip()

    def call_again(self, now: datetime) -> str:
        week = hours.week_words(self._agent)
        return f"Please call us again in our opening hours. {week}".strip() if week else "Please call us again later."
