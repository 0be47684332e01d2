"""Deleting at a carrier: what a line's module `deleting` offers, where the carrier keeps something of our calls and removes it on demand.

`delete(account, credentials, kind, reference) -> bool`: False where it is not there any more. `kind`: "call" or "text".
Raises `NotNow` and `WillNot`.
"""


class NotNow(Exception):
    """It has to be asked again later; `str(self)` is a code."""


class WillNot(Exception):
    """It will not be done however often it is asked; `str(self)` is a code."""
