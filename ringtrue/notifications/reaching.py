"""Which addresses on the internet we may send to (OWASP ASVS 5.0, 1.3.6 and 13.2.4): the guard against being used to reach
machines inside. A name is resolved once, every address it has is judged, and the connection goes to the judged address.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

PORTS = (443, 8443)
# Global by the registry, yet roads to somewhere else: NAT64, 6to4 and Teredo wrap an IPv4 address that may be private.
WRAPPERS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]
INSIDE_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet")


class Refused(ValueError):
    """`str(self)` is a sentence for the person who typed the address. It never holds what was found behind it."""


class Target(NamedTuple):
    scheme: str
    host: str
    port: int
    path: str  # with the query
    address: str = ""  # the IP to connect to; "" until resolved

    @property
    def named(self) -> str:
        """For the header Host."""
        return self.host if self.port in (80, 443) else f"{self.host}:{self.port}"

    @property
    def by_address(self) -> str:
        """To the address that was judged; the name goes along as Host and for the certificate (SNI)."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"


def check_form(url: str) -> Target:
    """What can be said without asking the network. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode().rstrip(".")
    except (ValueError, UnicodeError):
        raise Refused("This is not an address that can be called.") from None
    if any(ord(letter) <= 32 for letter in url) or len(url) > 500 or not host:
        raise Refused("This is not an address that can be called.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refused("An address must not carry a user name or password.")
    local = bool(settings.WEBHOOKS_ALLOW_LOCAL)
    if parts.scheme not in (("https", "http") if local else ("https",)):
        raise Refused("The address must begin with https://.")
    if port is not None and port not in PORTS and not local:
        raise Refused(f"Only the ports {' and '.join(map(str, PORTS))} can be called.")
    if not local and (host == "localhost" or ("." not in host.strip("[]") and ":" not in host) or host.endswith(INSIDE_NAMES)):
        raise Refused("Machines inside a network cannot be called.")
    target = Target(
        parts.scheme, host, port or (443 if parts.scheme == "https" else 80), (parts.path or "/") + _query(parts.query)
    )
    if _is_address(host):
        _judge(host)
    return target


def resolve(url: str) -> Target:
    """Ask the network once. Raises Refused when any address of the name is not one of the public internet; OSError when the
    name is not known."""
    target = check_form(url)
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _judge(address)
    return target._replace(address=addresses[0])


def _judge(address: str) -> None:
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if settings.WEBHOOKS_ALLOW_LOCAL and ip.is_loopback:
        return
    wrapped = isinstance(ip, ipaddress.IPv6Address) and any(ip in net for net in WRAPPERS)
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified or wrapped:
        raise Refused("Machines inside a network cannot be called.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _query(query: str) -> str:
    return f"?{query}" if query else ""
