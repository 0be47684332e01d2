"""Who may reach the SIP sockets: a source-address filter inside the kernel, set by the process itself, without root.

Malformed packets corrupt the SIP library's memory and it hides where a packet came from, so the choice is made before it: a classic BPF
program on each socket (SO_ATTACH_FILTER, socket(7)) drops what comes from elsewhere before a byte of it is read. The filter is locked
(SO_LOCK_FILTER): code that took over the process could not take it off.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

Network = IPv4Network | IPv6Network

_ATTACH_FILTER, _LOCK_FILTER = 26, 44  # asm-generic/socket.h
_MOST_INSTRUCTIONS = 4096  # BPF_MAXINSNS

# linux/filter.h: loads relative to the network header begin at SKF_NET_OFF.
_NET = 0x100000000 - 0x100000
_LD_W, _LD_B, _AND, _JEQ, _RSH, _RET = 0x20, 0x30, 0x54, 0x15, 0x74, 0x06
_JA = 0x05
_PASS, _DROP = 0xFFFFFFFF, 0

_Instruction = tuple[int, int, int, int]


class TooManyNetworks(ValueError):
    """The list does not fit into one filter; `str(self)` says how many do."""


def read_networks(texts: Iterable[str]) -> list[Network]:
    """ "203.0.113.7", "203.0.113.0/24" or IPv6 alike. Raises ValueError with the text that is none."""
    found = []
    for text in texts:
        try:
            found.append(ip_network(text.strip(), strict=False))
        except ValueError:
            raise ValueError(
                f"{text!r} is not an address or a network. Write it like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32."
            ) from None
    return found


def program(networks: Iterable[Network]) -> list[_Instruction]:
    """The filter: (code, jump if true, jump if false, value) each. Raises TooManyNetworks."""
    v4 = [network for network in networks if isinstance(network, IPv4Network)]
    v6 = [network for network in networks if isinstance(network, IPv6Network)]
    rules4: list[_Instruction] = []
    for four in v4:
        rules4 += [
            (_LD_W, 0, 0, _NET + 12),
            (_AND, 0, 0, int(four.netmask)),
            (_JEQ, 0, 1, int(four.network_address)),
            (_RET, 0, 0, _PASS),
        ]
    rules6: list[_Instruction] = []
    for six in v6:
        words = struct.unpack("!4I", six.network_address.packed)
        masks = struct.unpack("!4I", six.netmask.packed)
        left = 4 * 3 + 1  # instructions of this rule, the passing return among them
        for at, (word, mask) in enumerate(zip(words, masks, strict=True)):
            left -= 3
            rules6 += [(_LD_W, 0, 0, _NET + 8 + 4 * at), (_AND, 0, 0, mask), (_JEQ, 0, left, word)]
        rules6.append((_RET, 0, 0, _PASS))
    rules4.append((_RET, 0, 0, _DROP))
    rules6.append((_RET, 0, 0, _DROP))
    # The version is the first half byte of the IP header; a jump over the IPv4 rules may be longer than a conditional one reaches.
    whole = [(_LD_B, 0, 0, _NET), (_RSH, 0, 0, 4), (_JEQ, 1, 0, 4), (_JA, 0, 0, len(rules4)), *rules4, *rules6]
    if len(whole) > _MOST_INSTRUCTIONS:
        raise TooManyNetworks(
            f"{len(v4) + len(v6)} networks do not fit; about 1,000 do. Put neighbours into one, such as 203.0.113.0/24."
        )
    return whole


def attach(descriptor: int, networks: Iterable[Network]) -> None:
    """Let only these networks reach the socket, for as long as it lives. Raises OSError (a locked filter cannot be changed)."""
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program(list(networks)))
    kept = ctypes.create_string_buffer(code, len(code))
    held = socket.socket(fileno=os.dup(descriptor))
    with held:
        held.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(kept)))
        held.setsockopt(socket.SOL_SOCKET, _LOCK_FILTER, 1)


def guard_sockets(ports: set[int], networks: Iterable[Network], guarded: set[int]) -> set[int]:
    """Attach the filter to every IP socket of this process that is bound to one of the ports. `guarded`: inodes done before.

    Returns the inodes that have it now.
    """
    found: set[int] = set()
    for name in os.listdir("/proc/self/fd"):
        inode = _socket_inode(int(name))
        if inode is None:
            continue
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(name))) as held:
            if held.family not in (socket.AF_INET, socket.AF_INET6) or held.getsockname()[1] not in ports:
                continue
            if inode not in guarded:
                attach(held.fileno(), networks)
            found.add(inode)
    return found


def _socket_inode(descriptor: int) -> int | None:
    try:
        target = str(Path(f"/proc/self/fd/{descriptor}").readlink())
    except OSError:
        return None
    return int(target[8:-1]) if target.startswith("socket:[") else None
