"""Origins as browsers send them: scheme, host and port of a page, written in one way only, so that they can be compared as text."""

from __future__ import annotations

from urllib.parse import urlsplit

MOST = 10
PORTS = {"https": 443, "http": 80}
OUR_OWN_MACHINE = ("localhost", "127.0.0.1")


class NotAnOrigin(ValueError):
    """`str(self)` is a sentence for the person at the form."""


def read(text: str) -> list[str]:
    """One address of a site on each line, with or without a path. Raises NotAnOrigin."""
    found = list(dict.fromkeys(read_one(line.strip()) for line in text.splitlines() if line.strip()))
    if not found:
        raise NotAnOrigin("Say on which web site the button stands, such as https://www.example.com.")
    if len(found) > MOST:
        raise NotAnOrigin(f"A button may stand on {MOST} sites at most.")
    return found


def read_one(address: str) -> str:
    """Raises NotAnOrigin."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (UnicodeError, ValueError):
        parts, host, port = urlsplit(""), "", None
    if (
        not host
        or "*" in host
        or " " in address
        or parts.username is not None
        or (host not in OUR_OWN_MACHINE and "." not in host)
    ):
        raise NotAnOrigin(f"{address[:80]} is not the address of a web site, such as https://www.example.com.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in OUR_OWN_MACHINE):
        raise NotAnOrigin(f"{address[:80]} does not begin with https://. Browsers give a microphone to such pages only.")
    return f"{parts.scheme}://{host}{'' if port in (None, PORTS[parts.scheme]) else f':{port}'}"
