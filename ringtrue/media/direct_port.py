"""A port without a socket: the scribe in a thread of the same process. For `ringtrue call` and the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connection

from ringtrue.media.scribe import Scribe
from ringtrue.voice.events import AudioPiece, CallEvent

log = structlog.get_logger(__name__)


class DirectPort:
    """Implements `Port`. One thread keeps the order; the loop never waits for it. `watch` sees each event as it happens."""

    def __init__(self, scribe: Scribe, call_id: str, watch: Callable[[CallEvent], None] | None = None) -> None:
        self._scribe = scribe
        self._call_id = call_id
        self._watch = watch
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="scribe")
        self._seq = 0
        self.failures = 0

    def emit(self, event: CallEvent) -> None:
        self._seq += 1
        self._thread.submit(self._safely, self._scribe.event, self._call_id, self._seq, event)
        if self._watch is not None:
            self._watch(event)

    def audio(self, piece: AudioPiece) -> None:
        self._thread.submit(self._safely, self._scribe.audio, self._call_id, piece)

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._scribe.use, self._call_id, tool, arguments)

    async def finished(self) -> None:
        """Everything that was told is stored. Nothing may be told after this."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _close_connection)
        self._thread.shutdown(wait=False)

    def _safely(self, store: Callable[..., None], *given: object) -> None:
        try:
            store(*given)
        except Exception:
            self.failures += 1
            log.exception("not stored", call=self._call_id)


def _close_connection() -> None:
    connection.close()  # looked up in this thread: Django keeps one connection for each
