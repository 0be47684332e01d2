"""A business's own web site on another port, and the way from a visitor to the media process, which can break."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Site:
    """Serves one page with the button's line, and with a Content-Security-Policy that lets it nothing but what the handbook says."""

    def __init__(self, folder: Path, console: str, media: str, key: str) -> None:
        policy = f"default-src 'none'; script-src {console}; connect-src {console} {media}"
        line = f'<script type="module" src="{console}/static/console/call-us.js?button={key}"></script>'
        head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Riverside</title>'
        (folder / "index.html").write_text(
            f"<!doctype html><html lang=en><head>{head}</head><body><h1>Riverside Dental</h1>{line}</body></html>"
        )

        class Pages(SimpleHTTPRequestHandler):
            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", policy)
                super().end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(folder)))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()


class Way:
    """To `port`, over `self.port`. `cut()` breaks what goes over it, and lets nothing new through until `mend()`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._server = self._in_loop(asyncio.start_server(self._pass, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        self._open = False
        self._in_loop(self._break())

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _in_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _break(self) -> None:
        for end in list(self._ends):
            end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, back}
        with suppress(OSError):
            await asyncio.gather(self._copy(reader, back), self._copy(there, writer))
        self._ends -= {writer, back}

    @staticmethod
    async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
