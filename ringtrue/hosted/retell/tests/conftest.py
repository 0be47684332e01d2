from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from ringtrue.voice.call.virtual_time import VirtualLoop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Words need no real time, however slow the machine is; a real socket does."""
    return {"real": asyncio.new_event_loop} if item.path.name == "test_listening.py" else {"virtual": VirtualLoop}
