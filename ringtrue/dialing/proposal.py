"""A call that somebody would like to place, with everything that its permit depends on. Times are aware datetimes."""

from __future__ import annotations

from datetime import datetime

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
    pack: str
    until: datetime
    reasons: tuple[Reason, ...]

    @property
    def words(self) -> str:
        return f"Not before {self.until:%Y-%m-%d %H:%M} UTC. " + " ".join(f"{r.words} [{r.rule}]" for r in self.reasons)


class Refuse(msgspec.Struct, frozen=True, tag="refuse"):
    pack: str
    reasons: tuple[Reason, ...]

    @property
    def words(self) -> str:
        return "Refused. " + " ".join(f"{r.words} [{r.rule}]" for r in self.reasons)


Verdict = Allow | Defer | Refuse
