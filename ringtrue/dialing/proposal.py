"""A call that somebody would like to place, with everything that its permit depends on. Times are aware datetimes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec


class Said(msgspec.Struct, frozen=True):
    """One event of the consent ledger. `written`: the text shown is kept (a signed form, a web form, a proven import)."""

    purpose: str  # "marketing.call", "information.call", "callback.call"
    granted: bool
    at: datetime
    written: bool = False


class Listing(msgspec.Struct, frozen=True):
    """What an imported list says. A list that was never imported is not among the listings."""

    name: str  # "us.national", "us.tx", "gb.tps", "gb.ctps"
    published_at: datetime
    listed: bool


class Past(msgspec.Struct, frozen=True):
    """A call that was placed to this number before, by any part of the workspace."""

    at: datetime
    answered: bool
    topic: str = ""
    abandoned: bool = False


class Reassignment(msgspec.Struct, frozen=True):
    answer: str  # "yes", "no", "no_data"
    asked_at: datetime


class Spend(msgspec.Struct, frozen=True):
    """What may still be spent: the smaller of balance and cap, in millionths of the account's currency."""

    free_micros: int


class Stated(msgspec.Struct, frozen=True):
    """Where the person says they are. It adds to what the number tells, it never replaces it."""

    country: str
    zones: tuple[str, ...]
    state: str = ""


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """None means that nobody knows, and is never taken for a yes."""

    at: datetime
    number: str  # E.164
    purpose: str  # rules_pack.PURPOSES
    topic: str = ""  # what the call is about; frequency caps of some states count by it
    party: str = "person"  # or "business"
    caller_id: str = ""
    caller_ids: frozenset[str] | None = None  # that the workspace owns or has verified
    countries: frozenset[str] | None = None  # that the workspace allows
    escalations: frozenset[str] = frozenset()  # the agent's own transfer targets
    consents: tuple[Said, ...] | None = None
    on_own_list: bool | None = None
    lists: tuple[Listing, ...] = ()
    reassigned: Reassignment | None = None
    history: tuple[Past, ...] | None = None
    spend: Spend | None = None
    stated: Stated | None = None


class Reason(msgspec.Struct, frozen=True):
    """`words` are for a person and hold nothing about the called party."""

    rule: str
    words: str


class Allow(msgspec.Struct, frozen=True, tag="allow"):
    pack: str
    checked: tuple[str, ...]  # ids of the rules that were asked
    price_micros: int  # worst price, to be held before the dial

    @property
    def words(self) -> str:
        return f"Allowed: {len(self.checked)} rules of pack {self.pack} were asked and none objects."


class Defer(msgspec.Struct, frozen=True, tag="defer"):
    """`zones`: where the called party may be."""

    pack: str
    until: datetime
    reasons: tuple[Reason, ...]
    zones: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return f"Not before {local_words(self.until, self.zones)}. {_why(self.reasons)}"


class Refuse(msgspec.Struct, frozen=True, tag="refuse"):
    pack: str
    reasons: tuple[Reason, ...]

    @property
    def words(self) -> str:
        return f"Refused. {_why(self.reasons)}"


Verdict = Allow | Defer | Refuse


def _why(reasons: tuple[Reason, ...]) -> str:
    """The ids stand in brackets after the words, so that pages can show them apart (`console/templatetags/verdict_words.py`)."""
    return " ".join(f"{reason.words} [{reason.rule}]" for reason in reasons)


def local_words(at: datetime, zones: tuple[str, ...]) -> str:
    """By the clocks of the called party: "Tue 24 November, 9:00 AM their time (New York)"; of several zones the first and the last
    clock. In UTC where no zone is known."""
    clocks = {at.astimezone(ZoneInfo(zone)).replace(tzinfo=None): zone for zone in reversed(zones)}
    if not clocks:
        return f"{_clock(at)} UTC"
    first, last = min(clocks), max(clocks)
    words = f"{_clock(first)} their time ({_city(clocks[first])})"
    return words if first == last else f"{words}, which is {_clock(last)} in {_city(clocks[last])}"


def _clock(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%B}, {at.hour % 12 or 12}:{at:%M %p}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
