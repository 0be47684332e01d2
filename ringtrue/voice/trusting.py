"""Who may vouch for a company that is reached over the network."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Made once for all connections of the process: making it takes up to 0.1 s, in which no call is served."""
    return httpx.create_ssl_context()
