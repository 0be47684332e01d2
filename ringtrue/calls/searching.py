"""Finding calls and contacts by name, number or word, without keeping a name, number or word in readable form.

Each word becomes a keyed hash (blind token) of the workspace's key; a number becomes tokens for all endings of four and more
digits. Tokens belong to the subject and go with it. What the storage mode did not keep has no tokens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.folding import Told, gathered, lines
from ringtrue.calls.models import Call
from ringtrue.contacts.gathering import read
from ringtrue.contacts.models import Contact, SearchToken
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.vault import blind, blinder

LONGEST_QUERY = 12  # words
COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "could",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "just",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "so",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "up",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "yes",
        "you",
        "your",
    ]
)


class Found(NamedTuple):
    calls: set[UUID]
    contacts: set[UUID]


def search(workspace_id: UUID, text: str) -> Found:
    """Calls and contacts that match every word of the text. A text of digits, spaces and signs is read as one number (at least
    its last four digits). Nothing to look for finds nothing. Needs no scope of its own."""
    wanted = sorted(words_of_query(text))[:LONGEST_QUERY]
    calls: set[UUID] | None = None
    contacts: set[UUID] | None = None
    with workspace_scope(workspace_id):
        for word in wanted:
            rows = SearchToken.objects.filter(token=_token(workspace_id, word)).values_list("target", "target_id")
            hits = list(rows)
            one = {target_id for target, target_id in hits if target == "call"}
            other = {target_id for target, target_id in hits if target == "contact"}
            calls = one if calls is None else calls & one
            contacts = other if contacts is None else contacts & other
    return Found(calls or set(), contacts or set())


def index_call(call: Call, events: Sequence[Told]) -> None:
    """Needs the workspace's scope."""
    if not keeps(call.storage_mode).text:
        return
    from ringtrue.calls.recording import kept_numbers

    facts = gathered(events)
    words: set[str] = set()
    for line in lines(events):
        words |= words_in(line.text)
    words |= words_in(facts.name) | words_in(facts.reason) | number_forms(facts.number)
    numbers = kept_numbers(call)
    words |= number_forms(numbers.get("from_number" if call.direction == "inbound" else "to_number", ""))
    _replace(call.workspace_id, call.subject_id, "call", call.id, words)


def index_contact(contact: Contact) -> None:
    """Needs the workspace's scope. Call again after a correction: the old words go."""
    held = read(contact)
    words = words_in(held.get("name", "")) | words_in(held.get("note", "")) | number_forms(held.get("number", ""))
    words |= words_in(held.get("email", "")) | ({_fold(held["email"])} if held.get("email") else set())
    _replace(contact.workspace_id, contact.subject_id, "contact", contact.id, words)


def forget(target: str, target_id: UUID) -> int:
    removed, _ = SearchToken.objects.filter(target=target, target_id=target_id).delete()
    return removed


def words_in(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", _fold(text)) if len(word) > 1 and word not in COMMON}


def number_forms(number: str) -> set[str]:
    """Endings of four and more digits: people search for the last four, the local number or the whole."""
    digits = re.sub(r"\D", "", number)
    return {f"#{digits[-length:]}" for length in range(4, len(digits) + 1)}


def words_of_query(text: str) -> set[str]:
    folded = _fold(text)
    digits = re.sub(r"\D", "", folded)
    if digits and not re.search(r"[^\W\d_]", folded):
        # Zeros before a whole number are dialled (trunk or international prefix), not part of what is stored (E.164).
        wanted = digits.lstrip("0") if len(digits) >= 9 else digits
        return {f"#{wanted}"} if len(wanted) >= 4 else words_in(folded)
    return {folded.strip()} if "@" in folded and " " not in folded.strip() else words_in(folded)


def _fold(text: str) -> str:
    """ "Zoë" and "ZOE" are one word."""
    folded = text.casefold()
    if not folded.isascii():
        apart = unicodedata.normalize("NFKD", folded)
        folded = "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("’", "")
    return folded.replace("'", "")


def _replace(workspace_id: UUID, subject_id: UUID, target: str, target_id: UUID, words: Iterable[str]) -> None:
    forget(target, target_id)
    hashed = blinder(workspace_id, "search")
    SearchToken.objects.bulk_create(
        [
            SearchToken(
                workspace_id=workspace_id,
                subject_id=subject_id,
                token=hashed(word)[:32],
                target=target,
                target_id=target_id,
            )
            for word in sorted(set(words))
        ]
    )


def _token(workspace_id: UUID, word: str) -> str:
    return blind(workspace_id, "search", word)[:32]
