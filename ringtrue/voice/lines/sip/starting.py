"""Between the desk's first word and the first packet: root is given up, and the library is started with what it may use."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from ipaddress import ip_address
from typing import Any

NOBODY = 65534  # user "nobody"
MOST_CALLS = 60


def give_up_root() -> None:
    """Nothing here needs it. What must be read later is loaded before."""
    import concurrent.futures.thread  # noqa: F401
    import encodings.idna  # noqa: F401
    import traceback  # noqa: F401

    import baresip  # noqa: F401

    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, prctl(2)
        system.prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG: the change of user has cleared what the parent set


def copy_in_memory(path: str) -> str:
    """A path to what the file holds now, for a library that reads it when root is given up. Raises OSError."""
    with open(path, "rb") as file:
        held = os.memfd_create(os.path.basename(path))
        os.write(held, file.read())
    return f"/proc/self/fd/{held}"


def taken_port(address: str, port: int) -> int:
    """The first port that the gateway needs and another program has: SIP over UDP and TCP, and TLS beside it. 0: all are free."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for kind, wanted in ((socket.SOCK_DGRAM, port), (socket.SOCK_STREAM, port), (socket.SOCK_STREAM, port + 1)):
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of an earlier gateway that linger
            try:
                probe.bind((address.strip("[]"), wanted))
            except OSError:
                return wanted
    return 0


def library_settings(address: str, port: int, authorities: str, certificate: str) -> Any:
    """A `baresip.Config`. `authorities`: who may vouch for the far end of TLS; `certificate`: ours, "" for none (PEM files)."""
    from baresip import Config

    lines = [f"sip_listen {address}:{port}", f"sip_cafile {authorities}", "sip_verify_server yes"]
    if certificate:
        lines.append(f"sip_certificate {certificate}")
    return Config(
        net_interface=None if ip_address(address.strip("[]")).is_unspecified else address,
        max_concurrent_calls=MOST_CALLS + 4,  # those that are just being refused
        rtp_timeout=30,
        native_log_level="error",
        expose_headers=("From", "To", "Via", "Call-ID", "P-Asserted-Identity"),
        extra_config_text="\n".join(lines) + "\n",
    )
