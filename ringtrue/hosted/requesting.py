"""Requests to an engine's API, and what went wrong in words of ours. Nothing of an answer goes into a log or an exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from ringtrue.voice.trusting import trusted

SECONDS = 8.0
LARGEST = 64 * 1024 * 1024  # an hour of two channels at 8 kHz and 16 bit is 115 MB: such a recording is left there and deleted


class Refused(Exception):
    """The engine said no, so nothing happened. `status` is that of HTTP, `str(self)` a code of ours."""

    def __init__(self, status: int) -> None:
        super().__init__(
            {401: "key_refused", 403: "key_refused", 404: "not_there", 429: "too_many"}.get(status, f"refused_{status}")
        )
        self.status = status


class Silent(Exception):
    """No answer, or one that cannot be read: it may have happened. `str(self)` is a code of ours."""


class Api:
    """An engine's API, asked with the key of an account. `base`: without a slash at its end."""

    def __init__(self, base: str) -> None:
        self.base = base

    def ask(self, credentials: Mapping[str, Any], method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON, None where it is empty. Raises Refused, Silent."""
        key = {"Authorization": f"Bearer {credentials['key']}"}
        try:
            answer = httpx.request(method, self.base + path, json=body, headers=key, timeout=SECONDS, verify=trusted())
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Refused(0) from None  # nothing was sent
        except httpx.HTTPError as problem:
            raise Silent(type(problem).__name__.lower()) from None
        if answer.status_code >= 500:
            raise Silent(f"status_{answer.status_code}")
        if not answer.is_success:
            raise Refused(answer.status_code)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise Silent("not_json") from None

    def finds(self, credentials: Mapping[str, Any], method: str, path: str, body: Mapping[str, Any] | None = None) -> bool:
        """As `ask`, of something that may be gone there: False where it is."""
        try:
            self.ask(credentials, method, path, body)
        except Refused as refusal:
            if refusal.status != 404:
                raise
            return False
        return True


def download(url: str, key: str = "") -> bytes:
    """A file, such as a recording. Redirects are followed, without the key. Raises Refused, Silent."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.stream("GET", url, headers=headers, timeout=SECONDS * 4, follow_redirects=True, verify=trusted()) as answer:
            if answer.status_code >= 500:
                raise Silent(f"status_{answer.status_code}")
            if not answer.is_success:
                raise Refused(answer.status_code)
            held = bytearray()
            for piece in answer.iter_bytes():
                held += piece
                if len(held) > LARGEST:
                    raise Refused(413)
            return bytes(held)
    except httpx.HTTPError as problem:
        raise Silent(type(problem).__name__.lower()) from None
