"""What the engines' stand-ins share: an HTTP server with faults on demand, and webhooks that the test delivers as it likes."""

from __future__ import annotations

import io
import json
import re
import threading
import wave
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import numpy as np

Json = Any
Answered = tuple[int, Json]


class Hook(NamedTuple):
    """A webhook that waits to be delivered: address, body, and headers made when it is sent."""

    url: str
    body: bytes


class Wrong(Exception):
    """We sent what the documentation does not allow; the stand-in answers 400 and the test fails."""


class EngineStandIn(ABC):
    """`routes`: pattern of "METHOD /path" -> handler(match, body) -> (status, JSON or bytes). `faults`: the same key -> what happens to
    the next requests: a status, "reset", "done_then_reset" (carried out, and no answer)."""

    key = "key_0123456789abcdef"

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.asked: list[tuple[str, Json]] = []
        self.hooks: deque[Hook] = deque()
        self.routes: list[tuple[re.Pattern[str], Callable[[Any, Json], Answered]]] = []
        self.faults: dict[str, deque[int | str]] = {}
        self._lock = threading.RLock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                stand_in._serve(self, self.rfile.read(length))

            do_GET = do_POST = do_PATCH = do_DELETE = _any

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        assert self.wrong == []

    def route(self, pattern: str, handler: Callable[[Any, Json], Answered]) -> None:
        self.routes.append((re.compile(pattern), handler))

    def fail(self, what: str, *how: int | str) -> None:
        self.faults.setdefault(what, deque()).extend(how)

    def _serve(self, request: BaseHTTPRequestHandler, raw: bytes) -> None:
        with self._lock:
            path, _, query = request.path.partition("?")
            what = f"{request.command} {path}"
            fault = next((held.popleft() for key, held in self.faults.items() if held and re.match(key, what)), None)
            if fault == "reset":
                request.connection.close()
                request.close_connection = True
                return
            if isinstance(fault, int):
                self._answer(request, fault, {"message": "a fault on demand"})
                return
            status, given = self._handle(request, what, raw, query)
            if fault == "done_then_reset":
                request.connection.close()
                request.close_connection = True
                return
            self._answer(request, status, given)

    def _handle(self, request: BaseHTTPRequestHandler, what: str, raw: bytes, query: str) -> Answered:
        public = what.startswith("GET /files/")
        if not public and request.headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {"message": "Unauthorized"}
        try:
            body = json.loads(raw) if raw else {}
            self.asked.append((what, body))
            for pattern, handler in self.routes:
                found = pattern.fullmatch(what)
                if found:
                    return handler(found, body | {"?": query} if query else body)
        except (Wrong, KeyError, ValueError, TypeError) as problem:
            self.wrong.append(f"{what}: {problem!r}")
            return 400, {"message": str(problem)}
        return 404, {"message": "Not Found"}

    @staticmethod
    def _answer(request: BaseHTTPRequestHandler, status: int, given: Json) -> None:
        data = given if isinstance(given, bytes) else b"" if given is None else json.dumps(given).encode()
        request.send_response(status)
        request.send_header("Content-Type", "audio/wav" if isinstance(given, bytes) else "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    @abstractmethod
    def headers(self, body: bytes) -> dict[str, str]:
        """By which a webhook is known to be ours."""

    def deliver(self, client: Any, hooks: list[Hook] | None = None) -> list[int]:
        """All that wait, or these (again, late, in another order). The statuses that we answer with."""
        if hooks is None:
            hooks = list(self.hooks)
            self.hooks.clear()
        return [self.post(client, hook).status_code for hook in hooks]

    def post(self, client: Any, hook: Hook, headers: dict[str, str] | None = None) -> Any:
        from urllib.parse import urlsplit

        given = self.headers(hook.body) if headers is None else headers
        return client.post(urlsplit(hook.url).path, hook.body, content_type="application/json", headers=given)


def tone(seconds: float, hertz: float, loud: float = 0.3, rate: int = 8000) -> Any:
    return (np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * hertz / rate) * loud * 32767).astype("<i2")


def wav(*channels: Any, rate: int = 8000) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())
    return held.getvalue()
