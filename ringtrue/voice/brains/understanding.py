"""What a caller means: words that give an intent away, and likeness in meaning to how intents are put. In doubt, "unknown"."""

from __future__ import annotations

import re

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.agent import Escalation, Service
from ringtrue.voice.brains import giving_away as hint
from ringtrue.voice.brains.answers import place_served
from ringtrue.voice.brains.escalation_words import is_about_people, trigger
from ringtrue.voice.brains.knowledge import Knowledge
from ringtrue.voice.brains.phrases import plain, recognise
from ringtrue.voice.brains.retrieving import tokens, with_synonyms
from ringtrue.voice.brains.seeds import REFUSED_WORDS

KNOWN_AT = 0.62
"""Cosine above which a seed phrasing alone decides; with a giving-away word `HINTED_AT` is enough. Tuned on the questions in tests/."""
HINTED_AT = 0.28
FAQ_AT = 0.70
FAQ_WITH_WORDS_AT = 0.42
NEED_AT = 0.45
NEED_MARGIN = 0.06
AREA_AT = 0.45
DESCRIBED_AT = 0.33
SITUATION_AT = 0.52


class Meaning(msgspec.Struct, frozen=True):
    """`source` names the fact ("faq:parking", "service:Crown"); `services` are those named, `strange` the content words that none of
    the business's facts hold."""

    intent: str
    source: str = ""
    score: float = 0.0
    services: tuple[Service, ...] = ()
    strange: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()


def strip_lead(text: str) -> str:
    words = plain(text)
    return hint.LEAD.sub("", words + " ").strip() or words


class Understanding:
    """`understand` is pure; the embedding of the (stripped) text is made by the caller of it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.known = knowledge
        self.agent = knowledge.agent
        self._triggers = [(escalation, trigger(escalation)) for escalation in self.agent.escalations]
        self._faq_words = [set(tokens(with_synonyms(f"{faq.question} {faq.answer}"))) for faq in self.agent.faqs]

        self._proper = [_proper_names(faq.answer) for faq in self.agent.faqs]

    def escalation(self, text: str, flags: frozenset[str]) -> Escalation | None:
        """The first rule whose words are said; a rule about "a person" by any wording of that wish."""
        words = f" {plain(text)} "
        for escalation, pattern in self._triggers:
            if is_about_people(escalation):
                if "person" in flags:
                    return escalation
                if pattern and re.search(rf"(?:speak|talk|get|put|transfer|connect|reach|need|want)\b.*{pattern}", words):
                    return escalation
            elif pattern and re.search(pattern, words):
                return escalation
        return None

    def understand(self, text: str, vector: NDArray[np.float32]) -> Meaning:
        flags = frozenset(recognise(text, self.agent.language))
        words = strip_lead(text)
        near = self.known.nearest(vector)
        by_intent: dict[str, tuple[float, str]] = {}
        for (intent, source), value in near.items():
            if value > by_intent.get(intent, (-1.0, ""))[0]:
                by_intent[intent] = (value, source)
        services = tuple(self.known.services_named(words))
        content = list(dict.fromkeys(tokens(with_synonyms(words))))
        strange = tuple(word for word in content if word not in self.known.known_words and word not in hint.PLAIN_WORDS)

        def is_(intent: str, source: str = "", score: float | None = None, with_services: bool = True) -> Meaning:
            value = by_intent.get(intent, (0.0, ""))[0] if score is None else score
            return Meaning(intent, source, round(max(value, 0.0), 3), services if with_services else (), strange, flags)

        if rule := self.escalation(text, flags):
            return is_("escalation", rule.id, 1.0)
        if kind := self._refused(words, by_intent):
            return is_("refused", kind, by_intent["refused"][0])
        if "robot" in flags:
            return is_("robot", score=1.0)
        if "person" in flags:
            return is_("person", score=1.0)
        if len(words.split()) <= 6 and "repeat" in flags:
            return is_("repeat", score=1.0)

        def says(pattern: str) -> bool:
            return re.search(pattern, words) is not None

        faq, faq_meaning = self._faq(words, vector, by_intent)
        cosine = {intent: value for intent, (value, _) in by_intent.items()}
        if says(hint.AREA) and not says(hint.BOOK) and place_served(self.agent, words):
            return is_("area", "area", max(cosine["area"], 0.5))
        if (
            services
            and faq_meaning < 0.6
            and says(hint.SERVICE)
            and not says(hint.BOOK)
            and not says(hint.PRICE)
            and not says(hint.AREA)
            and not strange
        ):
            return is_("service", f"service:{services[0].name}", max(cosine["service"], 0.6))
        wants_time = says(hint.BOOK) and cosine["book"] >= 0.45 and cosine["book"] > faq_meaning
        if (
            faq
            and faq.score >= 0.9
            and not wants_time
            and not (says(hint.CANCEL) and hint.MINE.search(words) and not hint.CLEAR.search(words))
        ):
            return msgspec.structs.replace(faq, services=services, strange=strange, flags=flags)
        if says(hint.CANCEL) and not (faq and hint.CLEAR.search(words)) and (not faq or hint.MINE.search(words)):
            return is_("cancel", score=max(cosine["cancel"], 0.6))
        if says(hint.MESSAGE):
            return is_("message", score=max(cosine["message"], 0.6))
        if (
            says(hint.HOURS)
            and max(cosine["hours"], 0.0) >= HINTED_AT
            and not (says(hint.BOOK) and cosine["book"] > cosine["hours"] + 0.1)
        ):
            return is_("hours", "hours")
        if faq and faq.score >= 0.75 and not wants_time:
            return msgspec.structs.replace(faq, services=services, strange=strange, flags=flags)
        timed = services or (cosine["duration"] >= HINTED_AT and cosine["duration"] > cosine["hours"])
        if timed and says(hint.DURATION) and not says(hint.PRICE):
            return is_("duration", f"service:{services[0].name}" if services else "")
        if says(hint.PRICE):
            if services:
                return is_("price", f"service:{services[0].name}", max(cosine["price"], 0.6))
            if faq:
                return msgspec.structs.replace(faq, flags=flags)
            return is_("price", "", max(cosine["price"], 0.3))
        if says(hint.ADDRESS) and cosine["address"] >= HINTED_AT:
            return is_("address", "address")
        if says(hint.PHONE) and cosine["phone"] >= 0.45:
            return is_("phone", "phone")
        if says(hint.EMAIL) and cosine["email"] >= 0.55:
            return is_("email", "email")
        if says(hint.WEB) and cosine["website"] >= 0.55:
            return is_("website", "website")
        if says(hint.SERVICES) and cosine["services"] >= 0.45:
            return is_("services", "services")
        if says(hint.SERVICE) and not says(hint.BOOK):
            if services and (not [word for word in strange if len(word) > 2] or self.known.fully_named(services[0], words)):
                return is_("service", f"service:{services[0].name}", max(cosine["service"], 0.6))
            if not faq and not says(hint.AREA):
                return is_("service", "", cosine["service"])
        if (
            says(hint.AREA)
            and (
                cosine["area"] >= AREA_AT
                or place_served(self.agent, words)
                or re.search(r"\b(?:home|house) (?:visits?|calls?)\b", words)
            )
            and cosine["area"] + 0.25 > cosine["book"]
        ):
            return is_("area", "area")
        if faq and not wants_time:
            return msgspec.structs.replace(faq, services=services, strange=strange, flags=flags)
        if says(hint.BOOK) and cosine["book"] >= HINTED_AT and cosine["book"] + 0.15 >= cosine["elsewhere"]:
            return is_("book", score=max(cosine["book"], 0.5))
        if "goodbye" in flags:
            return is_("goodbye", score=1.0)
        if re.match(r"(?:what|how) about\b|and (?:on )?\w+$", plain(text)) and not services and says(hint.DAYS):
            return is_("hours", "hours", max(cosine["hours"], 0.5))

        best = max(
            (intent for intent in cosine if intent not in ("need", "faq", "refused", "escalation")), key=lambda i: cosine[i]
        )
        if cosine[best] >= KNOWN_AT and best not in ("elsewhere", "service", "repeat", "person", "goodbye"):
            return is_(best, best if best in ("hours", "address", "phone", "email", "website", "area", "services") else "")
        near_rule, rule_id = self._situation(near)
        told = " ".join(word for word in with_synonyms(words).split() if not set(tokens(word)) & hint.WEAK)
        need, need_source = by_intent.get("need", (0.0, ""))
        statement = re.match(
            r"(?:i|ive|my|we|weve|our|im|theres|need|its|the|a|got|there|looking|just|havent|some|something)\b", words
        )
        if statement and (fitting := self.known.service_described(told, at_least=2)):
            return is_("need", f"service:{fitting.name}", max(need, 0.5))
        if services and statement and len(words.split()) <= 14:
            return is_("need", f"service:{services[0].name}", need)
        if (
            statement
            and (described := self.known.service_described(told))
            and near.get(("need", f"service:{described.name}"), 0.0) >= DESCRIBED_AT
        ):
            return is_("need", f"service:{described.name}", max(need, 0.5))
        if (
            need >= NEED_AT
            and (statement or len(words.split()) <= 3)
            and need > cosine["elsewhere"]
            and self._need_is_plain(near, need_source)
        ):
            return is_("need", need_source, need)
        if near_rule >= SITUATION_AT and statement and near_rule + 0.15 > cosine["elsewhere"]:
            return is_("situation", rule_id, near_rule)
        if services and len(words.split()) <= 3:
            return is_("need", f"service:{services[0].name}", need)
        return Meaning("unknown", "", round(cosine[best], 3), services, strange, flags)

    def _situation(self, near: dict[tuple[str, str], float]) -> tuple[float, str]:
        """The rule whose situation is nearest in meaning (its words were not said). Never one about wanting a person."""
        rules = {rule.id for rule in self.agent.escalations if not is_about_people(rule)}
        return max(
            ((cosine, rule) for (intent, rule), cosine in near.items() if intent == "escalation" and rule in rules),
            default=(0.0, ""),
        )

    def _need_is_plain(self, near: dict[tuple[str, str], float], source: str) -> bool:
        """No other service is about as near: "I have a toothache" is near to everything with a tooth in it."""
        others = [cosine for (intent, other), cosine in near.items() if intent == "need" and other != source]
        return not others or near[("need", source)] - max(others) >= NEED_MARGIN

    def _faq(
        self, words: str, vector: NDArray[np.float32], by_intent: dict[str, tuple[float, str]]
    ) -> tuple[Meaning | None, float]:
        """The FAQ that answers this, or None, and how near it is in meaning. Meaning alone must be strong; weaker meaning needs the words to be the FAQ's own."""
        if not self.agent.faqs:
            return None, 0.0
        elsewhere = by_intent.get("elsewhere", (0.0, ""))[0]
        wording, source = by_intent.get("faq", (0.0, ""))
        content = [word for word in dict.fromkeys(tokens(with_synonyms(words))) if word not in hint.WEAK]
        found = self.known.faqs.search(with_synonyms(words), vector, top=3)
        ranked: list[tuple[float, float, float, int]] = []
        for one in found:
            faq = self.agent.faqs[one.at]
            meaning = max(one.meaning, wording if faq.id == source else -1.0)
            weights = {word: self.known.faqs.idf(word) for word in content}
            covered = sum(weight for word, weight in weights.items() if word in self._faq_words[one.at]) / (
                sum(weights.values()) or 1.0
            )
            ranked.append((meaning + 0.5 * covered, meaning, covered, one.at))
        if source and all(self.agent.faqs[at].id != source for _, _, _, at in ranked):
            at = next(i for i, faq in enumerate(self.agent.faqs) if faq.id == source)
            ranked.append((wording, wording, 0.0, at))
        ranked.sort(reverse=True)
        _, meaning, covered, at = ranked[0]
        faq = self.agent.faqs[at]
        told = bool(
            re.match(r"(?:do|does|are|is|can|could|will) (?:you|i|we|my|it|there)\b", words)
        )  # a question of yes or no about the business
        new = [word for word in content if word not in self.known.known_words and word not in hint.PLAIN_WORDS]
        from_wording = faq.id == source and wording >= meaning
        sure = meaning >= elsewhere and (
            meaning >= 0.8 or (meaning >= FAQ_AT and (covered >= 0.5 or (from_wording and (meaning >= 0.76 or not new))))
        )
        worded = meaning >= FAQ_WITH_WORDS_AT and covered >= 0.5 and meaning + 0.15 >= elsewhere
        named = ((covered >= 0.75 and meaning >= 0.15 and elsewhere < 0.6) or (covered >= 0.9 and meaning >= 0.4)) and (
            len(content) > 1 or told
        )
        named = named or (
            told and covered >= 0.35 and wording >= 0.4 and source == faq.id and bool(set(content) & self._proper[at])
        )
        if not (sure or worded or named):
            return None, meaning
        score = max(meaning, 0.5 + 0.4 * covered if worded or named else 0.0)
        return Meaning("faq", f"faq:{faq.id}", round(min(1.0, score), 3)), meaning

    def _refused(self, words: str, by_intent: dict[str, tuple[float, str]]) -> str:
        cosine, kind = by_intent.get("refused", (0.0, ""))
        others = max(
            (value for intent, (value, _) in by_intent.items() if intent not in ("refused", "elsewhere", "help")), default=0.0
        )
        pattern = REFUSED_WORDS.get(kind.lower(), "")
        hits = len(set(re.findall(pattern, words))) if pattern else 0
        asks = re.match(r"(?:do|does|can|could|are|is|what|how|when|where|will|would)\b", words) is not None
        near = cosine >= (0.58 if asks else 0.5) or (hits >= 2 and cosine >= 0.42 and not asks)
        if hits and near and cosine > others:
            return kind
        for kind in self.agent.handling.refuse:
            if kind.lower() not in REFUSED_WORDS and re.search(rf"\b{re.escape(kind.lower())}\b", words):
                return kind
        return ""


def _proper_names(answer: str) -> set[str]:
    """Stems of capitalised words that do not begin a sentence: insurers, people, streets."""
    return {stem for word in re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][a-z]+", answer) for stem in tokens(word)}
