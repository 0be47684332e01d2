"""Errors as problem details (RFC 9457), everywhere: application/problem+json with type, title, status, detail and, for a body
or query that does not fit, `errors` with a pointer to each fault. Nothing that was sent is repeated in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

log = structlog.get_logger(__name__)

TITLES = {
    400: "Bad request",
    401: "No valid API key",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    422: "Does not fit",
    429: "Too many requests",
    500: "Our fault",
}


class Fault(Schema):
    pointer: str
    detail: str


class ProblemDetails(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default_factory=list)


class Problem(Exception):
    """Raise it anywhere below an operation. `code` becomes the last part of `type`."""

    def __init__(
        self, status: int, code: str, detail: str, *, errors: Sequence[dict[str, str]] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.errors, self.headers = status, code, detail, list(errors), headers or {}


def not_found() -> Problem:
    return Problem(404, "not-found", "There is nothing here, or it is not yours.")


def answer(problem: Problem) -> HttpResponse:
    body: dict[str, Any] = {
        "type": f"/api/v1/docs#{problem.code}",
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    response = HttpResponse(json.dumps(body), status=problem.status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        response[name] = value
    return response


def register(api: NinjaAPI) -> None:
    @api.exception_handler(Problem)
    def known(request: HttpRequest, problem: Any) -> HttpResponse:
        return answer(problem)

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, problem: Any) -> HttpResponse:
        return answer(not_found())

    @api.exception_handler(ValidationError)
    def misfit(request: HttpRequest, problem: Any) -> HttpResponse:
        errors = [{"pointer": _pointer(e.get("loc", ())), "detail": str(e.get("msg", ""))[:200]} for e in problem.errors[:20]]
        return answer(Problem(422, "does-not-fit", "The request does not fit the description.", errors=errors))

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, problem: Any) -> HttpResponse:
        status = problem.status_code
        return answer(Problem(status, TITLES.get(status, "error").lower().replace(" ", "-"), "The request cannot be read."))

    @api.exception_handler(Exception)
    def unknown(request: HttpRequest, problem: Exception) -> HttpResponse:
        # The type only: an exception's text may quote what a person said.
        log.error(
            "api failed", problem=type(problem).__name__, path=request.resolver_match.route if request.resolver_match else ""
        )
        return answer(Problem(500, "our-fault", "Something failed on our side. It was logged."))


def _pointer(loc: Sequence[Any]) -> str:
    """("body", "data", "url") -> "/url": the name of the parameter in the code says nothing to a caller."""
    parts = [str(part) for part in loc]
    if parts and parts[0] == "body":
        parts = parts[2:]
    elif parts and parts[0] in ("query", "path", "header"):
        parts = [parts[0], parts[-1]]
    return "/" + "/".join(parts)
