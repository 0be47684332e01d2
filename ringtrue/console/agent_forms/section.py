"""What a form of the agent is: how it is shown from a draft and how it is taken from what a person typed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.http import QueryDict

State = dict[str, Any]
"""What the page shows: the texts as they were typed, so that nothing is lost when something is wrong."""


class Taken(NamedTuple):
    state: State
    patch: dict[str, Any]  # top-level fields of voice.agent.Agent; only meaningful without errors
    errors: dict[str, str]  # name of the input -> a sentence


def nothing(state: State, post: QueryDict) -> State | None:
    return None


class Section(NamedTuple):
    slug: str
    title: str
    intro: str
    fields: tuple[str, ...]  # of voice.agent.Agent that this form writes
    show: Callable[[dict[str, Any]], State]
    take: Callable[[QueryDict], Taken]
    told: Callable[[dict[str, Any]], str]  # one line about what is filled in; "" when nothing is
    fill: Callable[[State, QueryDict], State | None] = (
        nothing  # shown instead, not saved yet, where the form was asked to fill itself in
    )

    @property
    def template(self) -> str:
        return f"console/agents/section_{self.slug}.html"


def text(post: QueryDict, name: str, most: int = 500) -> str:
    return " ".join(post.get(name, "").split())[:most]


def paragraph(post: QueryDict, name: str, most: int = 2000) -> str:
    return post.get(name, "").replace("\r\n", "\n").strip()[:most]


def row_keys(post: QueryDict, group: str) -> Iterator[str]:
    """Keys of the repeated rows that the page sent, in its order: inputs are named `<group>-<key>-<field>`."""
    for key in post.getlist(f"{group}-row")[:200]:
        if key.isalnum():
            yield key


def new_key() -> str:
    return secrets.token_hex(4)


def with_keys(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "key": new_key()} for row in rows]


def identifier(words: str, taken: set[str], fallback: str) -> str:
    """A short id made of words, different from those taken: versions, events and logs name facts by it."""
    from django.utils.text import slugify

    wanted = "-".join(slugify(words).split("-")[:5])[:40].strip("-") or fallback
    found, n = wanted, 2
    while found in taken:
        found, n = f"{wanted}-{n}", n + 1
    taken.add(found)
    return found
