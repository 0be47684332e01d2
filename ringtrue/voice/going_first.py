"""The order in which the machine's work is done: who is on the telephone goes first."""

from __future__ import annotations

import os
from contextlib import suppress

NICE = -15


def go_first() -> None:
    """Before everything ordinary on this machine, where the operator allows it (root, CAP_SYS_NICE, or `LimitNICE=-15` in a systemd
    unit; setrlimit(2), RLIMIT_NICE): a backup or an update must not be heard in a call. Otherwise nothing changes.

    What a process starts inherits it: the workers of local speech step back by themselves.
    """
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, min(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
