"""Finding the documents that answer a question, with the retriever that answers FAQs in calls: hit_at_1, mrr_at_5, recall_at_10."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating.reporting import Figures, NoData, Report, rows
from ringtrue.voice.brains.retrieving import Retriever, named_last, passages, without_names
from ringtrue.voice.speech.minilm import MiniLM

SAME_ENTITY = 1.0
"""What a document gains when it is about the business that the conversation named last."""
LONG_QUERY = 60  # words: a longer one (a whole case) is searched by its sentences as well


class Ranked(msgspec.Struct):
    hit: bool
    reciprocal: float
    recall: float


def evaluate(data: Path, options: argparse.Namespace) -> Report:
    """Raises NoData."""
    pairs = _pairs(data / "retrieval")
    if not pairs:
        raise NoData(f"{data}/retrieval has no *_docs.jsonl with queries beside it.")
    model = MiniLM(threads=os.cpu_count() or 1)
    slices: dict[str, Figures] = {}
    everything: list[Ranked] = []
    for name, (documents, queries) in pairs.items():
        ranked = _one(documents, queries, model)
        everything += ranked
        slices[name] = {"items": len(ranked), **_figures(ranked)}
    return Report(
        suite="retrieval",
        items=len(everything),
        metrics=_figures(everything),
        slices=slices,
        notes=[
            "Over all documents of a set; the business meant is read from the conversation, never from the row's `entity`.",
            "hit_at_1: the first document is one of the gold ones. mrr_at_5: 1 / rank of the first gold one, 0 beyond 5. "
            "recall_at_10: share of a query's gold documents among the first ten.",
        ],
    )


def _pairs(folder: Path) -> dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Documents and the queries whose gold ids they hold: `X_docs.jsonl` with `X_queries.jsonl` or `X_tasks.jsonl`."""
    found = {}
    for path in sorted(folder.glob("*_docs.jsonl")):
        stem = path.stem.removesuffix("_docs")
        queries = [
            row for part in ("queries", "tasks") for file in sorted(folder.glob(f"{stem}_{part}.jsonl")) for row in rows(file)
        ]
        queries = [row for row in queries if row.get("gold") and row.get("query")]
        if queries:
            found[stem] = (list(rows(path)), queries)
    return found


def _figures(ranked: list[Ranked]) -> Figures:
    many = len(ranked) or 1
    return {
        "hit_at_1": sum(one.hit for one in ranked) / many,
        "mrr_at_5": sum(one.reciprocal for one in ranked) / many,
        "recall_at_10": sum(one.recall for one in ranked) / many,
    }


def _one(documents: list[dict[str, Any]], queries: list[dict[str, Any]], model: MiniLM) -> list[Ranked]:
    texts: list[str] = []
    owner: list[int] = []
    for at, row in enumerate(documents):
        for piece in passages(str(row.get("title") or ""), str(row.get("body") or "")):
            texts.append(piece.lstrip(". "))
            owner.append(at)
    retriever = Retriever(
        [(str(row.get("title") or ""), str(row.get("body") or "")) for row in documents], model.embed(texts), owner
    )
    entities = sorted({str(row["entity"]) for row in documents if row.get("entity")})
    of_entity = {name: np.array([str(row.get("entity")) == name for row in documents]) for name in entities}
    about = [named_last([*_history(row), str(row["query"])], entities) for row in queries]
    asked = [_segments(without_names(str(row["query"]), names)) for row, names in zip(queries, about, strict=True)]
    flat = model.embed([text for texts in asked for text in texts])
    out: list[Ranked] = []
    at = 0
    for row, texts, names in zip(queries, asked, about, strict=True):
        out.append(_rank(row, retriever, texts[0], flat[at : at + len(texts)], documents, [of_entity[name] for name in names]))
        at += len(texts)
    return out


def _history(row: dict[str, Any]) -> list[str]:
    return [str(turn.get("text", "")) for turn in row.get("history") or []]


def _rank(
    row: dict[str, Any],
    retriever: Retriever,
    query: str,
    vectors: NDArray[np.float32],
    documents: list[dict[str, Any]],
    about: list[NDArray[np.bool_]],
) -> Ranked:
    boost = np.zeros(retriever.count, np.float32)
    for mask in about:
        boost[mask] = SAME_ENTITY
    found = retriever.search(query, vectors, top=10, boost=boost)
    gold = set(row["gold"])
    ids = [documents[one.at]["doc_id"] for one in found]
    first = next((rank for rank, one in enumerate(ids[:5], 1) if one in gold), 0)
    return Ranked(ids[:1] != [] and ids[0] in gold, 1 / first if first else 0.0, len(gold & set(ids)) / len(gold))


def _segments(query: str) -> list[str]:
    """The query itself; of a long one its sentences too."""
    if len(query.split()) <= LONG_QUERY:
        return [query]
    parts = [part.strip(' *#-"') for part in re.split(r"(?<=[.?!])\s+|\n+", query)]
    return [query, *[part for part in parts if len(part.split()) >= 6]][:40]
