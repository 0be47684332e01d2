"""The one door of the API. Each operation names the scope that it needs; the door finds the key, opens the key's workspace for the
whole request (the answer is built inside too), and undoes everything when the answer is an error.

    @router.get("/calls", response=...)
    @opens("calls:read")
    def list_calls(request, ...): ...

`view.scope` is what tests read; an operation without a door fails the start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.decorators import decorate_view

from ringtrue.accounts import keys, limiting
from ringtrue.accounts.limiting import MINUTE, TooMany, Window
from ringtrue.accounts.models import ApiKey, Workspace
from ringtrue.accounts.roles import SCOPES
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.accounts.signing_in import client_ip
from ringtrue.api import repeating
from ringtrue.api.problems import Problem, answer

PER_KEY = (Window(600, MINUTE),)
ANY_KEY = ""
View = TypeVar("View", bound=Callable[..., Any])


class ApiRequest(HttpRequest):
    """What an operation gets."""

    api_key: ApiKey
    workspace: Workspace


def actor(request: Any) -> str:
    """As the audit chain names who acts."""
    return f"key:{request.api_key.id}"


def opens(scope: str) -> Callable[[View], View]:
    """`scope` of accounts.roles.SCOPES, or ANY_KEY."""
    assert scope == ANY_KEY or scope in SCOPES, scope

    def decorate(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return decorate_view(_door(scope))(view)

    return decorate


def _door(scope: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    def decorate(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(run)
        def opened(request: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                request.api_key = _key(request)
                request.workspace = request.api_key.workspace
                _check_scope(request.api_key, scope)
                limiting.take("api", str(request.api_key.id), PER_KEY)
                _check_query(request, run.__self__)  # type: ignore[attr-defined]
                with workspace_scope(request.workspace.id):
                    return _within(request, run, kwargs)
            except TooMany as many:
                headers = {"Retry-After": str(many.retry_after)}
                return answer(Problem(429, "too-many-requests", f"Try again in {many.retry_after} seconds.", headers=headers))
            except Problem as problem:
                return answer(problem)

        return opened

    return decorate


def _within(request: Any, run: Callable[..., HttpResponseBase], kwargs: dict[str, Any]) -> HttpResponseBase:
    with transaction.atomic():
        repeat = repeating.begin(request)
        if repeat is not None and repeat.earlier is not None:
            return repeat.earlier
        response = run(request, **kwargs)
        if response.status_code >= 400:
            # The framework has turned an exception into this answer: without this, half of the work would be committed.
            transaction.set_rollback(True)
        elif repeat is not None:
            repeating.keep(repeat, response)
        return response


def _key(request: HttpRequest) -> ApiKey:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    key = keys.find(token.strip(), ip=client_ip(request)) if kind.lower() == "bearer" and token else None
    if key is None:
        raise Problem(
            401,
            "no-valid-api-key",
            "Send a living key: Authorization: Bearer rt_…",
            headers={"WWW-Authenticate": 'Bearer realm="api"'},
        )
    return key


def _check_scope(key: ApiKey, scope: str) -> None:
    # A key that may write may also read: the capabilities decide, the scope's name is only their label.
    if scope != ANY_KEY and not SCOPES[scope] <= keys.capabilities(key):
        raise Problem(403, "missing-scope", f"This key does not have the scope {scope}.")


def _check_query(request: HttpRequest, operation: Any) -> None:
    known: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            known |= set(model.__ninja_flatten_map__)
    errors = []
    for name, values in request.GET.lists():
        if name not in known:
            errors.append({"pointer": "/query", "detail": "There is no such parameter."})
        elif len(values) > 1:
            errors.append({"pointer": f"/query/{name}", "detail": "Given more than once."})
        elif any("\x00" in value for value in values):
            errors.append({"pointer": f"/query/{name}", "detail": "Holds a character that cannot be kept."})
    if errors:
        raise Problem(422, "does-not-fit", "The request does not fit the description.", errors=errors[:20])
