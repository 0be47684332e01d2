"""Text messages: what a line's module `messages` offers, where its numbers can send and take them.

`send(account, credentials, order) -> str`: the carrier's own name of the message. Raises `TextFailed`, `TextDeferred`, `TextUnknown`.
What is told of one later, and what comes in, are webhooks of the kinds "text_status" and "text" (`lines/carrier.py`).
"""

from __future__ import annotations

import msgspec


class TextFailed(Exception):
    """It will not be sent; `str(self)` is a code. `opted_out`: because the person told the carrier that they want no more."""

    def __init__(self, code: str, *, opted_out: bool = False) -> None:
        super().__init__(code)
        self.opted_out = opted_out


class TextDeferred(Exception):
    """Nothing was sent; the same message may be sent later."""


class TextUnknown(Exception):
    """The carrier was told and gave no answer: it may have been sent, and is not sent again."""


class TextOrder(msgspec.Struct, frozen=True, kw_only=True):
    number: str  # E.164
    ours: str  # E.164, one of the account's
    text: str
    status_url: str
