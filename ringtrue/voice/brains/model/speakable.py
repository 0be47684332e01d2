"""A model's text, as it may be said: whole sentences, no marks that only an eye understands, no endless answers."""

from __future__ import annotations

import re

from ringtrue.voice.speech.kinds import Expecting
from ringtrue.voice.speech.speaking_text import sentences

LONGEST_SENTENCE = 320  # characters: about 20 s of speech
LONGEST_ANSWER = 700

_LINK = re.compile(r"\[([^\]]{1,200})\]\((?:[^)\s]*)\)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)(\S+?)(?=[.,;:!?)]*(?:\s|$))", re.IGNORECASE)
_HIDDEN = re.compile(r"<(think|thinking|scratchpad|reasoning)>.*?(?:</\1>|$)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_CODE = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*•–]\s+|>\s+|\d{1,2}[.)]\s+)", re.MULTILINE)
_MARKS = re.compile(r"[*_`~|#^\\]+")
_STAGE = re.compile(r"\*[^*\n]{1,60}\*(?=\s|$)|\((?:pauses?|laughs?|sighs?|smil\w+)\)", re.IGNORECASE)
_PICTURES = re.compile("[\U0001f000-\U0001faff\U00002600-\U000027bf\U0000fe0f\U0000200d\U0001f1e6-\U0001f1ff]")
_HUMAN = re.compile(
    r"\b(?:I am|I'm|I’m) (?:(?:actually|really|just|of course|indeed) )*(?:a )?(?:real |actual |living )?(?:human|person|man|woman)\b"
    r"|\b(?:I am|I'm|I’m) not (?:an? )?(?:AI|A\.I\.|robot|bot|machine|computer|virtual assistant)\b",
    re.IGNORECASE,
)
NOT_HUMAN = "I'm an AI assistant."


def clean(text: str) -> str:
    """Text for the voice, "" when nothing of it can be said. A link is its words, an address its host: "see example dot com"."""
    text = _CODE.sub(" ", _HIDDEN.sub(" ", text))
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub(lambda found: found[1].split("/")[0].split("?")[0].removeprefix("www."), text)
    text = _TAG.sub(" ", text)
    text = _LINE_MARK.sub("", text)
    text = _MARKS.sub("", _PICTURES.sub("", text))
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    if not re.search(r"\w", text):
        return ""
    return NOT_HUMAN if _HUMAN.search(text) else text


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    cut = sentence[:LONGEST_SENTENCE]
    end = max(cut.rfind(mark) for mark in (", ", "; ", ": ", " – "))
    return cut[: end if end > 80 else cut.rfind(" ")].rstrip(" ,;:–") + "."


class SentenceStream:
    """Takes the pieces of a text as they come and gives each sentence as soon as it stands. `full`: enough was said."""

    def __init__(self, already: int = 0) -> None:
        self._held = ""
        self._given = already  # characters

    @property
    def full(self) -> bool:
        return self._given >= LONGEST_ANSWER

    def take(self, piece: str) -> list[str]:
        """A sentence stands when the next one has begun: "Dr." is then known from an end."""
        self._held += piece
        if "<" in self._held and (_open_hidden(self._held) or self._held.rindex("<") > self._held.rfind(">")):
            return []  # something between marks that is not meant to be heard, or the beginning of a mark
        self._held = _HIDDEN.sub(" ", self._held)
        if self._held.count("```") % 2 or not re.search(r"[.!?…\n]", self._held):
            return []
        parts = sentences(self._held)
        if len(parts) < 2 and not self._held.endswith("\n"):
            return []
        last = "" if self._held.endswith("\n") else parts.pop()
        self._held = last + (" " if last and self._held[-1].isspace() else "")
        return self._ready(parts)

    def end(self, *, whole: bool) -> list[str]:
        """`whole`: the model came to its end. Otherwise what has no end of a sentence is half a sentence, and is not given."""
        held, self._held = _HIDDEN.sub(" ", self._held), ""
        parts = sentences(held)
        if parts and not whole and not re.search(r"[.!?…][\"'”’)]*$", parts[-1]):
            parts.pop()
        return self._ready(parts)

    def _ready(self, parts: list[str]) -> list[str]:
        out = []
        for part in parts:
            said = _shortened(clean(part))
            if said and not self.full:
                self._given += len(said)
                out.append(said)
        return out


def _open_hidden(text: str) -> bool:
    opened = re.findall(r"<(think|thinking|scratchpad|reasoning)>", text, re.IGNORECASE)
    return any(text.lower().count(f"<{name.lower()}>") > text.lower().count(f"</{name.lower()}>") for name in opened)


_ASKED: tuple[tuple[Expecting, re.Pattern[str]], ...] = (
    ("spelling", re.compile(r"\bspell", re.I)),
    ("digits", re.compile(r"\b(?:phone|telephone|mobile|cell|callback|contact)?\s*number\b|\bdigits\b", re.I)),
    ("address", re.compile(r"\b(?:street |home |your |the |full )address\b|\b(?:zip|post) ?code\b", re.I)),
    ("name", re.compile(r"\byour (?:full |first |last )?name\b|\bname, please\b|\bwho(?:'s| is) (?:calling|speaking)\b", re.I)),
    ("date", re.compile(r"\b(?:what|which) (?:day|date|time)\b|\bwhen would\b|\bday and time\b", re.I)),
)
_CLOSED = re.compile(
    r"^(?:(?:so|and|okay|great|alright|all right|thank you|thanks|perfect|sure)[,.]? )*"
    r"(?:is|are|am|was|were|do|does|did|shall|should|would|will|can|could|may|have|has)\b",
    re.I,
)


def awaited(question: str) -> Expecting:
    """What kind of answer a question of the model asks for, told from its words."""
    if re.search(r"\bemail\b|\be-mail\b", question, re.I):
        return "open"
    plain = _CLOSED.search(question) is not None
    asks_to_give = re.search(
        r"\b(?:can|could|may|would) (?:i|you) (?:\w+ )?(?:have|get|give|tell|take|spell|repeat)\b", question, re.I
    )
    for kind, pattern in _ASKED:
        if pattern.search(question) and (not plain or asks_to_give):
            return kind
    return "yes_no" if plain and not re.search(r"\bor\b|\bhow\b|\bwhat\b", question, re.I) else "open"
