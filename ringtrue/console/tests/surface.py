"""Every address of the project, found from the resolver, and how to fill one with the ids of a planted workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from ringtrue.console.agent_forms import SECTIONS
from ringtrue.console.tests.planting import Planted
from ringtrue.hosted.finding import engines
from ringtrue.numbers.connecting import connectable

WORKSPACE = "w/<slug:slug>/"

PUBLIC = {
    "root", "health",
    "accounts_link", "accounts_invitation", "accounts_terms", "accounts_policy",
    "account_login", "account_logout", "account_signup", "account_inactive", "account_email_verification_sent",
    "account_confirm_email", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_confirm_login_code",
    "mfa_authenticate", "mfa_login_webauthn",
    "rights_ask", "rights_follow", "rights_fetch",  # people without an account; console/tests/test_rights_pages.py
    "policy_public", "policy_public_version", "cookies",  # what anybody may read; console/tests/test_policies_pages.py
    "call_us",  # pages of a business's own web site: call_us/tests
    "trust",  # console/tests/test_trust_page.py
    "line_hook",  # signed by the carrier: ringtrue/reception/tests
    "engine_hook",  # signed by the engine: ringtrue/hosted/tests
    "engine_completions",  # with the secret that we gave the engine: ringtrue/hosted/tests
}  # fmt: skip
"""Names of addresses that answer someone who is not signed in. A new one has to be put here by a person who thought about it."""

PUBLIC_ROUTES = re.compile(r"^(static/|favicon|robots|manifest|\.well-known/)")
API = "api/v1/"
OPEN_API_PAGES = {"openapi-json", "openapi-view", "api-root"}

NOT_IDS = {
    "slug",
    "kind",
    "format",
    "part",
    "what",
    "line",
    "form",
    "section",
    "step",
    "name",
    "starter",
    "file_format",
    "engine",
    "company",
}
"""Keywords that choose a view's form and name no row of a workspace. Their values stand in CHOICES."""

CHOICES: dict[str, list[str]] = {
    "part": [section.slug for section in SECTIONS],
    "line": list(connectable()),
    "engine": list(engines()),
    "company": ["cartesia"],
}
"""`route` or keyword -> values to try."""


BODIES: dict[str, dict[str, str]] = {"w/<slug:slug>/settings/numbers/": {"account": "account_id"}}
"""Route -> the field of a form that has to name a row before a view does anything, and which planted value names it."""


class Page(NamedTuple):
    route: str
    name: str
    view: Any
    keywords: tuple[str, ...]

    @property
    def of_workspace(self) -> bool:
        return self.route.startswith(WORKSPACE)

    @property
    def of_api(self) -> bool:
        return self.route.startswith(API)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(k for k in self.keywords if k not in NOT_IDS)


def pages() -> list[Page]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], before: str) -> Iterator[Page]:
    for pattern in patterns:
        route = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield Page(route, pattern.name or "", pattern.callback, tuple(_keywords(route)))


def _plain(route: str) -> str:
    # Regular expressions of allauth: `(?P<key>...)` becomes `<str:key>`.
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", route.removeprefix("^")).removesuffix("$")


def _keywords(route: str) -> list[str]:
    return [found.rpartition(":")[2] for found in re.findall(r"<([^>]+)>", route)]


class CannotFill(Exception):
    pass


def address(page: Page, values: dict[str, Any]) -> str:
    """The path with these values. Raises CannotFill for a keyword that nothing was planted for."""

    def fill(match: re.Match[str]) -> str:
        keyword = match.group(1).rpartition(":")[2]
        if keyword not in values:
            raise CannotFill(
                f"{page.route}: plant something for <{keyword}> in console/tests/planting.py, or say in console/tests/surface.py "
                "that it names no row"
            )
        return str(values[keyword])

    return "/" + re.sub(r"<([^>]+)>", fill, page.route)


def variants(page: Page) -> list[dict[str, str]]:
    """One dict per value of the keywords that are choices."""
    found: list[dict[str, str]] = [{}]
    for keyword in page.keywords:
        if keyword in NOT_IDS and keyword != "slug":
            choices = CHOICES.get(page.route) or CHOICES.get(keyword)
            if not choices:
                raise CannotFill(f"{page.route}: say in CHOICES of console/tests/surface.py what <{keyword}> may be")
            found = [{**held, keyword: value} for held in found for value in choices]
    return found


def workspace_pages() -> list[Page]:
    return [page for page in pages() if page.of_workspace]


def body_for(page: Page, values: dict[str, Any]) -> dict[str, Any]:
    return {field: values[key] for field, key in BODIES.get(page.route, {}).items()}


def capability_of(page: Page, method: str) -> str | None:
    view = page.view
    if method in {"GET", "HEAD", "OPTIONS"}:
        return getattr(view, "capability", None)
    return getattr(view, "change_capability", None) or getattr(view, "capability", None)


def body_of(answer: Any) -> bytes:
    """All bytes of an answer, its headers too. A stream that has begun well is not waited for: its first piece."""
    head = repr(sorted(answer.headers.items())).encode()
    if not answer.streaming:
        return head + bytes(answer.content)
    if answer.is_async:
        return head
    return head + b"".join(answer.streaming_content)


def words_of(other: Planted, sent: str, body: bytes) -> list[str]:
    """What of the other workspace's words, numbers and ids stands in `body`, but for what we had sent ourselves."""
    told = body.decode("utf-8", "replace")
    digits = other.number[-10:]
    seen = [word for word in other.words if word.lower() in told.lower()]
    if re.sub(r"\D", "", digits) in re.sub(r"[\s().+-]", "", told):
        seen.append("the caller's number")
    ids = {str(value) for key, value in other.values.items() if key.endswith("_id")} | {str(other.workspace.id)}
    return seen + sorted(i for i in ids if i in told and i not in sent)
