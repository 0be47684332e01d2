"""Every operation of the API, found in its own description (OpenAPI), and how to ask for one with planted ids."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from django.test import Client

from ringtrue.console.tests.planting import Planted

METHODS = ("get", "post", "put", "patch", "delete")

BODIES: dict[str, dict[str, Any]] = {
    "change_agent": {"name": "Changed"},
    "create_agent": {"slug": "made-by-a-test", "name": "Made", "draft": {"slug": "made-by-a-test", "business": "Made"}},
    "create_webhook": {"url": "https://example.com/made-by-a-test"},
    "change_webhook": {"active": False},
    "create_campaign": {"name": "Made", "agent": "nobody", "reason": "Made by a test.", "lists": []},
    "change_campaign": {"name": "Changed"},
    "change_contact": {"note": "Changed"},
    "create_lead_list": {"name": "Made by a test", "country": "US", "provenance": "Made up"},
    "change_lead_list": {"name": "Changed"},
    "create_lead": {"list": "00000000-0000-4000-8000-000000000000", "number": "+12125550187"},
    "change_lead": {"name": "Changed"},
    "create_rights_request": {"kind": "access", "email": "made-by-a-test@example.com"},
}
"""Operation -> a body that fits it. One with a body that is not here fails the test."""

QUERIES: dict[str, list[dict[str, str]]] = {
    "list_calls": [{"q": "theirquill"}, {"q": "2125550222"}],
    "list_contacts": [{"q": "theirquill"}, {"q": "2125550222"}],
    "list_leads": [{"q": "theirquill"}, {"q": "2125550222"}],
}


class Operation(NamedTuple):
    method: str
    path: str  # "/api/v1/calls/{call_id}"
    name: str
    scope: str | None
    keywords: tuple[str, ...]
    has_body: bool
    parameters: tuple[str, ...]  # of the query


def operations() -> list[Operation]:
    from ringtrue.api.urls import api

    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, told in methods.items():
            if method in METHODS:
                queries = tuple(p["name"] for p in told.get("parameters", []) if p["in"] == "query")
                keywords = tuple(re.findall(r"{([^}]+)}", path))
                found.append(
                    Operation(method, path, told["operationId"], told.get("x-scope"), keywords, "requestBody" in told, queries)
                )
    return found


class CannotFill(Exception):
    pass


def address(operation: Operation, values: dict[str, Any]) -> str:
    missing = [keyword for keyword in operation.keywords if keyword not in values]
    if missing:
        raise CannotFill(f"{operation.method} {operation.path}: plant something for {missing} in console/tests/planting.py")
    return operation.path.format(**{keyword: values[keyword] for keyword in operation.keywords})


def values_of(planted: Planted) -> dict[str, Any]:
    """An agent is called `slug` in the API's addresses: the workspace is the key's."""
    return {**planted.values, "slug": planted.values["agent_slug"]}


def body_of(operation: Operation) -> Any:
    if not operation.has_body:
        return None
    if operation.name not in BODIES:
        raise CannotFill(f"{operation.name}: put a body that fits into BODIES of api/tests/operations.py")
    return BODIES[operation.name]


def ask(token: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = "" if body is None else json.dumps(body)
    return Client(raise_request_exception=False).generic(
        method.upper(), path, data, content_type="application/json", headers=headers
    )
