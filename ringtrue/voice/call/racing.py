"""Asking providers one after another without waiting for one that has died: whoever is slow gets a rival, and the first answer counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

P = TypeVar("P")
T = TypeVar("T")


async def first_answer(
    providers: Sequence[P],
    ask: Callable[[P], Awaitable[T]],
    *,
    patience_s: float,
    timeout_s: float,
    failed: Callable[[P, BaseException], None],
) -> tuple[P, T] | None:
    """(who answered, the answer), or None when nobody could.

    The next provider is asked when the one before has failed, or has said nothing for `patience_s`: both are then at it, and the first
    answer wins. `failed(provider, error)` is told of every failure; error is TimeoutError for whoever was overtaken or did not answer in
    `timeout_s` after the last one was asked. `ask` must let go of what it holds when it is cancelled.
    """
    asked = list(providers)
    waiting = list(providers)
    running: dict[asyncio.Task[Any], P] = {}
    loop = asyncio.get_running_loop()
    try:
        while waiting or running:
            if waiting:
                provider = waiting.pop(0)
                task = asyncio.create_task(_ask(ask, provider))
                task.add_done_callback(_look_at)
                running[task] = provider
                last_asked = loop.time()
            patience = patience_s if waiting else last_asked + timeout_s - loop.time()
            done, _ = await asyncio.wait(running, timeout=max(0.0, patience), return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in running if task in done]:  # in the order in which they were asked
                provider = running.pop(task)
                error = asyncio.InvalidStateError() if task.cancelled() else task.exception()
                if error is None:
                    for other in running.values():
                        if asked.index(other) < asked.index(provider):
                            failed(other, TimeoutError())
                    return provider, task.result()
                failed(provider, error)
            if not done and not waiting:
                for provider in running.values():
                    failed(provider, TimeoutError())
                return None
        return None
    finally:
        for task in running:
            task.cancel()
        if running:  # let them go before whoever asked goes on; none of them may hold the answer up
            await asyncio.wait(running, timeout=0.05)


def _look_at(task: asyncio.Task[Any]) -> None:
    """An exception that nobody looks at is written to the log with its words, which may be a caller's."""
    if not task.cancelled():
        task.exception()


async def _ask(ask: Callable[[P], Awaitable[T]], provider: P) -> T:
    return await ask(provider)
