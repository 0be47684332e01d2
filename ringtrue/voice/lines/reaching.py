"""One HTTP request as a carrier would send it, and what went wrong in plain words when nothing answers as it should."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

SECONDS = 8.0


Finding = tuple[str, str]
"""("ok" | "note" | "wrong", a sentence that says what was found, and what to do about it)"""


class Unreachable(Exception):
    """`str(self)` is a sentence that says what is wrong and what to do."""


class Reply(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str] = {}  # names in lower case
    body: bytes = b""


Ask = Callable[..., Reply]
"""As `ask`: (url, method=, body=, headers=)."""


def ask(
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    trust: ssl.SSLContext | None = None,
) -> Reply:
    """Redirects are not followed: carriers do not. `trust`: whose certificates count, the public authorities' if not given.
    Raises Unreachable."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme in ("https", "wss")
    port = parts.port or (443 if secure else 80)
    try:
        connection: http.client.HTTPConnection
        if secure:
            connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=trust or ssl.create_default_context())
        else:
            connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body or None, dict(headers or {}))
            got = connection.getresponse()
            read = b"" if got.status == http.HTTPStatus.SWITCHING_PROTOCOLS else got.read(1024 * 1024)
            return Reply(got.status, {name.lower(): value for name, value in got.getheaders()}, read)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise Unreachable(why(problem, host, port, secure=secure)) from None


def why(problem: Exception, host: str, port: int, *, secure: bool) -> str:
    if isinstance(problem, socket.gaierror):
        return f"There is no host named {host}. Check how it is spelled, and its entry at whoever manages the name."
    if isinstance(problem, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {host} is not accepted: {problem.verify_message}. Carriers refuse it, too. Use one that a public authority "
            "has made for this name; Caddy and certbot get and renew one by themselves."
        )
    if isinstance(problem, ssl.SSLError):
        return f"{host} answers on port {port}, but not in HTTPS; it speaks plain HTTP, most likely. Give the proxy a certificate for this port."
    if isinstance(problem, ConnectionRefusedError):
        return f"Nothing listens on port {port} of {host}. Start the proxy or tunnel there, or correct the port in the address."
    if isinstance(problem, TimeoutError):
        return f"{host} does not answer on port {port}. A firewall drops what comes, or the router does not pass this port on to the machine."
    if isinstance(problem, http.client.HTTPException | ConnectionError) and not secure:
        return f"{host} answers on port {port}, but not in plain HTTP. If it speaks HTTPS, write https (or wss) in the address."
    return f"{host} cannot be reached on port {port} ({type(problem).__name__}). Check this machine's network."
