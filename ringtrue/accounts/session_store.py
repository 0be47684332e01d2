"""Sessions in Redis, under a hash of their token: a dump of Redis holds no usable token (P-CLX-7-4)."""

from __future__ import annotations

import hashlib

from django.contrib.sessions.backends.cache import SessionStore as CacheSession


def session_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(CacheSession):
    @property
    def cache_key(self) -> str:
        return str(self.cache_key_prefix) + session_hash(self._get_or_create_session_key())  # type: ignore[attr-defined]
