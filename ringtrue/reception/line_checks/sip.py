"""A SIP trunk or telephone system: whether it answers OPTIONS (RFC 3261 §11), which codecs we have in common, and by which address it
sees us. Host names are looked up as such; one that exists only in SRV records is told as unknown."""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ringtrue.core.doctoring import Finding
from ringtrue.numbers import line_states
from ringtrue.voice.lines.sip.allow_list import read_networks

WAITS = (0.5, 1.0, 2.0)  # seconds for an answer, before the request is sent again
OURS = {"PCMU": "G.711 µ-law", "PCMA": "G.711 A-law", "G722": "G.722", "OPUS": "Opus"}
STATIC = {
    "0": "PCMU",
    "8": "PCMA",
    "9": "G722",
    "18": "G729",
    "3": "GSM",
    "4": "G723",
}  # payload types that need no rtpmap, RFC 3551


class Heard(NamedTuple):
    status: int
    sees_us_at: str  # the address from which our request came, as the far end says; "" where it does not
    codecs: list[str]  # of its SDP, if it sent one
    ours: str  # our own address on the way to it


class NoAnswer(Exception):
    """`str(self)` is a code of `numbers.line_states`: "unknown_host", "nobody_listens", "certificate", "unreachable" or ""."""


def account(held: Mapping[str, Any], state: str, detail: str, *, trust: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """`held`: the credentials as connected; `state`, `detail`: what the line told last. `trust`: whose certificates count."""
    host, port = _place(str(held["host"]), str(held["transport"]))
    if state and not (told := line_states.told(state, detail)).good:
        yield "wrong", f"{told.short}. {told.to_do}"
    elif state:
        yield "ok", "the line is registered" if state == "registered" else "the line listens"
    else:
        yield "note", "The line has not told anything yet: start Ringtrue and ask again"
    yield from _allowed(host, list(held["allowed"]))
    try:
        heard = options(host, port, str(held["transport"]), trust=trust)
    except NoAnswer as code:
        told = line_states.told("registration_failed", str(code))
        yield (
            "wrong",
            f"{host}:{port} was asked by {held['transport'].upper()}: {told.short.removeprefix('Cannot register: ')}. {told.to_do}",
        )
        return
    yield "ok", f"{host}:{port} answers by {held['transport'].upper()} (SIP {heard.status})"
    yield _codecs(heard.codecs)
    yield from _nat(heard)


def _place(host: str, transport: str) -> tuple[str, int]:
    found = re.fullmatch(r"\[?([^\]]+?)\]?(?::(\d+))?", host) if not host.count(":") > 1 or host.startswith("[") else None
    name, port = (found.group(1), found.group(2)) if found else (host, None)
    return name, int(port or (5061 if transport == "tls" else 5060))


def _allowed(host: str, allowed: list[str]) -> Iterator[Finding]:
    """Calls come from the host that we register with, mostly; from elsewhere nothing is read."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)}
    except OSError:
        return  # told by whoever asks
    networks = read_networks(allowed)
    outside = sorted(
        one for one in found if not any(ipaddress.ip_address(one.partition("%")[0]) in network for network in networks)
    )
    if outside:
        yield (
            "wrong",
            f"{host} leads to {', '.join(outside)}, which is not among the allowed addresses of this line: what it sends is dropped. Add it there.",
        )
    else:
        yield "ok", "its addresses are among those that may send to us"


def _codecs(codecs: list[str]) -> Finding:
    ours = ", ".join(OURS.values())
    if not codecs:
        return "note", f"It does not say which codecs it takes. Ours are {ours}; one of them has to be allowed there"
    common = [OURS[name] for name in OURS if name in codecs]
    if not common:
        return "wrong", f"It takes {', '.join(codecs)}, and none of our codecs ({ours}). Allow G.711 for us there."
    return "ok", f"codecs in common: {', '.join(common)}"


def _nat(heard: Heard) -> Iterator[Finding]:
    if heard.sees_us_at and heard.sees_us_at != heard.ours:
        yield (
            "wrong",
            f"The far end sees us at {heard.sees_us_at}, but this machine's own address is {heard.ours}, and that is what stands in our SDP: a "
            "router changes addresses (NAT), and the caller's sound would go nowhere. Run Ringtrue on a machine that has the public address, or "
            "have the far end send its sound to where ours comes from (“symmetric RTP”, “NAT=yes”).",
        )
    elif heard.sees_us_at:
        yield "ok", "the far end sees the address that stands in our SDP"


def options(host: str, port: int, transport: str, *, trust: ssl.SSLContext | None = None) -> Heard:
    """Raises NoAnswer."""
    try:
        info = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)[0]
    except OSError:
        raise NoAnswer("unknown_host") from None
    try:
        with socket.socket(info[0], info[1]) as plain:
            plain.settimeout(sum(WAITS))
            plain.connect(info[4])
            ours = str(plain.getsockname()[0])
            request = _request(host, port, transport, ours, int(plain.getsockname()[1]))
            if transport == "udp":
                return _heard(_datagram(plain, request), ours)
            if transport == "tls":
                with (trust or ssl.create_default_context()).wrap_socket(plain, server_hostname=host) as sealed:
                    return _heard(_stream(sealed, request), ours)
            return _heard(_stream(plain, request), ours)
    except ssl.SSLCertVerificationError:
        raise NoAnswer("certificate") from None
    except ConnectionRefusedError:
        raise NoAnswer("nobody_listens") from None
    except TimeoutError:
        raise NoAnswer("") from None
    except OSError:
        raise NoAnswer("unreachable") from None


def _request(host: str, port: int, transport: str, ours: str, our_port: int) -> bytes:
    at = f"[{ours}]" if ":" in ours else ours
    mark = secrets.token_hex(8)
    lines = [
        f"OPTIONS sip:{host}:{port} SIP/2.0", f"Via: SIP/2.0/{transport.upper()} {at}:{our_port};branch=z9hG4bK{mark};rport", "Max-Forwards: 70",
        f"From: <sip:ringtrue@{at}>;tag={mark}", f"To: <sip:{host}>", f"Call-ID: {mark}@ringtrue", "CSeq: 1 OPTIONS",
        f"Contact: <sip:ringtrue@{at}:{our_port};transport={transport}>", "Accept: application/sdp", "Content-Length: 0", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def _datagram(far: socket.socket, request: bytes) -> bytes:
    for wait in WAITS:
        far.send(request)
        far.settimeout(wait)
        try:
            return far.recv(65535)
        except TimeoutError:
            continue
    raise TimeoutError


def _stream(far: socket.socket, request: bytes) -> bytes:
    far.sendall(request)
    got = b""
    while True:
        head, whole, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"(?im)^(?:Content-Length|l)\s*:\s*(\d+)", head)
        if whole and len(body) >= int(length.group(1) if length else 0):
            return got
        more = far.recv(65535)
        if not more:
            raise TimeoutError
        got += more


def _heard(message: bytes, ours: str) -> Heard:
    head, _, body = message.decode("utf-8", "replace").partition("\r\n\r\n")
    status = re.match(r"SIP/2\.0 (\d{3})", head)
    if status is None:
        raise NoAnswer("")
    seen = re.search(r"(?im)^(?:Via|v)\s*:.*?;received=\[?([0-9a-fA-F.:]+)", head)
    return Heard(int(status.group(1)), seen.group(1) if seen else "", _offered(body), ours)


def _offered(sdp: str) -> list[str]:
    audio = re.search(r"(?m)^m=audio \d+ \S+ ([\d ]+)", sdp)
    if audio is None:
        return []
    named = {number: name.upper() for number, name in re.findall(r"(?m)^a=rtpmap:(\d+) ([^/\s]+)", sdp)}
    names = [named.get(number) or STATIC.get(number, number) for number in audio.group(1).split()]
    return [name for name in names if name != "TELEPHONE-EVENT"]
