"""A business's facts, ready to be compared with what a caller says. Made once per agent version and kept for the process."""

from __future__ import annotations

import re
from collections import OrderedDict

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.agent import Agent, Service
from ringtrue.voice.brains.retrieving import Retriever, passages, tokens, with_synonyms
from ringtrue.voice.brains.seeds import REFUSED, SEEDS
from ringtrue.voice.brains.topics import TOPICS
from ringtrue.voice.speech.kinds import Embedder


class Phrasing(msgspec.Struct, frozen=True):
    text: str
    intent: str
    source: str = ""


class Knowledge:
    """`phrasings[i]` belongs to `vectors[i]` (unit length, 384). FAQs are searched by `faqs`; `service_words` are stems."""

    def __init__(self, agent: Agent, phrasings: list[Phrasing], vectors: NDArray[np.float32], faqs: Retriever) -> None:
        self.agent = agent
        self.phrasings = phrasings
        self.vectors = vectors
        self.faqs = faqs
        self.service_words = [set(tokens(with_synonyms(service.name))) for service in agent.services]
        self.description_words = [set(tokens(with_synonyms(service.description))) for service in agent.services]
        self.known_words = set(tokens(_everything(agent)))

    def nearest(self, vector: NDArray[np.float32]) -> dict[tuple[str, str], float]:
        """(intent, source) -> best cosine."""
        best: dict[tuple[str, str], float] = {}
        for phrasing, cosine in zip(self.phrasings, self.vectors @ vector, strict=True):
            key = (phrasing.intent, phrasing.source)
            if cosine > best.get(key, -1.0):
                best[key] = float(cosine)
        return best

    def services_named(self, text: str) -> list[Service]:
        """Services whose name is said, the most fully named first. "teeth cleaning" names Cleaning, "whiten" Tooth whitening."""
        said = set(tokens(with_synonyms(text)))
        ends = {word for words in self.service_words for word in words if len(word) >= 3}
        said |= {end for word in said for end in ends if word.endswith(end) and len(word) - len(end) >= 3}  # "haircut"
        joined = re.sub(r"[^a-z]", "", text.lower())
        scored: list[tuple[float, int]] = []
        for at, words in enumerate(self.service_words):
            if not words:
                continue
            rare = {word for word in words if sum(word in other for other in self.service_words) == 1}
            common = said & words
            flat = re.sub(r"[^a-z]", "", self.agent.services[at].name.lower())
            if len(flat) > 4 and flat in joined:
                scored.append((2.0, at))
            elif common and (common & rare or common == words):
                generic = common <= _GENERIC
                if not generic or common == words:
                    scored.append((len(common) / len(words), at))
            elif common - _GENERIC:  # a word that several services share: the best named of them
                scored.append((0.4 * len(common) / len(words), at))
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        return [self.agent.services[at] for _, at in scored]

    def service_described(self, text: str, *, at_least: int = 1) -> Service | None:
        """The one service whose description or name has the most words of the text, `at_least` so many, one of them its alone."""
        said = set(tokens(text)) - _GENERIC
        own = [words | names for words, names in zip(self.description_words, self.service_words, strict=True)]
        hits = [len(said & words) for words in own]
        telling = [any(sum(word in other for other in own) == 1 for word in said & words) for words in own]
        best = max(hits, default=0)
        if best < at_least or best == 0 or hits.count(best) != 1 or not telling[hits.index(best)]:
            return None
        return self.agent.services[hits.index(best)]

    def fully_named(self, service: Service, text: str) -> bool:
        words = set(tokens(with_synonyms(service.name)))
        return len(words) > 1 and words <= set(tokens(with_synonyms(text)))


_GENERIC: frozenset[str] = frozenset(
    tokens(
        "visit appointment tooth teeth call service repair emergency consultation new session first treatment installation inspection "
        "replacement water check"
    )
)


def _everything(agent: Agent) -> str:
    facts = [agent.business, agent.kind, agent.address, agent.area_note, *agent.area]
    facts += [f"{service.name} {service.description}" for service in agent.services]
    facts += [f"{faq.question} {faq.answer}" for faq in agent.faqs]
    return " ".join(facts)


_CACHE: OrderedDict[str, Knowledge] = OrderedDict()
_KEEP = 64
_FIXED: dict[str, NDArray[np.float32]] = {}


_SAME_TOPIC = 0.72  # cosine between an FAQ's question and a wording of a topic


async def know(agent: Agent, embedder: Embedder) -> Knowledge:
    """Cached by version; a draft without a version id is made anew each time."""
    if agent.version_id and agent.version_id in _CACHE:
        _CACHE.move_to_end(agent.version_id)
        return _CACHE[agent.version_id]
    phrasings = [Phrasing(text, intent) for intent, texts in SEEDS.items() for text in texts]
    phrasings += [Phrasing(text, "refused", kind) for kind in agent.handling.refuse for text in REFUSED.get(kind.lower(), ())]
    phrasings += [Phrasing(text, "elsewhere", topic) for topic, texts in TOPICS.items() for text in texts]
    fixed = [phrasing.text for phrasing in phrasings]
    for service in agent.services:
        source = f"service:{service.name}"
        # A need is told by what it is about, which descriptions hold; names are matched as words (`services_named`).
        phrasings.append(Phrasing(service.description or service.name, "need", source))
    phrasings += [Phrasing(faq.question, "faq", faq.id) for faq in agent.faqs]
    pieces = [piece for faq in agent.faqs for piece in passages(faq.question, faq.answer)]
    owner = [at for at, faq in enumerate(agent.faqs) for _ in passages(faq.question, faq.answer)]

    own = [phrasing.text for phrasing in phrasings[len(fixed) :]]
    missing = [text for text in dict.fromkeys(fixed) if text not in _FIXED]
    found = await embedder.embed([*missing, *own, *pieces])
    _FIXED.update(zip(missing, found[: len(missing)], strict=True))
    own_vectors = found[len(missing) : len(missing) + len(own)]
    vectors = (
        np.concatenate([np.stack([_FIXED[text] for text in fixed]), own_vectors]) if own else np.stack([_FIXED[t] for t in fixed])
    )
    phrasings = _with_topics(phrasings, vectors)

    at_questions = [at for at, phrasing in enumerate(phrasings) if phrasing.intent == "faq"]
    place = {faq.id: at for at, faq in enumerate(agent.faqs)}
    rows = np.concatenate([vectors[at_questions], found[len(missing) + len(own) :]]) if agent.faqs else vectors[:0]
    owners = [place[phrasings[at].source] for at in at_questions] + owner
    knowledge = Knowledge(agent, phrasings, vectors, Retriever([(f.question, f.answer) for f in agent.faqs], rows, owners))
    if agent.version_id:
        _CACHE[agent.version_id] = knowledge
        while len(_CACHE) > _KEEP:
            _CACHE.popitem(last=False)
    return knowledge


def _with_topics(phrasings: list[Phrasing], vectors: NDArray[np.float32]) -> list[Phrasing]:
    """Wordings of a topic that an FAQ is about become wordings of that FAQ, and are no longer "elsewhere"."""
    questions = [at for at, phrasing in enumerate(phrasings) if phrasing.intent == "faq"]
    if not questions:
        return phrasings
    likeness = vectors @ vectors[questions].T
    best: dict[str, tuple[float, str]] = {}
    for at, phrasing in enumerate(phrasings):
        if phrasing.intent != "elsewhere":
            continue
        topic = phrasing.source or phrasing.text
        nearest = int(likeness[at].argmax())
        alike = float(likeness[at, nearest])
        if alike >= _SAME_TOPIC and alike > best.get(topic, (0.0, ""))[0]:
            best[topic] = (alike, phrasings[questions[nearest]].source)
    return [
        Phrasing(phrasing.text, "faq", best[topic][1])
        if phrasing.intent == "elsewhere" and (topic := phrasing.source or phrasing.text) in best
        else phrasing
        for phrasing in phrasings
    ]
