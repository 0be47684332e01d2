"""Ready-made sentences: greeting and notices are spoken once and then only played.

Kept in memory and, with a folder, as files of PCM16 named by a hash of voice, text and rate. Only texts handed to
`Voice.prepare` get here, and those are the business's own words: nothing that was made with a caller's data may be prepared.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_MADE = 2  # raised when the same text would be spoken otherwise, so that older files are not used
_LONGEST = 20_000_000  # bytes of one file; anything larger was not written by us


class FixedSentences:
    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._ready: dict[tuple[str, str, int], bytes] = {}

    def get(self, voice: str, text: str, sample_rate: int) -> bytes | None:
        return self._ready.get((voice, text, sample_rate))

    def load(self, voice: str, text: str, sample_rate: int) -> bytes | None:
        """`get`, and then the folder. Reads a file: not for use in a call."""
        found = self.get(voice, text, sample_rate)
        path = self._path(voice, text, sample_rate)
        if found is None and path and path.is_file() and 0 < path.stat().st_size < _LONGEST:
            found = path.read_bytes()
            self._ready[voice, text, sample_rate] = found
        return found

    def keep(self, voice: str, text: str, sample_rate: int, pcm: bytes) -> None:
        self._ready[voice, text, sample_rate] = pcm
        path = self._path(voice, text, sample_rate)
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            part.write_bytes(pcm)
            os.replace(part, path)

    def _path(self, voice: str, text: str, sample_rate: int) -> Path | None:
        if self._folder is None:
            return None
        name = hashlib.sha256(f"{_MADE}\n{voice}\n{sample_rate}\n{text}".encode()).hexdigest()
        return self._folder / f"{name}.pcm"
