"""Every cookie and every local storage key that our pages set, and nothing else may be: what is strictly necessary, and what
remembers a choice that a person made in this browser."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest


class Item(NamedTuple):
    name: str
    kind: str  # "cookie", "local storage", "session storage"
    category: str  # "necessary", "functional", "analytics", "ads"
    life: str
    purpose: str


INVENTORY: tuple[Item, ...] = (
    Item(
        settings.SESSION_COOKIE_NAME, "cookie", "necessary", "24 hours without use",
        "keeps a person signed in, and protects forms against being sent by other sites",
    ),
    Item(
        "htmx-current-path-for-history", "session storage", "necessary", "until the tab is closed", "knows the page to go back to"
    ),
    Item(
        "install-offer-dismissed", "local storage", "functional", "until the person signs out",
        "remembers that the offer to install the console was dismissed",
    ),
)  # fmt: skip


STOPS_WITHOUT = ("signing in and staying signed in", "the whole console", "sending any form, also on public pages")
"""What does not work in a browser that takes no cookies."""


def refuses_counting(request: HttpRequest, *, honour_dnt: bool) -> bool:
    """Whether the browser says that its visits are not to be counted: Global Privacy Control always, Do Not Track as the policy has it."""
    if request.headers.get("Sec-GPC", "").strip() == "1":
        return True
    return honour_dnt and request.headers.get("DNT", "").strip() == "1"
