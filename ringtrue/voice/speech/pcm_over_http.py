"""Speech that comes as the body of an answer, raw PCM16 at the rate that was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from ringtrue.voice.speech.kinds import VoiceFailed
from ringtrue.voice.trusting import trusted

LIMITS = httpx.Timeout(10.0, connect=2.0)
SHORTEST_MS_PER_CHARACTER = 20  # nobody speaks faster; a server that ends its answer in the middle need not say so


class WholeSamples:
    """Bytes of PCM16 that may be cut anywhere, to whole samples. `size`: how many bytes came."""

    def __init__(self) -> None:
        self.size = 0
        self._odd = b""

    def feed(self, piece: bytes) -> bytes:
        self.size += len(piece)
        whole = self._odd + piece
        end = len(whole) // 2 * 2
        self._odd = whole[end:]
        return whole[:end]


def client(headers: Mapping[str, str]) -> httpx.AsyncClient:
    """Its connections stay open between requests; no attempt of its own to try again."""
    return httpx.AsyncClient(headers=dict(headers), timeout=LIMITS, verify=trusted())


async def spoken(
    client: httpx.AsyncClient, url: str, text: str, sample_rate: int, *, params: Mapping[str, str], json: Mapping[str, Any]
) -> AsyncIterator[bytes]:
    """PCM16 in whole samples, as it comes. Raises VoiceFailed."""
    samples = WholeSamples()
    try:
        async with client.stream("POST", url, params=dict(params), json=json) as answer:
            if answer.status_code != 200:
                raise VoiceFailed(f"status_{answer.status_code}")
            if "json" in answer.headers.get("content-type", ""):
                raise VoiceFailed("broken_answer")
            async for piece in answer.aiter_bytes():
                if whole := samples.feed(piece):
                    yield whole
    except httpx.TimeoutException:
        raise VoiceFailed("timeout") from None
    except httpx.HTTPError as error:
        raise VoiceFailed("unreachable" if isinstance(error, httpx.ConnectError) else "broken_answer") from None
    check_length(text, samples.size, sample_rate)


def check_length(text: str, size: int, sample_rate: int) -> None:
    """size: bytes of PCM16. Raises VoiceFailed for less than anybody needs to say the text."""
    if size * 500 / sample_rate < SHORTEST_MS_PER_CHARACTER * len(text):
        raise VoiceFailed("cut_short")
