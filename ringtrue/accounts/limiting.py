"""How often something may be tried: sliding windows in Redis, shared by every process and machine.

Used for sign-in, reset, sign-up, confirmation, second factors, invitations and API keys (P-CLX-7-5). Several windows on one
key are the backoff: who keeps trying waits minutes, then an hour, then a day.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from functools import cache
from typing import Any, NamedTuple

import redis
from django.conf import settings

MINUTE, HOUR, DAY = 60, 3600, 86400


class Window(NamedTuple):
    amount: int
    seconds: int


class TooMany(Exception):
    """`retry_after`: whole seconds until one more try would be let through."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


# All windows are looked at before any is written, so a refused try does not lengthen the wait.
_TAKE = """
local now = tonumber(ARGV[1])
local wait = 0
for i = 1, #KEYS do
  local amount, seconds = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - seconds)
  if redis.call('ZCARD', KEYS[i]) >= amount then
    local oldest = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
    wait = math.max(wait, tonumber(oldest[2]) + seconds - now)
  end
end
if wait > 0 then return tostring(wait) end
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], now, ARGV[2])
  redis.call('EXPIRE', KEYS[i], math.ceil(tonumber(ARGV[2 * i + 2])) + 1)
end
return '0'
"""


@cache
def client() -> Any:
    return redis.Redis.from_url(settings.CACHES["default"]["LOCATION"], decode_responses=True)


def redis_key(*parts: str) -> str:
    """A key of ours; names of people go in only through `hidden`."""
    return ":".join([settings.CACHES["default"]["KEY_PREFIX"], *parts])


def hidden(text: str) -> str:
    """A hash in place of an e-mail address or an IP in Redis and in the audit chain, so that neither is a list of them.
    Salted with the installation's secret: addresses are few enough to be guessed otherwise."""
    return hashlib.sha256(f"{settings.SECRET_KEY}\x00{text.strip().lower()}".encode()).hexdigest()[:32]


def take(what: str, who: str, windows: tuple[Window, ...], *, now: float | None = None) -> None:
    """Count one try of `what` by `who`. Raises TooMany."""
    keys = [redis_key("limit", what, hidden(who), str(window.seconds)) for window in windows]
    at = time.time() if now is None else now
    numbers = [number for window in windows for number in window]
    wait = float(client().eval(_TAKE, len(keys), *keys, at, secrets.token_hex(8), *numbers))
    if wait > 0:
        raise TooMany(math.ceil(wait))


def forget(what: str, who: str, windows: tuple[Window, ...]) -> None:
    """After a success the account's tries start from nothing."""
    client().delete(*[redis_key("limit", what, hidden(who), str(window.seconds)) for window in windows])
