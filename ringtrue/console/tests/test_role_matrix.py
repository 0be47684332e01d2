"""Every page of the project for each of the eight roles: what `roles.CAPABILITIES` says is what happens (P-LEX-3-3)."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from ringtrue.accounts.roles import CAPABILITIES, ROLES, may
from ringtrue.console.tests.surface import (
    OPEN_API_PAGES,
    PUBLIC,
    PUBLIC_ROUTES,
    address,
    body_for,
    capability_of,
    pages,
    variants,
    workspace_pages,
)
from ringtrue.console.tests.test_isolation_pages import ask, client_of, quiet_log, two  # noqa: F401

LONG = os.environ.get("RINGTRUE_LONG") == "1"
pytestmark = [pytest.mark.promise("P-LEX-3-3"), pytest.mark.usefixtures("fast_passwords")]


def test_role_matrix_every_page_says_what_it_needs():
    trouble = []
    for page in pages():
        if page.of_workspace:
            if capability_of(page, "GET") not in CAPABILITIES or capability_of(page, "POST") not in CAPABILITIES:
                trouble.append(f"{page.route}: decorate its view with accounts.access.needs(...)")
        elif page.of_api or page.name in OPEN_API_PAGES:
            continue  # api/tests/test_role_matrix.py
        elif page.name in PUBLIC or PUBLIC_ROUTES.match(page.route):
            continue
        elif page.route.startswith("accounts/"):
            answer = Client(raise_request_exception=False).get(
                address(page, {"sign_in_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "pk": 1})
            )
            if answer.status_code == 200 or answer.status_code >= 500:
                trouble.append(f"{page.route}: {answer.status_code} for someone who is not signed in")
        else:
            trouble.append(f"{page.route}: neither in a workspace nor an account nor on the list of public pages")
    assert not trouble, "\n".join(trouble)


def test_role_matrix_no_page_of_ours_is_without_csrf_protection():
    unprotected = {page.route for page in pages() if getattr(page.view, "csrf_exempt", False) and not page.of_api}
    # Signed by the carrier or engine instead; of a button on a web site no cookie is read.
    assert unprotected <= {
        "call-us/<str:button_key>/",
        "hooks/<slug:line>/<slug:what>",
        "engines/<slug:engine>/<uuid:account_id>",
        "engines/<slug:engine>/<uuid:account_id>/chat/completions",
    }


def test_role_matrix_covers_every_role_and_names_no_other():
    for capability, roles in CAPABILITIES.items():
        assert roles <= set(ROLES), capability
        assert "owner" in roles or capability == "privacy.change", capability
    assert len(ROLES) == 8


def test_role_matrix_holds_on_every_page(two, db: Any):  # noqa: F811
    ours, _ = two
    clients = {role: client_of(user) for role, user in ours.people.items()}
    trouble, seen = [], 0
    # All reading before all changing: a change that reaches outside the database is not undone by the rollback.
    for method in ("GET", "POST"):
        for number, page in enumerate(workspace_pages()):
            path = address(page, {**ours.values, **variants(page)[0]})
            for role, client in clients.items():
                if role not in asked_as(capability_of(page, method) or "", number):
                    continue
                with transaction.atomic():
                    answer = ask(client, method, path, body_for(page, ours.values))
                    transaction.set_rollback(True)
                if answer.status_code == 405:
                    break
                seen += 1
                allowed = may(role, capability_of(page, method) or "")
                refused = answer.status_code in {401, 403, 404} or "/accounts/login/" in answer.headers.get("Location", "")
                if answer.status_code >= 500 or refused == allowed:
                    words = "should be let in" if allowed else "should be refused"
                    trouble.append(f"{method} {path} as {role} {words}: {answer.status_code}")
                if not allowed and answer.status_code != 403:
                    trouble.append(f"{method} {path} as {role}: a member is told 403, not {answer.status_code}")
    assert not trouble, "\n".join(trouble)
    assert seen >= (8 if LONG else 3) * len(workspace_pages())


def asked_as(capability: str, number: int) -> set[str]:
    """All eight roles in the long run; in the short one all that are to be refused and, by turns, one that is let in."""
    let_in = [role for role in ROLES if may(role, capability)]
    return set(ROLES) if LONG or not let_in else {*(set(ROLES) - set(let_in)), let_in[number % len(let_in)]}


def test_role_matrix_a_changed_role_holds_from_the_next_request(two):  # noqa: F811
    from ringtrue.accounts.models import Membership
    from ringtrue.accounts.scoping import system_scope

    ours, _ = two
    client = client_of(ours.people["admin"])
    path = f"/w/{ours.workspace.slug}/members/"
    assert client.get(path).status_code == 200
    with system_scope("the role is changed"):
        Membership.objects.filter(user=ours.people["admin"]).update(role="viewer")
    assert client.get(path).status_code == 403
    with system_scope("the member is removed"):
        Membership.objects.filter(user=ours.people["admin"]).delete()
    assert client.get(path).status_code == 404
