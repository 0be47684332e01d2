"""Finding the passage that answers a question: meaning (embeddings) and words (BM25) together.

The same retriever answers FAQs in a call and is measured by `ringtrue eval retrieval`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

STOP = frozenset(
    """
    a an and any are as at be been by can could d did do does for from had has have hello her here hey hi his how i if im in is
    it its just know like ll m may me might mind much my need of oh ok okay on or our please re s see shall should so some tell
    thank thanks that the their them then there these they this those to uh um us ve was we well were what when where which who
    whose why will with wondering would you your yours also about get got want let say said now really actually maybe possible
    able question id ask asking wanted looking call calling youre dont doesnt isnt arent theres thats whats
    """.split()
)


def stem(word: str) -> str:
    """A light English stem: enough to join "cleanings", "cleaned" and "clean"."""
    word = word.lower().replace("'", "")
    for ending in (
        "ations",
        "ation",
        "ings",
        "ing",
        "ments",
        "ment",
        "ies",
        "ied",
        "ers",
        "er",
        "ors",
        "ance",
        "ed",
        "es",
        "ly",
        "s",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "iey" else word


def tokens(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'").replace("-", " "))
    return [stem(word) for word in words if word.replace("'", "") not in STOP and (len(word) > 1 or word.isdigit())]


_SYNONYMS = {
    "kid": "children", "kids": "children", "child": "children", "toddler": "children", "son": "children", "daughter": "children",
    "fee": "cost", "charge": "cost", "cancellation": "cancel", "cancellations": "cancel", "cheque": "check", "cheques": "check", "checks": "check",
    "toothache": "tooth pain", "hurts": "pain", "hurting": "pain", "aching": "pain", "aches": "pain", "ache": "pain", "sore": "pain",
    "broke": "broken", "cracked": "broken", "chipped": "broken", "dripping": "leak", "drips": "leak", "clogged": "blocked", "clog": "blocked",
    "backed": "blocked", "fix": "repair", "fixed": "repair", "mend": "repair", "coloring": "colour", "color": "colour", "dye": "colour", "dyed": "colour",
}  # fmt: skip


def with_synonyms(text: str) -> str:
    """Everyday words put as businesses put them, so that words can meet."""
    return " ".join(_SYNONYMS.get(word, word) for word in re.findall(r"[a-z0-9']+", text.lower().replace("’", "'")))


class Found(msgspec.Struct, frozen=True):
    at: int  # index of the document
    score: float
    meaning: float  # cosine, -1..1
    words: float  # BM25 over the best that this query could reach, 0..1


class Retriever:
    """Documents are (title, body) pairs; `vectors` has one row per passage and `owner[p]` names the document of passage p."""

    def __init__(self, documents: list[tuple[str, str]], vectors: NDArray[np.float32], owner: list[int]) -> None:
        self.vectors = vectors
        self.owner = np.array(owner, np.int64)
        self.count = len(documents)
        self._lengths = np.zeros(self.count, np.float32)
        postings: dict[str, list[tuple[int, float]]] = {}
        for at, (title, body) in enumerate(documents):
            counted = Counter(tokens(body))
            for word in tokens(title):
                counted[word] += 2
            self._lengths[at] = sum(counted.values())
            for word, times in counted.items():
                postings.setdefault(word, []).append((at, float(times)))
        self._mean = float(self._lengths.mean()) if self.count else 1.0
        self._postings = {
            word: (np.array([at for at, _ in rows]), np.array([times for _, times in rows], np.float32))
            for word, rows in postings.items()
        }

    def idf(self, word: str) -> float:
        seen = len(self._postings[word][0]) if word in self._postings else 0
        return math.log(1 + (self.count - seen + 0.5) / (seen + 0.5))

    def bm25(self, words: list[str], *, k1: float = 1.2, b: float = 0.6) -> NDArray[np.float32]:
        scores = np.zeros(self.count, np.float32)
        for word, times in Counter(words).items():
            if word in self._postings:
                rows, seen = self._postings[word]
                norm = k1 * (1 - b + b * self._lengths[rows] / max(self._mean, 1e-6))
                scores[rows] += min(times, 3) * self.idf(word) * seen * (k1 + 1) / (seen + norm)
        return scores

    def search(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        top: int = 10,
        weight: float = 0.25,
        boost: NDArray[np.float32] | None = None,
    ) -> list[Found]:
        """Best first. `vector` is the query's, or several rows (segments of a long query), of which the nearest and the mean count.
        `boost` adds to each document's score (shape (documents,))."""
        if not self.count:
            return []
        cosines = self.vectors @ np.atleast_2d(vector).T
        nearest = cosines[:, 0] if cosines.shape[1] == 1 else 0.5 * cosines.max(axis=1) + 0.5 * cosines.mean(axis=1)
        meaning = np.full(self.count, -1.0, np.float32)
        np.maximum.at(meaning, self.owner, nearest.astype(np.float32))
        raw = self.bm25(tokens(query))
        reach = float(raw.max()) if raw.size else 0.0
        words = raw / reach if reach > 0 else raw
        score = meaning + weight * words
        if boost is not None:
            score = score + boost
        best = np.argsort(-score)[:top]
        return [Found(int(at), float(score[at]), float(meaning[at]), float(words[at])) for at in best]


_BARE_NAME = frozenset("the a an restaurant hotel guest house bar and bed breakfast cafe inn".split())


def named_last(turns: list[str], names: list[str]) -> list[str]:
    """Which of `names` the latest turn that names any of them names; names count without "the", "restaurant" and the like."""
    bare = {
        name: [word for word in re.findall(r"[a-z0-9']+", name.lower()) if word not in _BARE_NAME] or name.lower().split()
        for name in names
    }
    for turn in reversed(turns):
        said = re.findall(r"[a-z0-9']+", turn.lower())
        flat = f" {' '.join(said)} "
        found = [name for name in names if f" {' '.join(re.findall(r'[a-z0-9]+', name.lower()))} " in flat]
        found = found or [name for name, words in bare.items() if f" {' '.join(words)} " in flat and len("".join(words)) > 3]
        if found:
            return found
    return []


def without_names(text: str, names: list[str]) -> str:
    """The question with "it" for the business that it names: a name is in every document of its business and tells none apart."""
    for name in names:
        bare = re.sub(r"^the ", "", name, flags=re.I)
        text = re.sub(rf"\b(?:the )?{re.escape(bare)}\b", "it", text, flags=re.I)
    return text


def passages(title: str, body: str, *, words: int = 100, overlap: int = 15) -> list[str]:
    """A long document as pieces that a sentence embedder can hold, each led by its title."""
    parts = body.split()
    if len(parts) <= words:
        return [f"{title}. {body}".strip()]
    out: list[str] = []
    at = 0
    while at < len(parts):
        out.append(f"{title}. {' '.join(parts[at : at + words])}")
        if at + words >= len(parts):
            break
        at += words - overlap
    return out


def row(values: Any) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)
