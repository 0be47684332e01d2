"""The button on a page of another origin, in Chromium: it calls and is answered, its call outlives a network that breaks, and a page
that is not listed is refused in words."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started, starter_workspace
from ringtrue.call_us.models import ButtonCall, CallButton
from ringtrue.call_us.tests.a_web_site import Site, Way
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.console.tests.browsing import serving
from ringtrue.media.tests.conftest import database  # noqa: F401 - a fixture
from ringtrue.media.tests.processes import Media, running
from ringtrue.media.tests.test_browser_calls import browser  # noqa: F401 - a fixture
from ringtrue.privacy.models import PolicySetting

pytestmark = [pytest.mark.browser, pytest.mark.realtime]


@pytest.fixture(scope="module")
def media(database: None) -> Iterator[Media]:  # noqa: F811
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def console(database: None) -> Iterator[str]:  # noqa: F811
    """Serves the script and the tickets; its pages would need more than this module has."""
    with serving() as address:
        yield address


class Shown:
    def __init__(self, shop: Started, button: CallButton, site: Site, way: Way) -> None:
        self.shop, self.button, self.site, self.way = shop, button, site, way


@pytest.fixture(scope="module")
def shown(media: Media, console: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    way = Way(media.port)
    before, settings.MEDIA_SOCKET_URL = settings.MEDIA_SOCKET_URL, f"ws://localhost:{way.port}"
    shop = starter_workspace("dental", owner_email="owner@dental.example", slug="button-test")
    with workspace_scope(shop.workspace.id):
        # Else a visitor would be asked first; what is said is kept all the same.
        PolicySetting.objects.create(workspace=shop.workspace, key="recording.flow", value="off")
        button = CallButton.objects.create(
            workspace=shop.workspace, agent=shop.agent, label="Ring us", color="#14574a", language="en"
        )
    site = Site(tmp_path_factory.mktemp("site"), console, settings.MEDIA_SOCKET_URL, button.key)
    with workspace_scope(shop.workspace.id):
        CallButton.objects.update(origins=[f"http://localhost:{site.port}"])
    yield Shown(shop, button, site, way)
    settings.MEDIA_SOCKET_URL = before
    site.close()
    way.close()


def opened(browser: Any, address: str, width: int = 390) -> Any:  # noqa: F811
    context = browser.new_context(permissions=["microphone"], viewport={"width": width, "height": 780})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda told: page.complaints.append(told.text) if told.type == "error" else None)
    page.goto(address)
    return page


def look(page: Any, name: str) -> None:
    """Keeps a picture, where somebody wants to see one."""
    if folder := os.environ.get("RINGTRUE_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.django_db  # also what makes pytest-django create the test database for this module
def test_a_visitor_calls_from_another_origin_through_a_network_that_breaks(browser: Any, shown: Shown) -> None:  # noqa: F811
    from playwright.sync_api import expect

    page = opened(browser, f"http://localhost:{shown.site.port}/")
    look(page, "closed")
    page.get_by_role("button", name="Ring us").click()
    panel = page.get_by_role("dialog", name="Ring us")
    expect(panel).to_contain_text("You will speak with an AI assistant of Riverside Dental, not with a person.")
    expect(panel).to_contain_text("The call is not recorded.")
    assert panel.get_by_role("link").get_attribute("href").endswith("/privacy/button-test/trust/")
    expect(panel.get_by_role("button", name="Start the call")).to_be_focused()
    look(page, "opened")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("Enter")  # the focus is back on the button
    panel.get_by_role("button", name="Start the call").click()
    state = panel.get_by_role("status")
    expect(state).to_have_text("You are on the line", timeout=30_000)
    expect(panel.locator("[data-speaker=agent]").first).to_be_visible(timeout=30_000)
    shown.way.cut()
    expect(state).to_have_text("The connection broke. Trying again…", timeout=15_000)
    look(page, "lost")
    shown.way.mend()
    expect(state).to_have_text("You are on the line", timeout=20_000)
    expect(panel.locator("[data-speaker=caller]").first).to_be_visible(timeout=40_000)  # the same call hears them
    look(page, "live")
    panel.get_by_role("button", name="Mute", exact=True).click()
    expect(panel.get_by_role("button", name="Unmute")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="Hang up").click()
    expect(state).to_have_text("The call is over.", timeout=15_000)
    look(page, "over")
    lines = panel.locator("[data-speaker] ").all_inner_texts()
    assert page.context.cookies() == []
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    policed = [text for text in page.complaints if "Content Security Policy" in text]
    page.context.close()
    assert not policed

    with workspace_scope(shown.shop.workspace.id):
        row = ButtonCall.objects.select_related("call").get()
        for _ in range(100):
            call = Call.objects.get(id=row.call_id)
            if call.state == "ended":
                break
            time.sleep(0.1)
        kept = [line.text for line in reading.transcript(call)]
        words = [moment.title for moment in reading.timeline(call)]
    assert (call.line, call.state, call.end_reason) == ("website", "ended", "caller_hung_up")
    assert row.origin == f"http://localhost:{shown.site.port}"
    assert [line.partition(": ")[2] for line in lines] == kept[: len(lines)], "what was shown is what is kept, each line once"
    # A machine that stalls may cut it off once more.
    assert words.count("The connection broke") == words.count("The connection was there again") >= 1


def test_a_page_of_another_site_is_refused_in_words_and_gets_no_ticket(browser: Any, shown: Shown) -> None:  # noqa: F811
    from playwright.sync_api import expect

    here = f"http://127.0.0.1:{shown.site.port}"  # not the origin that is listed
    page = opened(browser, here, 1280)
    page.get_by_role("button", name="Call us").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("status")).to_contain_text(f"Calls cannot be made from this page ({here}).")
    expect(panel.get_by_role("button", name="Start the call")).to_have_count(0)
    look(page, "refused")
    page.context.close()
    with workspace_scope(shown.shop.workspace.id):
        assert ButtonCall.objects.exclude(origin=f"http://localhost:{shown.site.port}").count() == 0
