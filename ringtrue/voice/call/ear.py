"""The ear of a call: frames from the line become chunks for the voice-activity detector, and its answers become speech and silence.

Time here is the caller's stream: milliseconds of audio since the call was answered. It follows the call's clock; a line that
loses frames leaves silence in their place, so that speech, transcript and recording keep their times.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.g711 import ulaw_decode
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.signs import Signs
from ringtrue.voice.lines.leg import FRAME_MS, Coding

CHUNK = 256
CHUNK_MS = 32.0


class Listener(Protocol):
    """What hears from the ear; times in ms of the call."""

    def speech_began(self, start_ms: float, end_ms: float) -> None:
        """Enough chunks of speech in a row; the newest of them ends at `end_ms`."""
        ...

    def speech_went_on(self, end_ms: float) -> None:
        """A chunk of speech, ending at `end_ms`, after the beginning was told."""
        ...

    def silence_grew(self, silent_ms: float) -> None:
        """After speech: silence since its last chunk."""
        ...

    def speech_hinted(self, start_ms: float) -> None:
        """Something that may become speech; followed by speech, or by `hint_passed`."""
        ...

    def hint_passed(self) -> None:
        """It did not become speech."""
        ...


def nobody() -> None:
    """There is no one to tell."""


def halving_filter() -> NDArray[np.float32]:
    """Low-pass at a quarter of the rate, 31 taps (a windowed sinc): 16 kHz to 8 kHz for voice activity only."""
    n = np.arange(31) - 15
    taps = np.sinc(n / 2) * np.hamming(31)
    return np.asarray(taps / taps.sum(), np.float32)


_HALVE = halving_filter()


class Ear:
    """`coding`: of the frames that `hear` is given; mu-law stays mu-law until somebody needs samples."""

    def __init__(self, sample_rate: int, settings: CallSettings, clock: CallClock, coding: Coding = "pcm16") -> None:
        if sample_rate not in (8000, 16000):
            raise ValueError(f"sample rate {sample_rate}; wanted 8000 or 16000")
        self.sample_rate = sample_rate
        self.listener: Listener | None = None
        self.chunk_ready: Callable[[], object] = nobody  # told when `has_chunk` has become true
        self.speaking = False
        self.last_frame_at: float | None = None
        self.echo_until_ms = -1.0  # the agent began to speak a moment ago: its own echo may come back
        self._settings = settings
        self._clock = clock
        if coding == "ulaw" and sample_rate != 8000:
            raise ValueError("mu-law is for 8000 Hz")
        self.coded = coding == "ulaw"  # then `next_chunk` gives mu-law, to be decoded for all calls at once
        self._bytes_per_ms = (1 if coding == "ulaw" else 2) * sample_rate // 1000
        self._chunk_bytes = int(CHUNK_MS) * self._bytes_per_ms
        self._most_kept = 4 * settings.preroll * self._bytes_per_ms
        self._quiet = b"\xff" if coding == "ulaw" else b"\x00"
        self._carry = np.zeros(30, np.float32)  # the filter's past, 16 kHz only
        self._kept = bytearray()  # what a turn may need: everything since `keep_from`, at least the pre-roll
        self._next = 0  # where in it the detector's next chunk begins
        self._kept_from_ms = 0.0
        self._keep_from_ms: float | None = None
        self._stream_ms = 0.0  # end of what has arrived
        self._told = False  # of the chunk that is there
        self._least_power = 10 ** (settings.least_level_dbfs / 10)
        self._echo_power = 10 ** (settings.echo_level_dbfs / 10)
        self._run = 0  # speech chunks in a row
        self._run_power = 0.0
        self._last_speech_ms = 0.0
        self._quiet_since_ms = 0.0
        self._behind_least = math.inf
        self._behind_count = 0
        self._signs = Signs(settings)

    # --- audio in

    def hear(self, pcm: bytes, at: float) -> float:
        """Take a frame that arrived at loop time `at`. Returns its start in ms of the call."""
        if self.last_frame_at is None:
            self._begin(max(0.0, (at - self._clock.zero) * 1000 - FRAME_MS))
        self.last_frame_at = at
        behind = (at - self._clock.zero) * 1000 - self._stream_ms - FRAME_MS
        self._behind_count += 1
        if behind < self._behind_least:
            self._behind_least = behind
        if behind < -60 or self._behind_count >= 50:
            self._follow_clock(behind)
        start = self._stream_ms
        self._take(pcm)
        return start

    def fill(self, now: float) -> None:
        """The line is silent without sending silence: let stream time go on, so that a turn can end."""
        if self.last_frame_at is not None and now - self.last_frame_at > 0.6:
            missing = (now - self._clock.zero) * 1000 - self._stream_ms
            if missing >= FRAME_MS:
                self._silence(min(missing, self._settings.longest_gap_filled))

    def _begin(self, ms: float) -> None:
        self._stream_ms = self._kept_from_ms = self._quiet_since_ms = ms

    def _take(self, pcm: bytes) -> None:
        kept = self._kept
        kept += pcm
        self._stream_ms += len(pcm) / self._bytes_per_ms
        if not self._told and len(kept) - self._next >= self._chunk_bytes:
            self._told = True
            self.chunk_ready()
        if self._keep_from_ms is None and len(kept) > self._most_kept:
            self._trim(self._stream_ms - 2 * self._settings.preroll)

    def _silence(self, ms: float) -> None:
        self._take(self._quiet * (int(ms / FRAME_MS) * FRAME_MS * self._bytes_per_ms))

    def _follow_clock(self, behind: float) -> None:
        """Frames that never came show as a lateness that no later frame makes good: after a second, put silence in their place."""
        if behind < -60:  # nobody hears a frame before it was spoken: silence was put in for frames that were only late
            self._stream_ms += behind
            self._kept_from_ms += behind
        if self._behind_count >= 50:
            if self._behind_least > 100:
                self._silence(min(self._behind_least, self._settings.longest_gap_filled))
            self._behind_least, self._behind_count = math.inf, 0

    def _trim(self, from_ms: float) -> None:
        cut = min(int(from_ms - self._kept_from_ms) * self._bytes_per_ms, self._next)
        if cut > 0:
            del self._kept[:cut]
            self._next -= cut
            self._kept_from_ms += cut / self._bytes_per_ms

    # --- audio for the recognizer

    def keep_from(self, ms: float | None) -> None:
        """Keep audio from this moment on; None: only the pre-roll."""
        self._keep_from_ms = ms
        if ms is not None:
            self._trim(ms)

    def audio(self, from_ms: float, to_ms: float) -> tuple[float, bytes]:
        """(true start in ms, PCM16) of what is kept between the two moments."""
        start = max(from_ms, self._kept_from_ms)
        first = int(start - self._kept_from_ms) * self._bytes_per_ms
        last = max(first, int(to_ms - self._kept_from_ms) * self._bytes_per_ms)
        kept = bytes(self._kept[first:last])
        return self._kept_from_ms + first / self._bytes_per_ms, ulaw_decode(kept) if self.coded else kept

    @property
    def heard_ms(self) -> float:
        """End of the caller's audio so far."""
        return self._stream_ms

    # --- voice activity

    @property
    def has_chunk(self) -> bool:
        """A step of the detector's is there."""
        return len(self._kept) - self._next >= self._chunk_bytes

    def next_coded(self) -> bytes:
        """256 samples at 8 kHz as they came, mu-law; only where `coded`, and when `has_chunk`."""
        begin = self._next
        self._next = end = begin + CHUNK
        self._tell_of_more()
        return bytes(self._kept[begin:end])

    def next_chunk(self) -> NDArray[np.int16] | NDArray[np.float32] | None:
        """256 samples at 8 kHz on the scale of int16, or None when they are not there yet."""
        if not self.has_chunk:
            return None
        if self.coded:
            return np.frombuffer(ulaw_decode(self.next_coded()), "<i2")
        samples = np.frombuffer(
            self._kept, "<i2", self._chunk_bytes // 2, self._next
        ).copy()  # what looks at it keeps it from growing
        self._next += self._chunk_bytes
        self._tell_of_more()
        if self.sample_rate == 8000:
            return samples
        wide = np.concatenate([self._carry, samples]).astype(np.float32)
        self._carry = wide[-30:]
        return np.convolve(wide, _HALVE, "valid")[::2]

    def _tell_of_more(self) -> None:
        self._told = self.has_chunk
        if self._told:
            self.chunk_ready()

    @property
    def alert(self) -> bool:
        """The next chunk must be judged, whatever is in it. Otherwise one may be left out that is no speech and not loud."""
        return self.speaking or self._run > 0 or self._signs.pending

    @property
    def _judged_ms(self) -> float:
        """Where the chunk that was taken last ends."""
        return self._kept_from_ms + self._next / self._bytes_per_ms

    def judge(self, probability: float, power: float, loud: int) -> None:
        """The detector's answer for the chunk taken last: chance of speech and mean square (full scale = 1). `loud`: of `Rises`."""
        s = self._settings
        end = self._judged_ms
        if power < self._least_power:
            probability = 0.0
        if probability >= s.onset_probability:
            self._run += 1
            self._run_power = power if self._run == 1 else max(power, self._run_power)
        elif probability < s.quiet_probability:
            self._run = 0
        self._signs.note(probability, loud)
        if not self.speaking:
            self._wait_for_speech(end)
        else:
            self._follow_speech(end, probability)

    def _wait_for_speech(self, end: float) -> None:
        s = self._settings
        wanted = s.onset_chunks
        if end <= self.echo_until_ms and self._run_power < self._echo_power:
            wanted = s.echo_chunks
        if self._run >= wanted:
            self.speaking = True
            self._signs.confirmed()
            self._last_speech_ms = end
            if self.listener:
                self.listener.speech_began(end - self._run * CHUNK_MS, end)
        elif self._run:
            self._quiet_since_ms = end
        if not self.speaking:
            self._look_for_signs(end)

    def _look_for_signs(self, end: float) -> None:
        loud_enough = end > self.echo_until_ms or self._run_power >= self._echo_power
        change = self._signs.look(end, self._run if loud_enough else 0, guesses_count=end > self.echo_until_ms)
        if self.listener and change == "sign":
            self.listener.speech_hinted(end - self._signs.chunks * CHUNK_MS)
        elif self.listener and change == "none":
            self.listener.hint_passed()

    def _follow_speech(self, end: float, probability: float) -> None:
        """In a pause a single chunk is a click; it takes an onset to go on. Right after speech it is the same word still."""
        silent = end - self._last_speech_ms
        in_pause = silent > self._settings.transcribe_after
        if probability >= self._settings.onset_probability and (not in_pause or self._run >= self._settings.onset_chunks):
            self._last_speech_ms = end
            self._signs.confirmed()
            if self.listener:
                self.listener.speech_went_on(end)
        elif self.listener:
            self.listener.silence_grew(silent)
            if in_pause and self.speaking:
                self._look_for_signs(end)

    def reset_due(self) -> bool:
        """It has been quiet for so long that the detector is to forget what it heard. Once for each such time."""
        if self.speaking or self._run or self._judged_ms - self._quiet_since_ms < self._settings.reset_after_quiet:
            return False
        self._quiet_since_ms = self._judged_ms
        return True

    def rest(self) -> None:
        """The turn is over: the next speech is a new onset."""
        self.speaking = False
        self._run = 0
        self._quiet_since_ms = self._judged_ms
        self.keep_from(None)
