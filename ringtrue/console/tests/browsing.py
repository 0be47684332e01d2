"""A real server over a workspace with calls, and Chromium that looks at it.

Needs Chromium (Debian's `chromium`, or RINGTRUE_CHROMIUM) and the packages of package-lock.json. Without them the tests that ask
for these are skipped by name; under CI=true they fail, because nobody would notice.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from ringtrue.console.tests.showing import book_week, show
from ringtrue.core.configuring import ROOT
from ringtrue.core.testing import missing

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.flatMap(
    broken => broken.nodes.map(node => broken.id + ': ' + node.target.join(' ') + ' ' + node.failureSummary))"""
"""After AXE was evaluated in a page: what axe has to complain of, one sentence each."""


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


@contextmanager
def serving():
    """The address of a server over the test's database."""
    import uvicorn

    from ringtrue.core.asgi import application

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.05)
    yield f"http://localhost:{port}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def server(assets, transactional_db, fast_passwords):
    with serving() as address:
        yield address


@pytest.fixture
def served(server):
    """(address, a workspace with calls, all that happened in them)."""
    from allauth.account.models import EmailAddress

    from ringtrue.accounts.scoping import system_scope
    from ringtrue.agents.starters import starter_workspace

    started = starter_workspace("dental", owner_email="owner@dental.example", slug="dental-seen")
    shown = show(started)
    book_week(started)
    with system_scope("the test's owner signs in with a password"):
        started.owner.set_password("a long enough password")
        started.owner.save()
        EmailAddress.objects.create(user=started.owner, email=started.owner.email, verified=True, primary=True)
    return server, started, shown


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


def cookie_of(user, address):
    """A session of this person, for a browser. To be made before the browser starts: with its event loop running, Django refuses
    plain database calls in this thread."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}


@pytest.fixture
def cookie(served):
    return cookie_of(served[1].owner, served[0])


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
