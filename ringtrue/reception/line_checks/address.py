"""The public address: what carriers and browsers meet when they come to it. Asked by this machine of its own public address, so a firewall
that lets only this machine in would not show."""

from __future__ import annotations

import base64
import ipaddress
import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from ringtrue.core.doctoring import Finding
from ringtrue.voice.lines.reaching import Ask, Reply, Unreachable

DOCS = "See docs/public-address.md."


def address(public_url: str, *, ask: Ask, console: str, behind_proxy: bool) -> Iterator[Finding]:
    """`console`: host:port at which the console listens, for what to do."""
    if not public_url.startswith("https://"):
        yield (
            "wrong",
            f"RINGTRUE_PUBLIC_URL is {public_url}: carriers send to HTTPS only, and browsers give their microphone to HTTPS and localhost only. {DOCS}",
        )
    yield from _place(public_url)
    try:
        health = ask(f"{public_url}/health")
        first = ask(f"{public_url}/")
    except Unreachable as problem:
        yield "wrong", str(problem)
        return
    if health.status in (502, 503, 504) and b"database" not in health.body:
        yield (
            "wrong",
            f"The proxy answers, but does not reach Ringtrue (it says {health.status}). Point it to {console}, and see that Ringtrue runs.",
        )
    elif health.status == 503:
        yield "wrong", "Ringtrue answers, but its database does not. Run `ringtrue doctor`."
    elif health.status == 400:
        yield "wrong", f"Ringtrue does not go by the name {urlsplit(public_url).hostname}. Add it to RINGTRUE_HOSTS."
    elif health.status != 200 or b'"status"' not in health.body:
        yield "wrong", f"Something answers at {public_url}, but it is not Ringtrue. Point the proxy to {console}."
    elif first.status in (301, 308) and first.headers.get("location", "").startswith(public_url):
        yield "wrong", _believes_plain(behind_proxy)
    else:
        yield "ok", f"{public_url} answers, and it is Ringtrue"


def _place(public_url: str) -> Iterator[Finding]:
    host = urlsplit(public_url).hostname or ""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError:
        return  # told by whoever asks
    for one in sorted(found):
        if not ipaddress.ip_address(one.partition("%")[0]).is_global:
            yield (
                "wrong",
                f"{host} leads to {one}, which only this machine or your own network can reach. Carriers need a public address. {DOCS}",
            )
            return
    yield "ok", f"{host} leads to {', '.join(sorted(found))}"


def _believes_plain(behind_proxy: bool) -> str:
    if not behind_proxy:
        return "Every page leads to itself for ever: something before Ringtrue redirects to HTTPS what has come by HTTPS."
    return (
        "Every page leads to itself for ever: Ringtrue believes that the request came by plain HTTP. The proxy has to set X-Forwarded-Proto, and "
        "RINGTRUE_TRUSTED_PROXIES has to name the address from which it reaches Ringtrue."
    )


def media(media_url: str, *, ask: Ask, listens: str) -> Iterator[Finding]:
    """`listens`: host:port of the media process, for what to do."""
    if not media_url.startswith("wss://"):
        yield "wrong", f"RINGTRUE_MEDIA_URL is {media_url}: carriers, and pages over HTTPS, open wss:// only. {DOCS}"
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    try:
        reply: Reply = ask(f"{media_url}/twilio", headers=headers)
    except Unreachable as problem:
        yield "wrong", f"The sound of calls has no way in. {problem}"
        return
    if reply.status == 101:
        yield "ok", f"{media_url} opens a websocket for the sound of calls"
    elif reply.status in (502, 503, 504):
        yield (
            "wrong",
            f"The proxy does not reach the media process (it says {reply.status}). Point {media_url} to {listens}, and see that Ringtrue runs.",
        )
    else:
        yield (
            "wrong",
            f"{media_url} answers {reply.status} instead of opening a websocket. Point it to {listens}, and let the proxy pass on the headers "
            "Upgrade and Connection.",
        )
