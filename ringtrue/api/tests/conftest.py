import json
from typing import Any

import pytest

from ringtrue.accounts import keys
from ringtrue.accounts.roles import SCOPES


class Asking:
    """Django's test client with a key, JSON in and out."""

    def __init__(self, client: Any, token: str) -> None:
        self.client, self.token = client, token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = json.dumps(body) if body is not None and not isinstance(body, str | bytes) else body or ""
        response = self.client.generic(
            method.upper(), f"/api/v1{path}", data, content_type="application/json", headers={**sent, **headers}
        )
        response.body = json.loads(response.content) if not response.streaming and response.content[:1] in (b"{", b"[") else None
        return response


@pytest.fixture
def make_key(dental: Any) -> Any:
    def make(*scopes: str, workspace: Any = None, owner: Any = None) -> str:
        wanted = list(scopes) if scopes else list(SCOPES)
        return keys.make(workspace or dental.workspace, "test", wanted, owner or dental.owner)[1]

    return make


@pytest.fixture
def ask(client: Any, make_key: Any) -> Asking:
    return Asking(client, make_key())


@pytest.fixture
def stranger(client: Any, make_key: Any, other_workspace: Any) -> Asking:
    """The other workspace's key, with every scope."""
    return Asking(client, make_key(workspace=other_workspace.workspace, owner=other_workspace.owner))
