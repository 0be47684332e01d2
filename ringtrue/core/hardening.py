"""What every process of ours does before it touches a call: no core dumps, files for its own user only, a temporary folder of ours.

A core dump would hold keys and unredacted audio; a temporary file elsewhere would be outside of the data map.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from pathlib import Path


def harden(data: Path) -> None:
    """Call it first in each process (children inherit all three)."""
    no_core_dumps()
    os.umask(0o077)
    use_own_temporary_folder(data)


def no_core_dumps() -> None:
    """RLIMIT_CORE to nothing, hard limit too. A machine whose core_pattern is a pipe ignores the limit for size 0 only when it
    is exactly 0, so that is what it is."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def use_own_temporary_folder(data: Path) -> Path:
    folder = data / "tmp"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = str(folder)
    return folder


def clear_temporary_folder(data: Path) -> int:
    """For the parent at start: what a crash left there goes. Returns how many entries."""
    folder = data / "tmp"
    entries = list(folder.iterdir()) if folder.exists() else []
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    return len(entries)
