"""A Unix socket for this user only: whoever can open it is one of ours."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def open_private(path: Path, talk: Talk, limit: int) -> asyncio.Server:
    """Listens at `path` with mode 0600; what a dead process left behind is taken over. `limit`: bytes of the longest line.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()  # noqa: ASYNC240
    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(talk, str(path), limit=limit)
    finally:
        os.umask(before)
