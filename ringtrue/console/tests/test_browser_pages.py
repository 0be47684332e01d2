"""The pages in Chromium: they load nothing of others, complain of nothing, fit a phone, and the player plays.

Needs Chromium (Debian's `chromium`, or RINGTRUE_CHROMIUM) and the page scripts of package-lock.json. Without them these tests are
skipped by name; under CI=true they fail, because nobody would notice.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from ringtrue.console.tests.showing import book_week, show
from ringtrue.privacy.cookies import INVENTORY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 375)


def missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def chromium_path():
    path = os.environ.get("RINGTRUE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        missing("Chromium is not on this machine (apt-get install chromium)")
    return path


@pytest.fixture(scope="module")
def assets():
    from ringtrue.console.building_assets import AssetsMissing, build

    try:
        build()
    except AssetsMissing as problem:
        missing(str(problem))


@pytest.fixture
def served(assets, transactional_db, fast_passwords):
    """(address, a workspace with calls, all that happened in them)."""
    import uvicorn
    from allauth.account.models import EmailAddress

    from ringtrue.accounts.scoping import system_scope
    from ringtrue.agents.starters import starter_workspace
    from ringtrue.core.asgi import application

    started = starter_workspace("dental", owner_email="owner@dental.example", slug="dental-seen")
    shown = show(started)
    book_week(started)
    with system_scope("the test's owner signs in with a password"):
        started.owner.set_password("a long enough password")
        started.owner.save()
        EmailAddress.objects.create(user=started.owner, email=started.owner.email, verified=True, primary=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    assert server.started
    yield f"http://localhost:{port}", started, shown
    server.should_exit = True
    thread.join(10)


class Watched:
    """A page that remembers what was asked of others and what the browser complained about."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", lambda told: self.complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("request", self._asked)

    def _asked(self, request):
        if not request.url.startswith((self.address + "/", "data:", "blob:")):
            self.strangers.append(request.url)


@pytest.fixture
def browser(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def cookie(served):
    """Made before the browser starts: with its event loop running, Django refuses plain database calls in this thread."""
    user = served[1].owner
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": served[0]}


@pytest.fixture
def opened(served, cookie, browser):
    """Opens a page of the workspace, signed in."""

    def open_page(path, width=1280, **more):
        context = browser.new_context(viewport={"width": width, "height": 800}, **more)
        context.set_default_timeout(20000)
        context.add_cookies([cookie])
        watched = Watched(context.new_page(), served[0])
        watched.page.goto(f"{served[0]}/w/dental-seen/{path}")
        return watched

    return open_page


def test_a_person_signs_in_and_lands_at_home(served, browser):
    address = served[0]
    watched = Watched(browser.new_page(), address)
    page = watched.page
    page.goto(address + "/")
    page.fill("input[type=email]", "owner@dental.example")
    page.fill("input[type=password]", "a long enough password")
    page.click("button[type=submit]:has-text('Sign in')")
    page.wait_for_url("**/w/dental-seen/")
    assert page.locator("h1").inner_text().startswith("Good ")
    assert not watched.strangers


@pytest.mark.promise("P-CLX-9-2", "P-CLX-9-3", "P-LEX-1.4-4", "P-LEX-4-4")
def test_pages_ask_no_one_else_complain_of_nothing_and_fit_a_phone(served, opened):
    _, started, shown = served
    agent = started.agent.slug
    paths = [
        "", "calls/", f"calls/{shown.message.id}/", f"calls/{shown.metadata.id}/", "live/", "contacts/", "calendar/", "agents/",
        f"agents/{agent}/", f"agents/{agent}/edit/hours/", f"agents/{agent}/edit/services/", f"agents/{agent}/edit/people/",
        f"agents/{agent}/try/", f"agents/{agent}/versions/", "settings/", "settings/privacy/", "settings/lines/", "settings/webhooks/",
        "settings/audit/", "members/", "keys/",
    ]  # fmt: skip
    troubles = {}
    for width in WIDTHS:
        watched = opened(paths[0], width)
        for path in paths:
            answer = watched.page.goto(f"{watched.address}/w/dental-seen/{path}")
            watched.page.wait_for_load_state("load")
            policy = answer.headers["content-security-policy"]
            assert "default-src 'self'; script-src 'self' 'nonce-" in policy, path
            assert "http" not in policy, path
            wider = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found = [*watched.complaints, *watched.strangers, *(["wider than the screen"] if wider > 0 else [])]
            if found:
                troubles[width, path] = found
            watched.complaints.clear()
            watched.strangers.clear()
        kept = {cookie["name"] for cookie in watched.page.context.cookies()}
        assert kept <= {item.name for item in INVENTORY if item.kind == "cookie"}
        assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} <= kept
        stored = watched.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        assert set(stored) <= {item.name for item in INVENTORY if item.kind != "cookie"}
    assert not troubles


def test_player_and_transcript_follow_each_other(served, opened):
    from playwright.sync_api import expect

    watched = opened(f"calls/{served[2].message.id}/")
    page = watched.page
    page.wait_for_selector("#player[data-ready=true]")
    lines = page.locator("#lines .line")
    target = lines.nth(5)
    start = int(target.get_attribute("data-start"))
    target.click()  # a line -> its sound
    expect(target).to_have_attribute("aria-current", "true")
    minutes, seconds = page.get_by_test_id("position").inner_text().split(":")
    assert abs(int(minutes) * 60 + int(seconds) - start / 1000) <= 2
    expect(lines.nth(6)).to_have_attribute("aria-current", "true", timeout=30000)  # the sound plays on -> the next line
    page.get_by_test_id("play").click()
    assert page.get_by_test_id("play").get_attribute("aria-label") == "Play"
    assert not watched.complaints


def test_search_narrows_the_list_while_one_types(opened):
    from playwright.sync_api import expect

    page = opened("calls/").page
    assert page.get_by_test_id("call-row").count() == 6
    page.fill("#q", "crown")
    expect(page.get_by_test_id("call-row")).to_have_count(1, timeout=20000)
    assert "q=" not in page.url


def test_rows_are_added_and_removed_and_saved(served, opened):
    watched = opened(f"agents/{served[1].agent.slug}/edit/questions/")
    page = watched.page
    before = page.locator("[data-row]").count()
    page.click("[data-add]")
    page.locator("[data-row]").last.locator("input[type=text]").fill("Do you have a waiting list?")
    page.locator("[data-row]").last.locator("textarea").fill("Yes, tell us and we call you.")
    page.locator("[data-row]").first.locator("[data-remove]").click()
    page.get_by_test_id("save").click()
    page.wait_for_selector("text=Saved.")
    assert page.locator("[data-row]").count() == before
    assert "Do you have a waiting list?" in page.locator("[data-row]").last.locator("input[type=text]").input_value()
    assert not watched.complaints


def test_deleting_asks_first(served, opened):
    page = opened(f"calls/{served[2].booking.id}/", 375).page
    page.get_by_role("button", name="Delete this call").click()
    page.get_by_test_id("delete-for-good").click()
    page.wait_for_selector("text=are gone for good")
    assert page.get_by_test_id("call-row").count() == 5


def test_without_a_microphone_the_page_says_so_and_no_call_is_made(served, opened):
    page = opened(f"agents/{served[1].agent.slug}/try/").page
    page.get_by_test_id("call-button").click()
    page.wait_for_selector("#try:is([data-state=no_microphone])")
    assert "microphone" in page.locator("[data-why]").inner_text().lower()
    page.goto(f"{served[0]}/w/dental-seen/calls/")
    assert page.get_by_test_id("call-row").count() == 6


def test_dark_when_the_person_prefers_dark(opened):
    page = opened("", color_scheme="dark").page
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 26, 25)"
