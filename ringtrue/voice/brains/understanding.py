"""What a caller means: words that give an intent away, and likeness in meaning to how intents are put. In doubt, "unknown"."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.agent import Escalation, Service
from ringtrue.voice.brains.answers import place_served
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


_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|yes|yeah|ok|okay|so|well|um|uh|and|oh|please|sorry|thanks|thank you|great|right|there|actually|also|"
    r"i was (?:just )?wondering (?:if|whether)?|i wanted to (?:know|ask|find out)(?: about| if| whether)?|i want to know|i d like to know|id like to know|"
    r"can you tell me|could you tell me|would you tell me|do you know|can i ask(?: you)?|could i ask(?: you)?|let me ask(?: you)?|tell me|one (?:more )?question|"
    r"i have a (?:quick )?question|just a quick question|quick question|i need to know|my question is|im calling to (?:ask|find out)(?: about| if| whether)?|"
    r"im just calling to see if|im calling to see if|i was calling to (?:see|ask) if) )+"
)

_HOURS = r"\b(?:(?:are|r|will) (?:you|yall|the \w+) (?:\w+ ){0,4}?(?:open|opened|closed|shut)|(?:you|office|shop|salon|practice|place|clinic) (?:guys )?(?:\w+ )?(?:open|close|closed|shut|closing|opening)\b(?! (?:to|by|the|a|my))|(?:opening|business|office|working|weekend|holiday) (?:hours|times)|your hours|hours of|the hours|what hours|closing time|open (?:on|at|today|tomorrow|now|till|until|late|early|this|for)|closed (?:on|for|today|tomorrow)|how late|work (?:on )?(?:weekends|saturdays|sundays|holidays)|(?:somebody|someone|anyone|anybody) (?:be )?there (?:on|at|today|tomorrow))"
_PRICE = r"\b(?:how much(?! (?:time|notice))|what (?:would|does|do|will) (?:\w+ ){0,4}?(?:cost|charge|run|pay)|cost|costs|price|prices|pricing|priced|charge for|you charge|rates?\b|fees?\b|how expensive|expensive|quote for|what do i pay|going rate)"
_DURATION = r"\b(?:how long (?:is|does|do|will|would|are|did|should)|how (?:much time|many minutes|many hours)|how long)\b(?! (?:have you|has|ago|until|till|before|is the (?:guarantee|warranty)))"
_ADDRESS = r"\b(?:where (?:are|is|r) (?:you|your|the (?:office|shop|clinic|practice|salon))\b|where you(?:re)? (?:at|located)|whats? (?:\w+ ){0,2}?(?:address|location|postcode|post code|zip(?: code)?)$|whats? (?:\w+ ){0,2}?(?:address|location)|(?:your|the|office|street|mailing) address|give me (?:the|your) address|directions|what street|how (?:do|can|would) i (?:get|find) (?:there|to (?:you|your)|you|your)|located|find your \w+)"
_PHONE = r"\b(?:(?:phone|telephone|contact|direct|callback) number|what number (?:can|do|should)|number (?:to|can|i can) (?:call|reach))"
_EMAIL = r"\b(?:e ?mail)\b"
_WEB = r"\b(?:website|web site|webpage|web page|web address|your site|homepage|online)\b"
_AREA = r"\b(?:(?:come|go|travel|drive|get|deliver) (?:out |over |all the way |as far )?(?:to|as|into|here|there) (?!the (?:office|clinic|practice|salon|shop)|you\b|your\b|an appointment|my appointment)|(?:serve|cover|service)(?! (?:for|by|you|is|are|me))\b|service area|(?:which|what) (?:areas?|towns?|places|zip codes?|postcodes?)|(?:home|house) (?:visits?|calls?)|in (?:my|our) (?:area|town)|my (?:area|zip|postcode)|work in|how far)"
_BOOK = r"\b(?:book|booking|schedule|appointment|appointments|reservation|make a time|set (?:up|me up)|slot|slots|openings?|availab\w*|fit me in|squeeze me in|get (?:me )?in\b|come in\b|see (?:a|the) (?:dentist|doctor|lawyer|stylist|hygienist)|someone (?:to )?come|send (?:someone|somebody|a plumber)|come out|come and (?:look|see|fix)|come fix|see me)"
_CANCEL = r"\b(?:cancel|cancelling|canceling|reschedule|rescheduling|postpone|push back|(?:move|change|switch|shift) (?:my|the|our|an?|it)\b(?: \w+)? ?(?:appointment|booking|visit|slot|time|reservation)?|cant make (?:it|my)|wont (?:be able to )?make it|running late|be late for|late for my)"
_MESSAGE = r"\b(?:(?:leave|take|give|pass on|get) (?:\w+ ){0,3}?(?:a )?message|message for|call(?:ed)? (?:me|us) back|call ?back|ring me back|(?:pass|send) (?:it|this|that|something|along|on) (?:on|along|to)|(?:have|ask|get|tell)(?! (?:a|an|any|your|the|their|you)\b) (?:\w+ ){1,3}?(?:to )?(?:call|ring|phone|contact|email)(?: me| us)?|tell (?:him|her|them|the \w+|dr|doctor|mr|mrs|ms) |let (?:him|her|them|the \w+|dr \w+|doctor \w+) know|get back to me|returning (?:a|your|his|her|their) call|have someone (?:call|get)|someone (?:to )?(?:call|contact) me)"
_SERVICES = r"\b(?:what (?:\w+ ){0,2}?(?:services?|treatments?|procedures|jobs) |(?:which|what) (?:services|treatments|kinds? of|types? of|sorts? of)|list of (?:services|treatments)|your services|what (?:all )?do you (?:guys )?(?:do|offer|provide)$)"
_SERVICE = r"^(?:do|can|could|would|does|are|will) (?:you|yall|u|the \w+|your \w+) (?:guys |also |even |still |people |able to )?(?:do|offer|fix|repair|install|provide|perform|handle|put in|replace|clean|unclog|make|carry out|deal with|treat|have|give|unblock|service|cut|colour|color|style|take care of|specialize in|specialise in|help with|help me with|take on|work with|work on|change|remove|pull)\b"
_SPEAK = r"\b(?:speak|talk|spoken)\b"
_DAYS = r"\b(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|christmas|new years?|thanksgiving|easter|good friday|bank holidays?|labor day|memorial day|july|holidays?|today|tomorrow)\b"
_MINE = re.compile(
    r"\b(?:my|our|the) (?:\w+ )?(?:appointment|booking|visit|reservation|slot)|\bi (?:need|want|have|cant)|\bid like|\bcan i\b"
)
_CLEAR = re.compile(r"\b(?:what|how|is there|whats|fee|policy|charge|happens|notice|if i|do i have to)\b")

WEAK = frozenset(
    tokens("other others another else take give bring offer treat come leave find send see use accept provide guy people there still ever never anything something someone today "
           "tomorrow please time long much many kind sort type appointment visit day week one two three four five six seven eight nine ten fifteen twenty thirty")
)  # fmt: skip
_PLAIN_WORDS = WEAK | frozenset(
    tokens("cost price charge fee rate expensive run quote pay book schedule hour minute open close doctor dr dentist mom mum wife husband son daughter kid she he "
           "my old year teeth tooth going around new done another next morning afternoon evening monday tuesday wednesday thursday friday saturday sunday little "
           "bit quick check think sure maybe little soon early late able number name phone")
)  # fmt: skip


def strip_lead(text: str) -> str:
    words = plain(text)
    return _LEAD.sub("", words + " ").strip() or words


class Understanding:
    """`understand` is pure; the embedding of the (stripped) text is made by the caller of it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.known = knowledge
        self.agent = knowledge.agent
        self._triggers = [(escalation, _trigger(escalation)) for escalation in self.agent.escalations]
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
        strange = tuple(word for word in content if word not in self.known.known_words and word not in _PLAIN_WORDS)

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
        if says(_AREA) and not says(_BOOK) and place_served(self.agent, words):
            return is_("area", "area", max(cosine["area"], 0.5))
        if (
            services
            and faq_meaning < 0.6
            and says(_SERVICE)
            and not says(_BOOK)
            and not says(_PRICE)
            and not says(_AREA)
            and not strange
        ):
            return is_("service", f"service:{services[0].name}", max(cosine["service"], 0.6))
        wants_time = says(_BOOK) and cosine["book"] >= 0.45 and cosine["book"] > faq_meaning
        if (
            faq
            and faq.score >= 0.9
            and not wants_time
            and not (says(_CANCEL) and _MINE.search(words) and not _CLEAR.search(words))
        ):
            return msgspec.structs.replace(faq, services=services, strange=strange, flags=flags)
        if says(_CANCEL) and not (faq and _CLEAR.search(words)) and (not faq or _MINE.search(words)):
            return is_("cancel", score=max(cosine["cancel"], 0.6))
        if says(_MESSAGE):
            return is_("message", score=max(cosine["message"], 0.6))
        if (
            says(_HOURS)
            and max(cosine["hours"], 0.0) >= HINTED_AT
            and not (says(_BOOK) and cosine["book"] > cosine["hours"] + 0.1)
        ):
            return is_("hours", "hours")
        if faq and faq.score >= 0.75 and not wants_time:
            return msgspec.structs.replace(faq, services=services, strange=strange, flags=flags)
        timed = services or (cosine["duration"] >= HINTED_AT and cosine["duration"] > cosine["hours"])
        if timed and says(_DURATION) and not says(_PRICE):
            return is_("duration", f"service:{services[0].name}" if services else "")
        if says(_PRICE):
            if services:
                return is_("price", f"service:{services[0].name}", max(cosine["price"], 0.6))
            if faq:
                return msgspec.structs.replace(faq, flags=flags)
            return is_("price", "", max(cosine["price"], 0.3))
        if says(_ADDRESS) and cosine["address"] >= HINTED_AT:
            return is_("address", "address")
        if says(_PHONE) and cosine["phone"] >= 0.45:
            return is_("phone", "phone")
        if says(_EMAIL) and cosine["email"] >= 0.55:
            return is_("email", "email")
        if says(_WEB) and cosine["website"] >= 0.55:
            return is_("website", "website")
        if says(_SERVICES) and cosine["services"] >= 0.45:
            return is_("services", "services")
        if says(_SERVICE) and not says(_BOOK):
            if services and (not [word for word in strange if len(word) > 2] or self.known.fully_named(services[0], words)):
                return is_("service", f"service:{services[0].name}", max(cosine["service"], 0.6))
            if not faq and not says(_AREA):
                return is_("service", "", cosine["service"])
        if (
            says(_AREA)
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
        if says(_BOOK) and cosine["book"] >= HINTED_AT and cosine["book"] + 0.15 >= cosine["elsewhere"]:
            return is_("book", score=max(cosine["book"], 0.5))
        if "goodbye" in flags:
            return is_("goodbye", score=1.0)
        if re.match(r"(?:what|how) about\b|and (?:on )?\w+$", plain(text)) and not services and says(_DAYS):
            return is_("hours", "hours", max(cosine["hours"], 0.5))

        best = max(
            (intent for intent in cosine if intent not in ("need", "faq", "refused", "escalation")), key=lambda i: cosine[i]
        )
        if cosine[best] >= KNOWN_AT and best not in ("elsewhere", "service", "repeat", "person", "goodbye"):
            return is_(best, best if best in ("hours", "address", "phone", "email", "website", "area", "services") else "")
        near_rule, rule_id = self._situation(near)
        told = " ".join(word for word in with_synonyms(words).split() if not set(tokens(word)) & WEAK)
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
        content = [word for word in dict.fromkeys(tokens(with_synonyms(words))) if word not in WEAK]
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
        new = [word for word in content if word not in self.known.known_words and word not in _PLAIN_WORDS]
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


def is_about_people(escalation: Escalation) -> bool:
    return any(
        word.lower().strip() in ("a person", "a human", "person", "human", "real person", "a real person", "someone")
        for word in escalation.words
    )


def _trigger(escalation: Escalation) -> str:
    """A pattern of the rule's phrases over plain words; articles and "my" may be left out or differ."""
    parts: list[Any] = []
    for phrase in escalation.words:
        bare = re.sub(r"^(?:an?|the|my|our|your) ", "", plain(phrase))
        if bare:
            parts.append(re.escape(bare).replace(r"\ ", " "))
    return rf"\b(?:{'|'.join(parts)})\b" if parts else ""
