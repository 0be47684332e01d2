"""Reading a page of a business's web site into questions and answers, which a person then looks through before they are kept.

The page is asked for as `notifications/reaching.py` allows: every address that it leads to is judged, and the connection goes to the
judged address. Nothing of the page is run, and nothing else that it names is loaded."""

from __future__ import annotations

from html.parser import HTMLParser
from time import monotonic
from typing import NamedTuple
from urllib.parse import urljoin

import httpx

from ringtrue.notifications.reaching import Refused, resolve

TIMEOUT_S = 5.0  # for one step of a connection
LONGEST_S = 15.0  # for all of it
LARGEST = 1_000_000  # bytes
REDIRECTS = 3
MOST = 40
LONGEST_QUESTION, LONGEST_ANSWER = 200, 600  # letters; what can be said on the phone
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "dt", "summary"})
UNREAD = frozenset({"script", "style", "nav", "header", "footer", "form", "button", "noscript", "template", "svg", "iframe"})
BREAKS = frozenset({"p", "li", "dd", "div", "br", "tr", "td", "section", "article", "details", *HEADINGS})


class CannotRead(Exception):
    """`str(self)` is a sentence for the person who typed the address."""


class Found(NamedTuple):
    question: str
    answer: str


def read(url: str) -> list[Found]:
    """Each heading with the text below it, in the order of the page, at most 40. Takes at most about 15 s. Raises CannotRead."""
    page = _Sections()
    page.feed(_fetch(url))
    page.close()
    found = page.found()
    if not found:
        raise CannotRead("There are no headings with text below them on this page.")
    return found[:MOST]


def _fetch(url: str) -> str:
    until = monotonic() + LONGEST_S
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            for _ in range(1 + REDIRECTS):
                target = resolve(url)
                headers = {
                    "Host": target.named, "Accept": "text/html", "Accept-Encoding": "identity", "User-Agent": "Ringtrue-Reader/1",
                }  # fmt: skip
                request = client.build_request(
                    "GET", target.by_address, headers=headers, extensions={"sni_hostname": target.host}
                )
                response = client.send(request, stream=True)
                try:
                    if not response.has_redirect_location:
                        return _text(response, until)
                finally:
                    response.close()
                url = urljoin(url, response.headers["Location"])
    except Refused as why:
        raise CannotRead(str(why)) from None
    except (httpx.HTTPError, OSError, UnicodeError):
        raise CannotRead("This page could not be reached.") from None
    raise CannotRead("This address leads on and on.")


def _text(response: httpx.Response, until: float) -> str:
    if response.status_code != 200:
        raise CannotRead(f"The site answers {response.status_code} instead of a page.")
    if not response.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml+xml")):
        raise CannotRead("This address does not lead to a web page.")
    if "Content-Encoding" in response.headers:  # plain bytes were asked for: what is packed might unpack without end
        raise CannotRead("The site sends its pages in a way that cannot be read here.")
    held = bytearray()
    for piece in response.iter_raw(65536):
        held += piece
        if len(held) > LARGEST or monotonic() > until:
            raise CannotRead("This page is too long or too slow.")
    try:
        return held.decode(response.charset_encoding or "utf-8", "replace")
    except LookupError:
        return held.decode("utf-8", "replace")


class _Sections(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._unread: list[str] = []  # open elements that are not read
        self._in_heading = ""
        self._sections: list[tuple[list[str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNREAD:
            self._unread.append(tag)
        elif tag in HEADINGS:
            self._in_heading = tag
            self._sections.append(([], []))
        elif tag in BREAKS:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unread:
            del self._unread[self._unread.index(tag) :]
        elif tag == self._in_heading:
            self._in_heading = ""
        elif tag in BREAKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._sections and not self._unread:
            self._sections[-1][0 if self._in_heading else 1].append(data)

    def found(self) -> list[Found]:
        held = [Found(_plain(heading)[:LONGEST_QUESTION], _shortened(_plain(below))) for heading, below in self._sections]
        return [each for each in held if each.question and each.answer]


def _plain(pieces: list[str]) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in "".join(pieces)).split())


def _shortened(text: str) -> str:
    """Whole sentences, as many as can be said."""
    if len(text) <= LONGEST_ANSWER:
        return text
    cut = text[:LONGEST_ANSWER]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: end + 1] if end > 0 else cut.rsplit(" ", 1)[0]
