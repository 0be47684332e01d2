"""Every operation of the API for each scope alone: what `roles.SCOPES` says is what happens (P-LEX-3-3)."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from ringtrue.accounts import keys
from ringtrue.accounts.roles import SCOPES
from ringtrue.accounts.tests.people import forget_all_limits
from ringtrue.api.tests.operations import address, ask, body_of, operations, values_of
from ringtrue.console.tests.surface import API, pages
from ringtrue.console.tests.test_isolation_pages import quiet_log, two  # noqa: F401

pytestmark = [pytest.mark.promise("P-LEX-3-3"), pytest.mark.usefixtures("fast_passwords")]
OF_ANY_KEY = {"get_me"}  # tells what the key itself may do
PUBLIC = {"api/v1/", "api/v1/openapi.json", "api/v1/docs"}  # the description of the API, the same for everyone


def test_role_matrix_every_operation_declares_its_scope():
    undeclared = [o.name for o in operations() if o.scope not in SCOPES and o.name not in OF_ANY_KEY]
    assert undeclared == []


def test_role_matrix_the_description_knows_every_address_of_the_api():
    """An address outside the description would be tried by no test."""
    described = {o.path.removeprefix("/").replace("{", "<").replace("}", ">") for o in operations()}
    routes = {re.sub(r"<\w+:", "<", page.route) for page in pages() if page.of_api}
    catch_all = {route for route in routes if ".*" in route}
    assert described <= routes
    assert routes - described - PUBLIC - catch_all == set()
    assert len(catch_all) <= 1
    assert ask("", "get", f"/{API}nothing-here").status_code == 404  # and answers so to everyone


def test_role_matrix_holds_on_every_operation(two):  # noqa: F811
    ours, _ = two
    tokens = {scope: keys.make(ours.workspace, scope, [scope], ours.owner)[1] for scope in SCOPES}
    trouble, seen = [], 0
    for operation in sorted(operations(), key=lambda o: o.method != "get"):
        if operation.name in OF_ANY_KEY:
            continue
        forget_all_limits()
        path = address(operation, values_of(ours))
        for scope, token in tokens.items():
            with transaction.atomic():
                answer = ask(token, operation.method, path, body_of(operation))
                transaction.set_rollback(True)
            allowed = SCOPES[operation.scope or ""] <= SCOPES[scope]
            seen += 1
            if answer.status_code >= 500 or (answer.status_code in {401, 403, 404}) == allowed:
                trouble.append(f"{operation.method} {path} with {scope}: {answer.status_code}")
    assert not trouble, "\n".join(trouble)
    assert seen == len(SCOPES) * (len(operations()) - len(OF_ANY_KEY))


def test_role_matrix_reading_scopes_change_nothing():
    for operation in operations():
        if operation.scope and operation.scope.endswith(":read"):
            assert operation.method == "get", operation.name
        if operation.method == "get" and operation.name not in OF_ANY_KEY:
            assert str(operation.scope).endswith(":read"), operation.name
