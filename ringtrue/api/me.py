"""Who am I: the key that asks, and its workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router

from ringtrue.api.doors import ANY_KEY, ApiRequest, opens
from ringtrue.api.forms import Strict

router = Router(tags=["me"])


class WorkspaceOut(Strict):
    id: str
    slug: str
    name: str
    time_zone: str


class KeyOut(Strict):
    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None


class MeOut(Strict):
    key: KeyOut
    workspace: WorkspaceOut


@router.get("", response={200: MeOut})
@opens(ANY_KEY)
def get_me(request: ApiRequest) -> Any:
    """The key of this request and the workspace that it belongs to."""
    key, workspace = request.api_key, request.workspace
    return {
        "key": {
            "id": str(key.id),
            "name": key.name,
            "prefix": key.prefix,
            "scopes": key.scopes,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
        },
        "workspace": {"id": str(workspace.id), "slug": workspace.slug, "name": workspace.name, "time_zone": workspace.time_zone},
    }
