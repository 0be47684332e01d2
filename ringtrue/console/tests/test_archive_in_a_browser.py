"""What a person gets when they ask for their data: every word that was seeded of them, on a page that opens without any server."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.console.tests.browsing import AXE, LOOK, missing
from ringtrue.console.tests.planting import Planted, plant
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.rights.archive import archive_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 390)
OF_THE_CALLER = ("said", "heard", "reason", "note", "booked", "mail", "hook")


@pytest.fixture
def planted(transactional_db: Any, fast_passwords: None) -> Planted:
    if not AXE.exists():
        missing("axe-core is not installed (make setup-test)")
    cache.clear()
    return plant("dental", "archived", "zephyr", "0111")


@pytest.fixture
def unpacked(planted: Planted, tmp_path: Path) -> Path:
    with workspace_scope(planted.workspace.id):
        packed = archive_of(subject_for_number(planted.workspace.id, planted.number), business="Riverside Dental")
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    return tmp_path


def test_the_archive_holds_every_word_that_was_seeded_and_opens_in_a_browser(
    planted: Planted, unpacked: Path, browser: Any
) -> None:
    data = "\n".join(path.read_text() for path in unpacked.rglob("*.json"))
    for width in WIDTHS:
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto((unpacked / "index.html").as_uri())
        seen = page.inner_text("body")
        for word in [planted.name, planted.number, *(f"zephyr{key}" for key in OF_THE_CALLER)]:
            assert word in seen, word
            assert word in data, word
        page.wait_for_function("[...document.querySelectorAll('audio')].every(sound => sound.duration > 0)")
        assert page.locator("audio").count() == 1
        assert all(url.startswith("file:") for url in asked), "it asks nobody"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        page.evaluate(AXE.read_text())
        assert page.evaluate(LOOK) == []
