"""Sessions in Redis, under a hash of their token: a dump of Redis holds no usable token (P-CLX-7-4)."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.sessions.backends.cache import KEY_PREFIX
from django.contrib.sessions.backends.cache import SessionStore as CacheSession
from django.core.cache import caches


def session_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def end_session(hashed: str) -> None:
    """Ends the session of this hash at once. A request that is under way cannot bring it back: saving it needs it to exist."""
    caches[settings.SESSION_CACHE_ALIAS].delete(KEY_PREFIX + hashed)


def session_lives(hashed: str) -> bool:
    return bool(caches[settings.SESSION_CACHE_ALIAS].has_key(KEY_PREFIX + hashed))


class SessionStore(CacheSession):
    # Every method that makes a Redis key is here: one left out (delete, once) would leave a session alive after sign-out.

    @property
    def cache_key(self) -> str:
        return KEY_PREFIX + session_hash(self._get_or_create_session_key())  # type: ignore[attr-defined]

    async def acache_key(self) -> str:
        return KEY_PREFIX + session_hash(await self._aget_or_create_session_key())  # type: ignore[attr-defined]

    def exists(self, session_key: str | None) -> bool:
        return bool(session_key) and session_lives(session_hash(str(session_key)))

    async def aexists(self, session_key: str | None) -> bool:
        return bool(session_key) and await self._cache.ahas_key(KEY_PREFIX + session_hash(str(session_key)))  # type: ignore[attr-defined]

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            end_session(session_hash(key))

    async def adelete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            await self._cache.adelete(KEY_PREFIX + session_hash(key))  # type: ignore[attr-defined]
