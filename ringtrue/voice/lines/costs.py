"""What a carrier asked for a call: what a line's module `costs` offers, where the carrier tells it afterwards.

`price(account, credentials, reference) -> Price | None`: None while it does not know yet, or cannot be asked. Raises `NotTold`.
"""

from __future__ import annotations

import msgspec


class NotTold(Exception):
    """The carrier knows no such call, or will not tell; it need not be asked again."""


class Price(msgspec.Struct, frozen=True):
    micros: int  # millionths, never below zero
    currency: str  # ISO 4217
