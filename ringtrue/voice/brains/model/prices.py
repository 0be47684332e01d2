"""What a request costs, from a small dated table that an operator can replace. A model that is not in it has no price, only tokens."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import msgspec


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars per million tokens. `cached`, `cache_write`: None where the provider asks the price of input."""

    input: float
    output: float
    cached: float | None = None
    cache_write: float | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    as_of: str  # ISO 8601 date
    source: str = ""
    models: dict[str, Price]  # "provider/model" -> price; a dated name such as "claude-haiku-5-5-20261001" finds its undated one


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """`input` counts all that was read, `cached` and `cache_write` are parts of it."""

    input: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0


@functools.cache
def table() -> Table:
    """RINGTRUE_MODEL_PRICES names a file of the same form that replaces ours. Raises OSError, msgspec.DecodeError."""
    path = os.environ.get("RINGTRUE_MODEL_PRICES") or Path(__file__).with_name("prices.json")
    return msgspec.json.decode(Path(path).read_bytes(), type=Table)


def price_of(provider: str, model: str, prices: Table | None = None) -> Price | None:
    held = (prices or table()).models
    name = f"{provider}/{model}"
    if name in held:
        return held[name]
    base, _, date = name.rpartition("-")
    return held.get(base) if len(date) == 8 and date.isdecimal() else held.get(name.removesuffix("-latest"))


def cost_usd(price: Price | None, used: Tokens) -> float | None:
    """None where no price is known."""
    if price is None:
        return None
    fresh = max(0, used.input - used.cached - used.cache_write)
    cached = price.input if price.cached is None else price.cached
    written = price.input if price.cache_write is None else price.cache_write
    whole = fresh * price.input + used.cached * cached + used.cache_write * written + used.output * price.output
    return round(whole / 1_000_000, 8)
