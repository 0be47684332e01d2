"""Bodies that are too large are refused while they arrive, before Django has seen them."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.core.limiting_bodies import MOST, MOST_UPLOADED, LimitedBodies

UPLOAD = "/w/dental/leads/lists/0f0e/upload/"
PIECE = 1024 * 1024


async def ask(path: str, size: int, declared: int | None = None) -> tuple[list[dict[str, Any]], int]:
    """(what was answered, how many bytes were taken in)."""
    taken, sent = 0, []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += PIECE
        return {"type": "http.request", "body": b"x" * PIECE, "more_body": taken < size}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [] if declared is None else [(b"content-length", str(declared).encode())]
    await LimitedBodies(app)({"type": "http", "path": path, "headers": headers}, receive, send)
    return sent, taken


async def test_a_body_of_two_gigabytes_is_refused_unread_when_it_says_so():
    sent, taken = await ask(UPLOAD, 2 * 1024**3, declared=2 * 1024**3)
    assert (sent[0]["status"], taken) == (413, 0)
    assert b"larger than 31 MB" in sent[1]["body"]


@pytest.mark.parametrize(("path", "most"), [(UPLOAD, MOST_UPLOADED), ("/w/dental/leads/", MOST)])
async def test_a_body_that_does_not_say_is_refused_when_it_is_too_much(path, most):
    sent, taken = await ask(path, 2 * 1024**3)
    assert sent[0]["status"] == 413
    assert taken <= most + PIECE


async def test_others_pass():
    sent, _ = await ask(UPLOAD, 30 * PIECE, declared=30 * PIECE)
    assert sent[0]["status"] == 200
