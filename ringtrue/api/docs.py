"""The page of documentation, made from the OpenAPI description on our side: no script, nothing from elsewhere, strict CSP."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

METHODS = ("get", "post", "patch", "delete")


def docs_page(request: HttpRequest) -> HttpResponse:
    from ringtrue.api.urls import api

    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return render(
        request,
        "api/docs.html",
        {"info": schema["info"], "groups": _groups(schema), "schemas": _schemas(schema), "events": _events()},
    )


def _groups(schema: dict[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, route in schema["paths"].items():
        for method in METHODS:
            if method in route:
                operation = route[method]
                tag = (operation.get("tags") or ["other"])[0]
                groups.setdefault(tag, []).append(_operation(method, path, operation))
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "scope": operation.get("x-scope", ""),
        "parameters": [
            {
                "name": each["name"],
                "where": each["in"],
                "kind": _kind(each.get("schema", {})),
                "required": each.get("required", False),
                "description": each.get("description") or each.get("schema", {}).get("description", ""),
            }
            for each in operation.get("parameters", [])
        ],
        "body": _kind(body) if body else "",
        "answers": [
            {"status": status, "what": response.get("description", ""), "kind": _answer_kind(response)}
            for status, response in sorted(operation["responses"].items())
        ],
    }


def _schemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, part in sorted(schema["components"]["schemas"].items()):
        required = set(part.get("required", []))
        fields = [
            {"name": field, "kind": _kind(value), "required": field in required, "description": value.get("description", "")}
            for field, value in part.get("properties", {}).items()
        ]
        found.append({"name": name, "fields": fields, "kind": "" if fields else _kind(part)})
    return found


def _answer_kind(response: dict[str, Any]) -> str:
    for media, content in response.get("content", {}).items():
        kind = _kind(content.get("schema", {}))
        return kind if media.startswith("application/") else media
    return ""


def _kind(part: dict[str, Any]) -> str:
    """A schema in a few words: "string", "list of CallBrief", "one of a, b"."""
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_kind(each) for each in part["anyOf"]))
    if "enum" in part:
        return "one of " + ", ".join(map(str, part["enum"]))
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"list of {_kind(part.get('items', {}))}" if part.get("items") else "list"
    kind = str(part.get("format") or part.get("type") or "anything")
    limits = [f"{word} {part[key]}" for key, word in LIMITS.items() if key in part]
    return f"{kind} ({', '.join(limits)})" if limits else kind


LIMITS = {"minimum": "from", "maximum": "to", "minLength": "at least", "maxLength": "at most", "default": "else"}


def _events() -> list[tuple[str, str]]:
    return [
        ("call.started", "A call was answered."),
        ("call.ended", "A call ended: length, outcome and, where the storage mode keeps them, summary and facts."),
        ("message.taken", "The agent took a message."),
        ("booking.made", "The agent booked an appointment."),
        ("opt_out", "A caller wants no more calls."),
        ("test", "Sent by hand to try an endpoint."),
    ]
