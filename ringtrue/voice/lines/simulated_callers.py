"""Who can call on the simulated line: a recording, or somebody with a script."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.lines.leg import FRAME_MS
from ringtrue.voice.lines.simulated import Heard
from ringtrue.voice.speech.kinds import Voice

OTHER_PERSON = 0.86
"""The caller's voice is the agent's, played this much slower and lower: another person to the ear, and to an echo guard."""


class RecordedCaller:
    """Plays a recording from its first to its last sample, whatever the agent says, then waits for the agent and hangs up.

    lead_s: silence before it. tail_silence_s: after the recording, hang up once the agent has been silent for this long;
    longest_tail_s: or when this has passed.
    """

    def __init__(
        self, pcm: bytes, sample_rate: int, *, lead_s: float = 0.0, tail_silence_s: float = 3.0, longest_tail_s: float = 60.0
    ) -> None:
        self._pcm, self._rate = pcm, sample_rate
        self._lead_s = lead_s
        self._tail = tail_silence_s * 1000
        self._longest_tail = longest_tail_s * 1000
        self._after_ms = 0
        self._at = 0
        self._size = 0

    @classmethod
    def from_file(cls, path: str | Path, channel: int = 0, *, lead_s: float = 0.0) -> RecordedCaller:
        """WAV, FLAC and whatever else FFmpeg reads. Raises UnreadableAudio."""
        pcm, rate = read_audio(path, channel)
        return cls(pcm, rate, lead_s=lead_s)

    async def prepare(self, sample_rate: int) -> None:
        lead = bytes(2 * round(self._lead_s * sample_rate))
        self._pcm = lead + resample(self._pcm, self._rate, sample_rate)
        self._rate = sample_rate
        self._size = 2 * sample_rate * FRAME_MS // 1000

    def next(self, heard: Heard) -> bytes | None:
        if self._at < len(self._pcm):
            frame = self._pcm[self._at : self._at + self._size]
            self._at += self._size
            return frame
        self._after_ms += FRAME_MS
        if self._after_ms >= self._longest_tail or (self._after_ms >= self._tail and heard.silent_ms >= self._tail):
            return None
        return b""


class Say(msgspec.Struct, frozen=True):
    """Speak when the agent has finished: has been silent for `after_silence_ms`, having spoken since this caller's last line."""

    text: str
    after_silence_ms: int = 900


class BreakIn(msgspec.Struct, frozen=True):
    """Speak while the agent does, when it has been speaking for `after_ms`."""

    text: str
    after_ms: int = 1500


class Play(msgspec.Struct, frozen=True):
    """Speak with this audio instead of a voice; `after_ms` >= 0: while the agent speaks, as `BreakIn`."""

    pcm: bytes
    sample_rate: int
    after_silence_ms: int = 900
    after_ms: int = -1


class Wait(msgspec.Struct, frozen=True):
    """Say nothing for so long, whatever the agent does."""

    ms: int


class Press(msgspec.Struct, frozen=True):
    """Keys, 200 ms apart, when the agent has finished (or at once)."""

    keys: str
    after_silence_ms: int = 900


class Leave(msgspec.Struct, frozen=True):
    """Hang up when the agent has finished."""

    after_silence_ms: int = 1500


Act = Say | BreakIn | Play | Wait | Press | Leave


class ScriptedCaller:
    """Goes through its acts one by one. After the last one it listens until the agent hangs up, or `patience_s` have passed in which
    nobody spoke."""

    def __init__(self, acts: Sequence[Act | str], voice: Voice | None = None, *, patience_s: float = 40.0) -> None:
        self._acts = deque(Say(act) if isinstance(act, str) else act for act in acts)
        self._voice = voice
        self._patience_ms = patience_s * 1000
        self._audio: dict[int, bytes] = {}
        self._playing = b""
        self._at = 0
        self._keys = ""
        self._keys_wait = 0
        self._heard_since = False  # the agent has spoken since our last line
        self._waited_ms = 0
        self._size = 0
        self.clock_ms = 0
        self.spoke: list[tuple[int, int]] = []
        """(begin, end) of each line in ms since the call began, for measuring against what the agent did."""

    async def prepare(self, sample_rate: int) -> None:
        """Raises VoiceFailed, or ValueError when a line needs a voice and there is none."""
        self._size = 2 * sample_rate * FRAME_MS // 1000
        for act in self._acts:
            if isinstance(act, Say | BreakIn):
                if self._voice is None:
                    raise ValueError("a script with words needs a voice")
                pcm = b"".join([piece async for piece in self._voice.say(act.text, 16000)])
                self._audio[id(act)] = resample(pcm, round(16000 * OTHER_PERSON), sample_rate)
            elif isinstance(act, Play):
                self._audio[id(act)] = resample(act.pcm, act.sample_rate, sample_rate)

    @property
    def finished(self) -> bool:
        return not self._acts and not self._playing and not self._keys

    def next(self, heard: Heard) -> bytes | str | None:
        self.clock_ms += FRAME_MS
        if self._playing:
            return self._speak()
        if heard.speaking_ms:
            self._heard_since = True
        if self._keys:
            self._keys_wait -= FRAME_MS
            if self._keys_wait <= 0:
                key, self._keys = self._keys[0], self._keys[1:]
                self._keys_wait = 200
                return f"key:{key}"
            return b""
        if not self._acts:
            return None if heard.silent_ms >= self._patience_ms else b""
        return self._maybe_act(heard)

    def _maybe_act(self, heard: Heard) -> bytes | str | None:
        act = self._acts[0]
        if isinstance(act, Wait):
            self._waited_ms += FRAME_MS
            if self._waited_ms >= act.ms:
                self._acts.popleft()
                self._waited_ms = 0
            return b""
        if isinstance(act, BreakIn) or (isinstance(act, Play) and act.after_ms >= 0):
            ready = self._heard_since and heard.speaking_ms >= act.after_ms
        else:
            ready = self._heard_since and heard.silent_ms >= act.after_silence_ms
        if not ready:
            return b""
        self._acts.popleft()
        self._heard_since = False
        if isinstance(act, Leave):
            return None
        if isinstance(act, Press):
            self._keys, self._keys_wait = act.keys, 0
            return b""
        self._playing, self._at = self._audio[id(act)], 0
        self.spoke.append((self.clock_ms - FRAME_MS, self.clock_ms - FRAME_MS + len(self._playing) // (self._size // FRAME_MS)))
        return self._speak()

    def _speak(self) -> bytes:
        frame = self._playing[self._at : self._at + self._size]
        self._at += self._size
        if self._at >= len(self._playing):
            self._playing = b""
        return frame
