"""Every test of this folder runs in virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.voice.call.virtual_time import VirtualLoop

pytest.importorskip("pydantic_ai", reason="the extra for language models is not installed")


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Any]:
    return {"virtual": VirtualLoop}
