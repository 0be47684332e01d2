"""axe finds nothing to complain of (WCAG 2.2 A and AA, and what its makers call good practice), on wide and narrow screens.

The pages are found from the resolver, in a workspace with something in every table. With RINGTRUE_LONG=1 each is looked at in both
widths; else the pages that are used most, on one screen each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.core.cache import cache

from ringtrue.console.tests.browsing import AXE, LOOK, cookie_of, missing
from ringtrue.console.tests.planting import Planted, plant
from ringtrue.console.tests.surface import API, PUBLIC, CannotFill, Page, address, pages, variants

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG = bool(os.environ.get("RINGTRUE_LONG"))
WIDTHS = (1280, 390)
MOST_USED = ("home", "call")
NO_PAGES = ("stream", "audio", "peaks", "download", "archive", "fetch", "export", "table", "rejected", "logout")


@pytest.fixture
def planted(transactional_db: Any, fast_passwords: None) -> Planted:
    if not AXE.exists():
        missing("axe-core is not installed (make setup-test)")
    cache.clear()
    return plant("dental", "accessible", "zephyr", "0111")


@pytest.fixture
def signed_in(planted: Planted, server: str) -> dict[str, Any]:
    return cookie_of(planted.owner, server)


def looked_at() -> list[Page]:
    found = [page for page in pages() if not page.route.startswith(API) and not any(part in page.route for part in NO_PAGES)]
    return found if LONG else [page for page in found if page.name in MOST_USED and page.of_workspace]


def addresses(planted: Planted) -> Iterator[tuple[str, bool]]:
    """(path, whether anybody may see it)."""
    for page in looked_at():
        try:
            for choice in variants(page):
                yield address(page, {**planted.values, **choice}), page.name in PUBLIC
        except CannotFill:
            continue  # a token of a mail and the like


def test_axe_finds_nothing_on_any_page(server: str, planted: Planted, signed_in: dict[str, Any], browser: Any) -> None:
    axe, troubles, seen = AXE.read_text(), {}, 0
    tabs = {}
    for width in WIDTHS:
        for public in (True, False):
            context = browser.new_context(viewport={"width": width, "height": 900})
            context.add_cookies([] if public else [signed_in])
            tabs[width, public] = context.new_page()
    for (path, public), one in zip(addresses(planted), cycle(WIDTHS), strict=False):
        for width in WIDTHS if LONG else (one,):
            page = tabs[width, public]
            answer = page.context.request.get(server + path)
            if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
                page.goto(server + path, wait_until="domcontentloaded")
                seen += 1
                page.evaluate(axe)
                if found := page.evaluate(LOOK):
                    troubles[f"{path} at {width}"] = found
    assert seen > 120 if LONG else seen == len(MOST_USED)
    assert not troubles, "\n".join(f"{where}\n  " + "\n  ".join(found) for where, found in troubles.items())
