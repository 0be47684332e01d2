"""An HTTP server for stand-ins, in a thread, with faults on demand."""

from __future__ import annotations

import socket
import struct
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ringtrue.conforming.stand_in import Fault, Ordered, Placed

_STATUS = {"busy": 429, "not_found": 404, "error": 500}


class FaultyServer(ABC):
    """`url`: where it listens. See `stand_in.Api`."""

    def __init__(self) -> None:
        self.fault: Fault = ""
        self.requests = 0
        self.placed: list[Placed] = []
        self.ordered: list[Ordered] = []
        self._over = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stand_in._serve(self)

            do_GET = do_PUT = do_PATCH = do_DELETE = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @abstractmethod
    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and JSON. `path`: with its query; names of `headers` in lower case. An AssertionError is answered with 400."""

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.requests += 1
        if self.fault == "silence":
            self._over.wait(60)
            return
        if self.fault == "reset":
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST, no FIN
            request.close_connection = True
            request.connection.close()
            return
        if self.fault == "garbage":
            status, said = 200, b"<html>maintenance"
        elif self.fault:
            status, said = _STATUS[self.fault], b"{}"
        else:
            try:
                status, said = self.answer(
                    request.command, request.path, {name.lower(): value for name, value in request.headers.items()}, body
                )
            except AssertionError as refused:
                status, said = 400, str(refused).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(said)))
        request.end_headers()
        request.wfile.write(said)
