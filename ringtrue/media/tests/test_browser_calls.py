"""`call-audio.js` in Chromium, with a made-up microphone, against a real loop and scribe (without models: speech is not the point)."""

from __future__ import annotations

import os
import shutil
import threading
import time
import wave
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started, starter_workspace
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.core.testing import missing
from ringtrue.media.tests.processes import Media
from ringtrue.media.tests.stub_speech import LONG_ANSWER, QUESTION
from ringtrue.privacy import changing
from ringtrue.reception.answering import open_call

pytestmark = [pytest.mark.browser, pytest.mark.realtime]
CHROMIUM = os.environ.get("RINGTRUE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
LONG = os.environ.get("RINGTRUE_LONG") == "1"
STATIC = Path(__file__).resolve().parents[2] / "console" / "static" / "console"
PAGE = """<!doctype html><script type="module">
import { RingtrueCall } from "./call-audio.js";
import { ListenIn } from "./listen-audio.js";
window.states = []; window.events = []; window.loudest = 0;
window.begin = (url) => {
  window.call = new RingtrueCall(url, {
    onState: (state, detail) => window.states.push([state, detail]),
    onEvent: (event) => window.events.push(event),
    onLevel: (level) => { window.loudest = Math.max(window.loudest, level.agent); },
  });
  return window.call.start();
};
window.told = []; window.over = null; window.loudestOf = { caller: 0, agent: 0 };
window.listen = (url) => {
  window.listening = new ListenIn(url, {
    onTold: (told) => window.told.push(told),
    onLevel: (level) => { for (const side in level) window.loudestOf[side] = Math.max(window.loudestOf[side], level[side]); },
    onOver: (code) => { window.over = code; },
  });
  return window.listening.start();
};
window.loaded = true;
</script>"""


@pytest.fixture(scope="module")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("page")
    for script in STATIC.glob("*.js"):
        shutil.copy(script, folder)
    (folder / "page.html").write_text(PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def media(database: None, page_server: int) -> Iterator[Media]:
    made = Media(speech="ringtrue.media.tests.stub_speech:stub_asked", origin=f"http://localhost:{page_server}")
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="module")
def shop(database: None) -> Started:
    return starter_workspace("dental", owner_email="owner@dental.example", slug="browser-test")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if CHROMIUM is None:
        missing("Chromium is missing: apt-get install chromium")
    microphone = tmp_path_factory.mktemp("microphone") / "caller.wav"
    _write_caller(microphone)
    from playwright.sync_api import sync_playwright

    # Playwright keeps a loop in this thread; nothing runs in it while a test speaks to the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}", "--autoplay-policy=no-user-gesture-required",
            ],
        )  # fmt: skip
        yield made
        made.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _write_caller(path: Path) -> None:
    """6 s of quiet, 1.5 s of noise, 8 s of quiet, and again: who was talked over asks once more."""
    sound = np.zeros(48000 * 31 // 2, np.int16)
    sound[48000 * 6 : 48000 * 15 // 2] = np.random.default_rng(3).normal(0, 6000, 72000).clip(-30000, 30000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(sound.tobytes())


@pytest.fixture
def page(browser: Any, page_server: int) -> Iterator[Any]:
    yield from opened(browser, page_server)


@pytest.fixture
def listener(browser: Any, page_server: int) -> Iterator[Any]:
    """Another person's page."""
    yield from opened(browser, page_server)


def opened(browser: Any, page_server: int) -> Iterator[Any]:
    context = browser.new_context(permissions=["microphone"])
    made = context.new_page()
    made.goto(f"http://localhost:{page_server}/page.html")
    made.wait_for_function("window.loaded === true")
    yield made
    context.close()


def ring(shop: Started, media: Media) -> tuple[Call, str]:
    with workspace_scope(shop.workspace.id):
        call, token = open_call(shop.agent, line="browser", is_test=True)
    return call, f"ws://localhost:{media.port}/browser?ticket={token}"


def test_a_page_speaks_and_hears_and_shows_the_call_as_it_happens(page: Any, shop: Started, media: Media) -> None:
    call, url = ring(shop, media)
    page.evaluate("(url) => window.begin(url)", url)
    page.wait_for_function("window.states.some(([state]) => state === 'live')", timeout=60_000)
    answered = "window.events.some((event) => event.kind === 'said' && event.text.startsWith('We are open'))"
    page.wait_for_function(answered, timeout=90_000)
    events = page.evaluate("window.events")
    assert any(event["kind"] == "heard" and event["text"] == QUESTION for event in events)
    assert page.evaluate("window.loudest") > 0.3  # the tone really left the playback worklet
    found = page.evaluate("import('./call-audio.js').then((module) => module.devices())")
    page.evaluate("(id) => window.call.useMicrophone(id)", found["microphones"][-1]["id"])  # in the call
    page.evaluate("(id) => window.call.useSpeaker(id)", found["speakers"][-1]["id"])
    chosen = "(id) => window.call.microphone.getAudioTracks().every((track) => track.readyState === 'live' && track.getSettings().deviceId === id)"
    assert page.evaluate(chosen, found["microphones"][-1]["id"])
    page.evaluate("window.call.hangUp()")
    page.wait_for_function("window.states.at(-1)[0] === 'ended'", timeout=30_000)
    assert page.evaluate("window.states") == [["connecting", ""], ["live", ""], ["ended", "caller_hung_up"]]
    assert page.evaluate("window.events.at(-1).kind") == "ended"

    def record() -> tuple[Call, list[str]]:
        for _ in range(100):
            with workspace_scope(shop.workspace.id):
                kept = Call.objects.get(id=call.id)
                lines = [line.text for line in reading.transcript(kept)]
            if kept.state == "ended":
                break
            time.sleep(0.1)
        return kept, lines

    kept, lines = record()
    assert (kept.state, kept.end_reason, kept.recorded) == ("ended", "caller_hung_up", True)
    assert QUESTION in lines
    assert any(LONG_ANSWER.startswith(line[:10]) for line in lines)


def test_a_member_listens_takes_over_and_hands_back(
    page: Any, listener: Any, shop: Started, media: Media, fast_passwords: None
) -> None:
    client = Client()
    client.force_login(shop.owner)
    with workspace_scope(shop.workspace.id):
        changing.change(shop.workspace.id, "recording.listening", "after_notice", f"user:{shop.owner.id}")
    call, url = ring(shop, media)
    page.evaluate("(url) => window.begin(url)", url)
    page.wait_for_function("window.events.some((event) => event.kind === 'consent')", timeout=60_000)
    answer = client.post(f"/w/{shop.workspace.slug}/calls/{call.id}/listen/")
    ticket = answer.json()["url"].partition("?")[2]
    listener.evaluate("(url) => window.listen(url)", f"ws://localhost:{media.port}/member?{ticket}")
    listener.wait_for_function("window.loudestOf.agent > 0.3", timeout=60_000)
    assert listener.evaluate("window.listening.takeOver()") == ""
    listener.wait_for_function("window.told.at(-1).who === 'you'", timeout=30_000)
    page.wait_for_function("window.events.some((event) => event.kind === 'taken_over')", timeout=30_000)
    if LONG:  # the made-up microphone is quiet for six seconds first
        page.evaluate("window.loudest = 0")
        page.wait_for_function("window.loudest > 0.05", timeout=60_000)  # the member's voice, in the agent's place
    listener.evaluate("window.listening.handBack()")
    again = "window.events.some((event) => event.kind === 'said' && event.text.includes('again'))"
    page.wait_for_function(again, timeout=60_000)
    page.evaluate("window.call.hangUp()")
    listener.wait_for_function("window.over === 'ended'", timeout=30_000)
    done = [event["kind"] for event in page.evaluate("window.events") if event["kind"] in ("listened_in", "taken_over")]
    assert done == ["listened_in", "taken_over", "taken_over", "listened_in"]


def test_a_used_ticket_is_refused_in_words_for_the_page(page: Any, shop: Started, media: Media) -> None:
    url = f"ws://localhost:{media.port}/browser?ticket=made-up"
    page.evaluate("(url) => window.begin(url)", url)
    page.wait_for_function("window.states.at(-1)[0] === 'refused'", timeout=60_000)
    assert page.evaluate("window.states.at(-1)") == ["refused", "unknown"]


@pytest.mark.django_db  # also what makes pytest-django create the test database for this module
def test_pages_of_other_sites_may_not_connect(browser: Any, page_server: int, media: Media) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{page_server}/page.html")  # another origin than localhost
    opened = page.evaluate(
        """(url) => new Promise((done) => { const socket = new WebSocket(url);
        socket.onopen = () => done(true); socket.onclose = () => done(false); })""",
        f"ws://127.0.0.1:{media.port}/browser?ticket=x",
    )
    context.close()
    assert opened is False
