"""Numbers at a carrier: what a line's module `buying` offers, where the carrier sells them by its API.

`search(account, credentials, wanted) -> list[Offer]`
`price(account, credentials, wanted) -> str`: of one month, as it is shown ("1.15 USD"); "" where the carrier does not tell
`owned(account, credentials, number="") -> list[Owned]`: of the account, all or this one
`buy(account, credentials, number, hooks) -> Owned`: with our webhooks set in the same request, so that none is bought without
`configure(account, credentials, reference, hooks) -> None`: a number of the account calls us from now on
`release(account, credentials, reference) -> None`: it is given back for good; one that is gone already is no fault
`COUNTRIES`, `KINDS`: what may be searched, as (value, words)

A carrier whose numbers are bought elsewhere may offer `owned` and `configure` alone.

`hooks`: addresses of ours by name, as `numbers.connecting.hook_urls` gives them. All raise `NumbersFailed`; after `AnswerLost` nobody knows
whether it was done, and `owned` tells.
"""

from __future__ import annotations

import msgspec


class NumbersFailed(Exception):
    """`str(self)` is a sentence for the person who asked."""


class AnswerLost(NumbersFailed):
    """The carrier was asked and gave no answer: it may have been done."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    country: str = "US"  # ISO 3166-1
    kind: str = ""  # of KINDS
    area_code: str = ""
    contains: str = ""  # digits


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    number: str  # E.164
    place: str = ""
    texts: bool = False  # it can send and take text messages


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    number: str  # E.164
    reference: str  # the carrier's own name of it
    leads_to: str = ""  # where the carrier asks what to do with a call now
    texts: bool = False
