"""Requests of people about their data, handed on by a program: an app of the business, its help desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from ninja import Field, Router, Status

from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.problems import Problem, ProblemDetails
from ringtrue.rights import receiving, verifying

router = Router(tags=["rights"])
Kind = Literal[
    "access", "know", "portability", "correction", "deletion", "restriction", "objection", "withdrawal", "opt_out_sale", "limit_sensitive"
]  # fmt: skip


class RightsRequestIn(Strict):
    kind: Kind
    email: str = Field("", max_length=200)
    number: str = Field("", max_length=40, description="With its country code. One of number and e-mail is needed.")
    name: str = Field("", max_length=120)
    place: str = Field("", max_length=6, description="Where the person lives: a country, or US and a state, such as US-CA.")
    words: str = Field("", max_length=4000)


class RightsRequestOut(Strict):
    id: str
    state: str
    law: str
    due_at: datetime
    page: str = Field(description="Where the person follows the request. Give it to nobody else.")
    code: str = Field(description="Shown to the person, who says it when they are called back; empty where a mail was sent.")


@router.post("", response={201: RightsRequestOut, 422: ProblemDetails})
@opens("rights:write")
def create_rights_request(request: ApiRequest, data: RightsRequestIn) -> Any:
    """Hand on what a person asks. Its clock runs from now."""
    workspace = request.workspace
    try:
        made = receiving.receive(workspace.id, channel="api", by=actor(request), **data.dict())
    except receiving.NotOpen as why:
        raise Problem(422, "not-open", f"{why}, and this business does not either.") from None
    except ValueError as why:
        raise Problem(422, "not-a-request", f"{str(why)[:1].upper()}{str(why)[1:]}.") from None
    code = verifying.begin(made.request, business=workspace.name)
    held = made.request
    page = f"{settings.PUBLIC_URL}/privacy/{workspace.slug}/request/{made.token}/"
    return Status(
        201, {"id": str(held.id), "state": held.state, "law": held.law, "due_at": held.due_at, "page": page, "code": code}
    )
