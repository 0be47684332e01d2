"""The data map: every table, folder, queue and log that can hold personal data, and how to erase, expire and export it there.

A feature declares its stores in `<app>/data_map.py`, which its AppConfig imports in `ready()`:

    declare(store="calls_message", what="messages that callers left", category="content", subject="caller",
            retention="transcripts", purpose="answering calls", erase=erase_messages, expire=expire_messages)

Tables are named as in the database; other stores as "file:recordings" (a folder of the data folder), "queue:jobs", "log:process".
`privacy/tests/test_data_map.py` fails when a table or a folder is not declared. Category names follow the fideslang taxonomy
where it has one (user.contact, user.content, system.operations ...), shortened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from ringtrue.privacy.models import Subject

CATEGORIES = ("identity", "contact", "content", "call_metadata", "credentials", "usage", "consent", "configuration", "operations")
SUBJECTS = ("caller", "user", "none")
RETENTION = (
    "recordings",  # sealed audio
    "transcripts",  # what was said: events, messages, summaries, bookings' notes
    "call_metadata",  # that a call happened
    "contacts",
    "mails",
    "deliveries",  # webhook bodies and their log
    "webhooks",  # carriers' webhooks that were handled
    "sign_ins",
    "ip",
    "jobs",
    "usage",  # counts of opened pages
    "requests",  # requests of people about their data, and what was done
    "while_active",  # as long as the account is
    "law",  # kept because a law needs it: `kept_because` names it
    "none",  # nothing personal, or gone by itself (cache, socket)
)


class Removed(msgspec.Struct):
    """What an erasure or an expiry took away. Counts only."""

    rows: int = 0
    files: int = 0
    bytes: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(self.rows + other.rows, self.files + other.files, self.bytes + other.bytes)


Erase = Callable[["Subject"], Removed]
"""Called inside the scope of the subject's workspace and one transaction; must be idempotent. Files may be gone already."""
Expire = Callable[[UUID, datetime], Removed]
"""(workspace id, cutoff): remove what is older than the cutoff. Same scope, same rules."""
Count = Callable[[UUID, datetime], int]
"""(workspace id, cutoff): how many records `Expire` would remove."""
Export = Callable[["Subject"], Iterable[Any]]
"""Everything held about the subject here, as JSON-able values, opened."""
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time in the shape of an export: RFC 3339 with its zone."""
Tally = Callable[[UUID], Mapping[str, Any]]
"""(workspace id): what may stay of this store when its workspace is made anonymous: counts that lead back to nobody."""


class Store(msgspec.Struct, frozen=True, kw_only=True):
    store: str
    what: str
    category: str
    subject: str
    retention: str
    purpose: str
    region: str = "installation"  # where the installation itself is; a provider's store names its own
    scope: str = "workspace"  # "installation": rows of no workspace; expiry runs once, not per workspace
    erase: Erase | None = None
    expire: Expire | None = None
    count: Count | None = None
    export: Export | None = None
    shape: Any = None  # of one exported value: a TypedDict or msgspec.Struct, of which its JSON Schema is made
    tally: Tally | None = None
    kept_because: str = ""  # why erasing a subject leaves this store alone


_stores: dict[str, Store] = {}


def declare(
    *,
    store: str,
    what: str,
    category: str,
    subject: str,
    retention: str,
    purpose: str,
    region: str = "installation",
    scope: str = "workspace",
    erase: Erase | None = None,
    expire: Expire | None = None,
    count: Count | None = None,
    export: Export | None = None,
    shape: Any = None,
    tally: Tally | None = None,
    kept_because: str = "",
) -> Store:
    """Raises ValueError for a word that is not in the lists above, a store declared twice by different places, an export
    without a shape, or a store of callers that has neither a way to erase nor a reason to keep."""
    for word, words in ((category, CATEGORIES), (subject, SUBJECTS), (retention, RETENTION)):
        if word not in words:
            raise ValueError(f"{store}: {word!r} is not one of {', '.join(words)}")
    if subject == "caller" and erase is None and not kept_because:
        raise ValueError(f"{store}: holds callers' data and says neither how to erase it nor why it is kept")
    if (export is None) != (shape is None):
        raise ValueError(f"{store}: an export and the shape of what it gives belong together")
    made = Store(
        store=store, what=what, category=category, subject=subject, retention=retention, purpose=purpose, region=region,
        scope=scope, erase=erase, expire=expire, count=count, export=export, shape=shape, tally=tally, kept_because=kept_because,
    )  # fmt: skip
    before = _stores.get(store)
    if before is not None and (before.what, before.purpose) != (what, purpose):
        raise ValueError(f"{store} is declared twice")
    _stores[store] = made
    return made


def stores() -> list[Store]:
    """All of them, by name."""
    return [_stores[name] for name in sorted(_stores)]


def store_named(name: str) -> Store | None:
    return _stores.get(name)
