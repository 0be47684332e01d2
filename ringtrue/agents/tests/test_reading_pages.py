"""A page of a web site becomes questions and answers of one business, and no address leads a reader to machines inside."""

import asyncio
import threading
from collections import OrderedDict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import numpy as np
import pytest

from ringtrue.agents import reading_pages
from ringtrue.agents.publishing import publish
from ringtrue.agents.reading_pages import CannotRead, Found, read
from ringtrue.agents.starters import starter_workspace
from ringtrue.voice.agent import Agent
from ringtrue.voice.brains import knowledge
from ringtrue.voice.brains.knowledge import know

HTML = """<!doctype html><title>Questions</title><nav><h2>Menu</h2><p>Home</p></nav>
<h1>Visiting us</h1>
<h2>Is there <em>parking</em>?</h2><p>Yes, behind the Quillgate house.</p><p>It is free.</p>
<script>document.write("<h2>Injected</h2><p>by a script</p>")</script>
<dl><dt>Do you take dogs?</dt><dd>Only <b>small</b> ones.</dd></dl>
<h3>Our story</h3><p>{long}</p><footer><h2>Imprint</h2><p>Street</p></footer>"""
HTML = HTML.replace("{long}", "We began small. " * 60)
PARKING = Found("Is there parking?", "Yes, behind the Quillgate house. It is free.")


@contextmanager
def site(*answers):
    """A web site on this machine that gives these (status, headers, body) in order, and the paths it was asked for."""
    asked, waiting = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            status, headers, body = waiting.pop(0)
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def on_this_machine(settings):
    settings.WEBHOOKS_ALLOW_LOCAL = True


def page(body=HTML, **headers):
    return 200, headers, body.encode()


def test_headings_become_questions_and_what_a_page_runs_or_repeats_is_not_read(on_this_machine):
    with site((302, {"Location": "/there"}, b""), page()) as (address, asked):
        found = read(f"{address}/here?a=b")
    assert [path for path, _ in asked] == ["/here?a=b", "/there"]
    assert found[:2] == [PARKING, Found("Do you take dogs?", "Only small ones.")]
    assert [each.question for each in found[2:]] == ["Our story"]
    assert len(found[2].answer) <= reading_pages.LONGEST_ANSWER
    assert found[2].answer.endswith("We began small.")
    assert not any("ookie" in name for _, headers in asked for name in headers)


@pytest.mark.promise("P-NEJ-1-5")
@pytest.mark.parametrize(
    "inside", ["http://10.0.0.5/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "file:///etc/passwd", "http://db.internal/"]
)  # fmt: skip
def test_no_page_is_fetched_from_inside_also_not_where_another_leads_there(on_this_machine, settings, monkeypatch, inside):
    connected = []
    real = reading_pages.httpx.Client.send

    def send(client, request, **more):
        connected.append(request.url.host)
        return real(client, request, **more)

    monkeypatch.setattr(reading_pages.httpx.Client, "send", send)
    with site((302, {"Location": inside}, b"")) as (address, _), pytest.raises(CannotRead):
        read(address)
    assert connected == ["127.0.0.1"], "only the site that led there"
    settings.WEBHOOKS_ALLOW_LOCAL = False
    for refused in (inside, "https://127.0.0.1/", "https://localhost/", "http://example.com/"):
        with pytest.raises(CannotRead):
            read(refused)
    assert connected == ["127.0.0.1"]


@pytest.mark.parametrize(
    "answer",
    [
        page(**{"Content-Encoding": "gzip"}), page(**{"Content-Type": "application/pdf"}), page("<p>No heading</p>"), (404, {}, b""),
        page("<h1>Long</h1>" + "x" * reading_pages.LARGEST),
    ],
    ids=["packed", "no page", "no heading", "not there", "too long"],
)  # fmt: skip
def test_what_is_no_page_to_read_is_told_in_words(on_this_machine, answer):
    with site(answer) as (address, _), pytest.raises(CannotRead, match=r"\.$"):
        read(address)


def test_a_page_that_leads_on_and_on_is_left(on_this_machine):
    with site(*[(302, {"Location": "/again"}, b"")] * 9) as (address, asked), pytest.raises(CannotRead):
        read(address)
    assert len(asked) == 1 + reading_pages.REDIRECTS


class Directions:
    """Texts as directions of their own, so that only the same text is near."""

    async def embed(self, texts):
        return np.stack(
            [np.random.default_rng(abs(hash(text)) % 2**32).standard_normal(384).astype(np.float32) / 19.6 for text in texts]
        )


@pytest.fixture
def nothing_known(monkeypatch):
    """What is embedded here is no meaning: later tests of this process must not find it kept."""
    monkeypatch.setattr(knowledge, "_FIXED", {})
    monkeypatch.setattr(knowledge, "_CACHE", OrderedDict())


async def found_in(version, query):
    embedder = Directions()
    known = await know(msgspec.convert(version.document, Agent), embedder)
    vector = (await embedder.embed([query]))[0]
    return [known.agent.faqs[found.at].answer for found in known.faqs.search(query, vector)]


@pytest.mark.promise("P-NEJ-1-5")
def test_what_a_page_told_one_business_is_looked_through_saved_and_never_found_by_another(
    on_this_machine, client, dental, fast_passwords, nothing_known
):
    other = starter_workspace("dental", owner_email="owner@other.example", slug="other-dental")
    client.force_login(dental.owner)
    form = f"/w/dental-test/agents/{dental.agent.slug}/edit/questions/"
    with site(page()) as (address, _):
        shown = client.post(form, {"page": address})
    assert PARKING.answer in shown.content.decode()
    dental.agent.refresh_from_db()
    assert PARKING.answer not in str(dental.agent.draft), "nothing is kept before a person has looked through it"
    rows = shown.context["state"]["rows"]
    sent = {"faq-row": [row["key"] for row in rows]}
    sent |= {f"faq-{row['key']}-{name}": row[name] for row in rows for name in ("id", "question", "answer")}
    assert client.post(form, sent).status_code == 302
    dental.agent.refresh_from_db()
    version = publish(dental.agent, dental.owner)
    assert PARKING.answer in asyncio.run(found_in(version, PARKING.question))
    everything = asyncio.run(found_in(other.version, PARKING.question))
    assert everything
    assert not any("Quillgate" in answer for answer in everything)
