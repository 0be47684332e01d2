"""Two workspaces: every page tried with the other's ids. Pages are found from the resolver, so a new one is tried at once."""

from __future__ import annotations

import itertools
import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, resolve

from ringtrue.console.tests.comparing import fingerprint, references_across_workspaces, tables_without_a_row
from ringtrue.console.tests.planting import Planted, plant
from ringtrue.console.tests.surface import PUBLIC, CannotFill, address, body_of, pages, variants, words_of, workspace_pages

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFUSED = {404}
pytestmark = [pytest.mark.promise("P-CLX-5-2"), pytest.mark.usefixtures("fast_passwords")]


@pytest.fixture
def two(db: Any) -> tuple[Planted, Planted]:
    cache.clear()
    return plant("dental", "ours-of-a-test", "ourzeph", "0111"), plant("plumbing", "theirs-of-a-test", "theirquill", "0222")


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def quiet_log(caplog: Any) -> None:
    """Thousands of refusals are meant here; without this a failure's own words drown in them."""
    caplog.set_level("CRITICAL", "django.request")
    logging.getLogger("django.request").setLevel("CRITICAL")


def ask(client: Client, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
    if method == "POST":
        return client.post(path, data or {})
    return client.generic(method, path)


def test_isolation_every_workspace_table_has_a_planted_row(two):
    assert [tables_without_a_row(planted) for planted in two] == [[], []]


def test_isolation_every_page_can_be_filled(two):
    ours, _ = two
    trouble = []
    for page in workspace_pages():
        try:
            for choice in variants(page):
                path = address(page, {**ours.values, **choice})
                assert resolve(path).func is page.view, path
        except (CannotFill, Resolver404) as why:
            trouble.append(str(why))
    assert not trouble, "\n".join(trouble)
    assert len(workspace_pages()) >= 8


def test_isolation_the_others_address_does_not_exist_for_us(two):
    ours, theirs = two
    client, their_owner = client_of(ours.owner), client_of(theirs.owner)
    before, trouble = fingerprint(theirs), []
    for page in workspace_pages():
        for choice, method in itertools.product(variants(page), METHODS):
            path = address(page, {**theirs.values, **choice})
            answer = ask(client, method, path)
            if answer.status_code == 405 and ask(their_owner, method, path).status_code == 405:
                continue  # allowed for nobody
            if answer.status_code not in REFUSED:
                trouble.append(f"{method} {path}: {answer.status_code}")
            trouble += [f"{method} {path} tells {word}" for word in words_of(theirs, path, body_of(answer))]
    assert not trouble, "\n".join(trouble)
    assert fingerprint(theirs) == before


def test_isolation_the_others_ids_do_not_exist_under_our_address(two):
    ours, theirs = two
    client, tried, trouble = client_of(ours.owner), 0, []
    before = fingerprint(theirs)
    for page in workspace_pages():
        mixes = [{k: theirs.values[k]} for k in page.ids] + (
            [{k: theirs.values[k] for k in page.ids}] if len(page.ids) > 1 else []
        )
        for mix, choice, method in itertools.product(mixes, variants(page), METHODS):
            if all(ours.values[k] == v for k, v in mix.items()):
                continue  # a version number is the same in both
            path = address(page, {**ours.values, **choice, **mix})
            answer = ask(client, method, path)
            tried += 1
            if answer.status_code not in {404, 405} or (answer.status_code == 405 and method in allowed(page, ours, client)):
                trouble.append(f"{method} {path}: {answer.status_code}")
            trouble += [f"{method} {path} tells {word}" for word in words_of(theirs, path, body_of(answer))]
    assert not trouble, "\n".join(trouble)
    assert tried > 20
    assert fingerprint(theirs) == before
    assert references_across_workspaces() == []


def allowed(page: Any, ours: Planted, client: Client) -> set[str]:
    answer = client.options(address(page, {**ours.values, **variants(page)[0]}))
    return {m.strip() for m in answer.headers.get("Allow", "").split(",")} if answer.status_code == 405 else set()


def test_isolation_our_own_pages_show_nothing_of_the_other(two):
    ours, theirs = two
    client, trouble, shown = client_of(ours.owner), [], 0
    names = ("q", "search", "query", "text", "words", "caller", "number", "agent", "contact")
    queries = ["", *("?" + "&".join(f"{name}={value}" for name in names) for value in ("theirquill", "2125550222"))]
    for page in workspace_pages():
        for choice, query in itertools.product(variants(page), queries):
            path = address(page, {**ours.values, **choice}) + query
            answer = client.get(path)
            shown += answer.status_code == 200
            if answer.status_code >= 500:
                trouble.append(f"GET {path}: {answer.status_code}")
            trouble += [f"GET {path} tells {word}" for word in words_of(theirs, path, body_of(answer))]
    assert not trouble, "\n".join(trouble)
    assert shown > 5


def test_isolation_the_pages_do_show_our_own_words(two):
    """That the words are looked for where they would be: without this the tests above could pass on empty pages."""
    ours, _ = two
    client, seen = client_of(ours.owner), set()
    for page in workspace_pages():
        for choice in variants(page):
            answer = client.get(address(page, {**ours.values, **choice}))
            if answer.status_code == 200:
                seen |= set(words_of(ours, "", body_of(answer)))
    missing = {"ourzeph business", "ourzephinvited", "ourzephkey"} - seen
    assert missing == set()


FIELDS_THAT_NAME_ROWS = (
    "agent", "calendar", "call", "contact", "booking", "membership", "invitation", "key", "webhook", "endpoint", "delivery",
    "number", "account", "line_account", "subject", "message", "version",
)  # fmt: skip


def test_isolation_ids_in_a_form_reach_nothing_of_the_other(two):
    ours, theirs = two
    client = client_of(ours.owner)
    sent: dict[str, Any] = {
        "slug": theirs.values["slug"],
        "workspace": str(theirs.workspace.id),
        "workspace_id": str(theirs.workspace.id),
    }
    for name in FIELDS_THAT_NAME_ROWS:
        value = theirs.values.get(f"{name}_id") or theirs.values.get(name)
        sent |= {name: value, f"{name}_id": value, f"{name}s": value}
    sent |= {"agent_slug": theirs.values["agent_slug"], "id": theirs.values["call_id"], "ids": theirs.values["call_id"]}
    sent |= {"service": "Check-up", "start": "2026-12-01T10:00", "name": "x", "role": "viewer", "email": "x@example.org"}
    before, trouble = fingerprint(theirs), []
    for page in workspace_pages():
        for choice in variants(page):
            path = address(page, {**ours.values, **choice})
            answer = ask(client, "POST", path, sent)
            if answer.status_code >= 500:
                trouble.append(f"POST {path}: {answer.status_code}")
            body = body_of(answer)
            trouble += [f"POST {path} tells {word}" for word in words_of(theirs, path + repr(sent), body)]
    assert not trouble, "\n".join(trouble)
    assert fingerprint(theirs) == before
    assert references_across_workspaces() == []


def test_isolation_of_peoples_own_accounts(two):
    """Pages of an account with another person's ids."""
    from allauth.mfa.models import Authenticator

    from ringtrue.accounts.models import SignIn

    ours, theirs = two
    client = client_of(ours.owner)
    client_of(theirs.owner).get("/accounts/sessions/")
    theirs_open = SignIn.objects.get(user=theirs.owner)
    key = Authenticator.objects.create(user=theirs.owner, type="webauthn", data={"name": "theirquillkey", "credential": {}})
    trouble = []
    for page in pages():
        if page.of_workspace or page.of_api or page.name in PUBLIC or not page.ids:
            continue
        path = address(page, {"sign_in_id": theirs_open.id, "pk": key.pk})
        for method in ("GET", "POST"):
            answer = ask(client, method, path)
            # allauth asks for the password again before it looks whose key it is
            asks_again = answer.status_code == 302 and "/reauthenticate/" in answer["Location"]
            if answer.status_code not in {404, 405} and not asks_again:
                trouble.append(f"{method} {path}: {answer.status_code}")
            trouble += [f"{method} {path} tells {word}" for word in words_of(theirs, path, body_of(answer))]
    assert not trouble, "\n".join(trouble)
    assert SignIn.objects.filter(id=theirs_open.id).exists()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_isolation_nobody_is_let_in_without_signing_in(two):
    ours, _ = two
    client, trouble = Client(raise_request_exception=False), []
    for page in workspace_pages():
        for choice, method in itertools.product(variants(page), METHODS):
            path = address(page, {**ours.values, **choice})
            answer = ask(client, method, path)
            to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            if not to_sign_in and answer.status_code not in {401, 405}:
                trouble.append(f"{method} {path}: {answer.status_code}")
            trouble += [
                f"{method} {path} tells {word}" for word in words_of(ours, answer.headers.get("Location", ""), body_of(answer))
            ]
    assert not trouble, "\n".join(trouble)
