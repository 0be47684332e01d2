"""Every test of this folder runs in virtual time."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from ringtrue.voice.call.virtual_time import VirtualLoop

# Without the extra for language models (requirements/llm.in) only what needs none is tested.
collect_ignore = (
    [] if importlib.util.find_spec("pydantic_ai") else ["test_answering.py", "test_faults.py", "test_offering_reminder.py"]
)


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Any]:
    return {"virtual": VirtualLoop}
