"""What a person's browser would send from a page: the fields of its form, as they stand."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self, mark: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.mark, self.inside, self.in_template = mark, False, 0
        self.select, self.area, self.first = "", "", True

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.inside = self.mark in (self.get_starttag_text() or "")
        if tag == "template":
            self.in_template += 1
        if not self.inside or self.in_template:
            return
        name = held.get("name", "")
        if tag == "input" and name:
            ticked = held.get("type") not in ("checkbox", "radio") or "checked" in held
            if ticked:
                self.found.setdefault(name, []).append(held.get("value", "on"))
        elif tag == "select":
            self.select, self.first = name, True
        elif tag == "option" and self.select:
            # Without a choice a browser sends the first.
            if self.first or "selected" in held:
                self.found[self.select] = [held.get("value", "")]
            self.first = False
        elif tag == "textarea":
            self.area = name
            self.found[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "template":
            self.in_template -= 1
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def fields_of(html: str, mark: str = "data-guarded") -> dict[str, Any]:
    """Name -> values of the form whose opening tag holds `mark`."""
    parser = _Fields(mark)
    parser.feed(html)
    parser.found.pop("csrfmiddlewaretoken", None)
    return parser.found
