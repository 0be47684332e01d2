from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ringtrue.voice.brains.tests.driving import Call, SharedEmbedder, starter

_SHARED: list[SharedEmbedder] = []


@pytest.fixture
def embedder() -> SharedEmbedder:
    if not _SHARED:
        _SHARED.append(SharedEmbedder())
    return _SHARED[0]


@pytest.fixture
def call(embedder: SharedEmbedder) -> Callable[..., Awaitable[Call]]:
    """`await call("dental", now="2026-11-23T10:00", handling=...)`: a call that has been greeted."""

    async def make(
        name: str = "dental",
        *,
        now: str = "2026-11-23T10:00",
        number: str = "+18565550177",
        mode: str = "everything",
        **changes: Any,
    ) -> Call:
        return await Call(starter(name, **changes), embedder, now=now, number=number, mode=mode).start()

    return make
