"""How much a request may bring. Django takes the whole body in before any view sees it, so the limit stands in front of Django: what is
too large is refused while it arrives. With `FILE_UPLOAD_MAX_MEMORY_SIZE` above it, no uploaded file ever lies open on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Any], Awaitable[None]]

MOST = 12 * 1024 * 1024  # bytes
MOST_UPLOADED = 31 * 1024 * 1024  # a file of leads and the form around it
UPLOADS = re.compile(r"/w/[^/]+/leads/lists/[^/]+/upload/")


class TooLarge(Exception):
    """Raised out of `receive`, through Django."""


class LimitedBodies:
    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_UPLOADED if UPLOADS.fullmatch(scope["path"]) else MOST
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise TooLarge
            return message

        try:
            if not declared.isdigit() or int(declared) > most:
                raise TooLarge
            await self._app(scope, counted, send)
        except TooLarge:
            await _refuse(send, most)


async def _refuse(send: Send, most: int) -> None:
    words = (
        f"This is larger than {most // 1024**2} MB, which is the most that can be sent at once. Split it into smaller files.\n"
    )
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
