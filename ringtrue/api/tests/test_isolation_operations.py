"""Two workspaces: every operation of the API tried with the other's ids. Operations are found from the API's description."""

from __future__ import annotations

import pytest

from ringtrue.accounts import keys
from ringtrue.accounts.roles import SCOPES
from ringtrue.api.tests.operations import QUERIES, CannotFill, address, ask, body_of, operations, values_of
from ringtrue.console.tests.comparing import fingerprint, references_across_workspaces
from ringtrue.console.tests.surface import body_of as bytes_of
from ringtrue.console.tests.surface import words_of
from ringtrue.console.tests.test_isolation_pages import quiet_log, two  # noqa: F401

pytestmark = [pytest.mark.promise("P-CLX-5-2"), pytest.mark.usefixtures("fast_passwords")]


def test_isolation_every_operation_can_be_filled(two):  # noqa: F811
    ours, _ = two
    trouble = []
    for operation in operations():
        try:
            address(operation, values_of(ours))
            body_of(operation)
        except CannotFill as why:
            trouble.append(str(why))
    assert not trouble, "\n".join(trouble)
    assert len(operations()) >= 20


def test_isolation_the_others_ids_are_not_there(two):  # noqa: F811
    ours, theirs = two
    before, trouble, tried = fingerprint(theirs), [], 0
    for operation in operations():
        if not operation.keywords:
            continue
        for keyword in operation.keywords:
            if values_of(ours)[keyword] == values_of(theirs)[keyword]:
                continue  # a version number is the same in both
            for mix in ({keyword: values_of(theirs)[keyword]}, values_of(theirs)):
                path = address(operation, {**values_of(ours), **mix})
                answer = ask(ours.token, operation.method, path, body_of(operation))
                tried += 1
                if answer.status_code != 404:
                    trouble.append(f"{operation.method} {path}: {answer.status_code}")
                trouble += [f"{operation.method} {path} tells {word}" for word in words_of(theirs, path, bytes_of(answer))]
    assert not trouble, "\n".join(trouble)
    assert tried > 20
    assert fingerprint(theirs) == before
    assert references_across_workspaces() == []


def test_isolation_our_own_answers_tell_nothing_of_the_other(two):  # noqa: F811
    ours, theirs = two
    before, trouble, good, seen = fingerprint(theirs), [], 0, set()
    # Reading first: what is deleted or changed later would have nothing to tell.
    for operation in sorted(operations(), key=lambda o: ("get", "post", "patch", "put", "delete").index(o.method)):
        path = address(operation, values_of(ours))
        for query in ["", *("?" + "&".join(f"{k}={v}" for k, v in q.items()) for q in QUERIES.get(operation.name, []))]:
            answer = ask(ours.token, operation.method, path + query, body_of(operation))
            body = bytes_of(answer)
            good += answer.status_code < 300
            seen |= set(words_of(ours, "", body))
            if answer.status_code >= 500:
                trouble.append(f"{operation.method} {path}: {answer.status_code} {body[:300]!r}")
            trouble += [f"{operation.method} {path}{query} tells {word}" for word in words_of(theirs, query, body)]
    assert not trouble, "\n".join(trouble)
    assert good > 15
    assert {"ourzephsaid", "ourzephheard", "ourzephnote", "ourzephhook"} <= seen  # the words are where we looked
    assert fingerprint(theirs) == before


def test_isolation_filters_with_the_others_ids_find_nothing(two):  # noqa: F811
    ours, theirs = two
    trouble = []
    for operation in operations():
        for name in operation.parameters:
            for value in {str(values_of(theirs).get(k, "")) for k in (name, f"{name}_id", "agent_slug")} - {""}:
                path = f"{address(operation, values_of(ours))}?{name}={value}"
                answer = ask(ours.token, operation.method, path, body_of(operation))
                if answer.status_code >= 500:
                    trouble.append(f"{operation.method} {path}: {answer.status_code}")
                trouble += [f"{operation.method} {path} tells {word}" for word in words_of(theirs, path, bytes_of(answer))]
    assert not trouble, "\n".join(trouble)


def test_isolation_a_cursor_of_the_other_shows_nothing_of_theirs(two):  # noqa: F811
    ours, theirs = two
    for operation in operations():
        if "cursor" not in operation.parameters or "limit" not in operation.parameters:
            continue
        path = address(operation, values_of(theirs))
        told = ask(theirs.token, "get", f"{path}?limit=1").json()
        cursor = told.get("next") or told.get("next_cursor")
        if cursor:
            answer = ask(ours.token, "get", f"{address(operation, values_of(ours))}?limit=1&cursor={cursor}")
            assert words_of(theirs, cursor, bytes_of(answer)) == [], operation.name


def test_isolation_one_idempotency_key_in_two_workspaces_gives_each_its_own(two):  # noqa: F811
    ours, theirs = two
    body, headers = {"url": "https://example.com/same"}, {"Idempotency-Key": "same-key-in-both"}
    # Theirs was planted with this key: with us it acts anew and answers with our own row.
    answer = ask(ours.token, "post", "/api/v1/webhooks", body, **{"Idempotency-Key": "another"})
    again = ask(theirs.token, "post", "/api/v1/webhooks", body, **{"Idempotency-Key": "another"})
    assert answer.status_code == again.status_code == 201
    assert answer.json()["id"] != again.json()["id"]
    assert answer.json()["secret"] != again.json()["secret"]
    clash = ask(ours.token, "post", "/api/v1/webhooks", body, **headers)
    assert clash.status_code == 422  # our own planted row has it; nothing of any answer is told
    assert words_of(theirs, "", bytes_of(clash)) == []


@pytest.mark.parametrize("token", ["", "rt_wrong", "none"])
def test_isolation_nobody_is_let_in_without_a_living_key(two, token):  # noqa: F811
    ours, _ = two
    if token == "none":
        key, token = keys.make(ours.workspace, "ended", sorted(SCOPES), ours.owner)
        keys.revoke(key, ours.owner)
    from ringtrue.accounts.tests.people import forget_all_limits

    trouble = []
    for operation in operations():
        forget_all_limits()
        path = address(operation, values_of(ours))
        answer = ask(token, operation.method, path, body_of(operation))
        if answer.status_code != 401:
            trouble.append(f"{operation.method} {path}: {answer.status_code}")
        trouble += [f"{path} tells {word}" for word in words_of(ours, path, bytes_of(answer))]
    assert not trouble, "\n".join(trouble)


def test_isolation_a_sign_in_of_the_console_is_no_key(two):  # noqa: F811
    from ringtrue.console.tests.test_isolation_pages import client_of

    ours, _ = two
    client = client_of(ours.owner)
    for operation in operations():
        answer = client.generic(operation.method.upper(), address(operation, values_of(ours)))
        assert answer.status_code == 401, operation.name
