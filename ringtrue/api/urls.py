"""The API's address table, its description (OpenAPI) and its page of documentation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from ringtrue.api import agent_documents, agents, calls, campaigns, contacts, leads, me, problems, rights_requests, webhooks
from ringtrue.api.docs import docs_page
from ringtrue.api.problems import Problem, answer, not_found


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        found = super().get_openapi_schema(**options)
        parts = found["components"]["schemas"]
        parts.update(agent_documents.schema())
        for name in ("AgentIn", "AgentChange"):
            parts[name]["properties"]["draft"] = {"$ref": "#/components/schemas/AgentDocument"}
        found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "rt_…"}}
        found["security"] = [{"key": []}]
        for route in found["paths"].values():
            for method, operation in route.items():
                operation["x-scope"] = self.scopes()[operation["operationId"]]
                _describe(method, operation)
        return found

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def scopes(self) -> dict[str, str]:
        """Operation -> the scope that its door asks for. Raises AttributeError for an operation without a door."""
        views = [operation.view_func for operation in self.operations()]
        return {view.__name__: view.scope for view in views}  # type: ignore[attr-defined]

    def operations(self) -> list[Operation]:
        routers = [router for _, router in self._routers]
        return [each for router in routers for view in router.path_operations.values() for each in view.operations]

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _with_problems(pattern.callback)
        docs = path("docs", docs_page, name="docs")
        return [*patterns, docs, re_path(r"^", _nothing_here)], app_name, namespace


def _describe(method: str, operation: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    answers = operation["responses"]
    for status in (401, 403, 429):
        answers[status] = {"description": problems.TITLES[status], "content": problem}
    for status, response in answers.items():
        if int(status) >= 400:
            response["description"] = problems.TITLES[int(status)]
            response["content"] = problem
    if method == "post":
        header = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}}
        header["description"] = "The same key and request again get the first answer and act once."
        operation.setdefault("parameters", []).append(header)


def _with_problems(view: Callable[..., Any]) -> Callable[..., Any]:
    """Turns what the framework answers by itself (405) into problem details."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if response.status_code == 405 and response.headers.get("Content-Type") != "application/problem+json":
            allowed = response.headers.get("Allow", "")
            return answer(Problem(405, "method-not-allowed", f"Here only: {allowed}.", headers={"Allow": allowed}))
        return response

    return checked


@csrf_exempt
def _nothing_here(request: HttpRequest) -> HttpResponse:
    return answer(not_found())


api = Api(
    title="Ringtrue",
    version="1",
    description="Agents, calls, contacts and webhooks of one workspace. Every request carries a key of the workspace.",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="openapi.json",
)
problems.register(api)
api.add_router("/me", me.router)
api.add_router("/agents", agents.router)
api.add_router("/calls", calls.router)
api.add_router("/contacts", contacts.router)
api.add_router("/leads", leads.router)
api.add_router("/campaigns", campaigns.router)
api.add_router("/rights-requests", rights_requests.router)
api.add_router("/webhooks", webhooks.router)
api.scopes()  # an operation without a door fails the start
