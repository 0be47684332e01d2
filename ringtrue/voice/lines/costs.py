"""What a carrier asked for a call: what a line's module `costs` offers, where the carrier tells it afterwards.

`price(account, credentials, reference) -> Price | None`: None while it does not know yet, or cannot be asked. Raises `NotTold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec


class NotTold(Exception):
    """The carrier knows no such call, or will not tell; it need not be asked again."""


class Price(msgspec.Struct, frozen=True):
    micros: int  # millionths, never below zero
    currency: str  # ISO 4217


def price_in(told: Mapping[str, Any], line: str) -> Price | None:
    """Where `price` is an amount as text, below zero for what is asked, and `price_unit` its currency. Raises NotTold."""
    if told.get("price") is None:
        return None
    try:
        return Price(int(abs(Decimal(str(told["price"]))) * 1_000_000), str(told.get("price_unit") or "").upper())
    except InvalidOperation:
        raise NotTold(f"{line}_price") from None
