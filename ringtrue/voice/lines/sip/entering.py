"""How an operator's entries for a SIP line are read: a trunk that is known by its addresses, or a login at a registrar."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ringtrue.voice.lines.about import Entered, NotEntered
from ringtrue.voice.lines.sip.allow_list import read_networks


def read(given: Mapping[str, str]) -> Entered:
    """`given`: as the fields of `about.ABOUT`. Connecting the same host and user again changes the credentials. Raises NotEntered."""
    host, user, kind = given.get("host", "").strip().lower(), given.get("user", "").strip(), given.get("kind", "")
    password = given.get("password", "")
    if kind not in ("ip", "account"):
        raise NotEntered("kind", "Choose how the far end knows you: by address, or by user name and password.")
    if not re.fullmatch(r"(\[[0-9a-f:]+\]|[a-z0-9.-]{1,200})(:\d{1,5})?", host):
        raise NotEntered("host", "Write the carrier's or PBX's SIP host, such as sip.example.com or 192.0.2.10:5060.")
    if kind == "account" and not re.fullmatch(r"[\w.+-]{1,60}", user):
        raise NotEntered("user", "Write the user name (the SIP login) that the carrier or PBX gave you.")
    if kind == "account" and not password:
        raise NotEntered("password", "Write the password of this SIP login.")
    transport, _, encrypted = given.get("transport", "udp").partition("+")
    if transport not in ("udp", "tcp", "tls") or encrypted not in ("", "srtp"):
        raise NotEntered("transport", "Choose UDP, TCP or TLS.")
    if transport == "tls" and re.match(r"\[|[\d.]+(:|$)", host):
        raise NotEntered("host", "For TLS, write the host name that stands in the far end's certificate, not an address.")
    held = {
        "kind": kind,
        "host": host,
        "allowed": _networks(given.get("allowed", "")),
        "user": user,
        "password": password,
        "transport": transport,
        "encrypted_media": bool(encrypted),
    }
    return Entered(account=f"{user}@{host}"[:80], name=(given.get("name", "").strip() or host)[:80], credentials=held)


def _networks(allowed: str) -> list[str]:
    try:
        read = read_networks(text for text in re.split(r"[\s,;]+", allowed) if text)
    except ValueError as problem:
        raise NotEntered("allowed", str(problem)) from None
    if not read:
        raise NotEntered(
            "allowed",
            "Write the addresses that the carrier or PBX sends from; its documentation lists them. From anywhere else, nothing is read.",
        )
    if any(network.num_addresses > 2**16 for network in read if network.version == 4):
        raise NotEntered("allowed", "A network larger than /16 is nearly the open internet. List the carrier's own networks.")
    return [str(network) for network in read]
