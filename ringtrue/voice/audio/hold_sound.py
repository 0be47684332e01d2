"""What a caller hears while somebody is fetched: soft notes without a pause, so that nobody takes the line for dead."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

NOTES_HZ = (523.25, 659.25, 783.99, 659.25, 587.33, 698.46, 783.99, 698.46)
NOTE_S = 0.4
LEVEL = 1600  # of each note's beginning, in PCM16: -26 dBFS


@lru_cache(maxsize=4)
def hold_sound(sample_rate: int) -> bytes:
    """3.2 s of mono PCM16 little endian; its end leads into its beginning."""
    note = round(NOTE_S * sample_rate)
    time = np.arange(3 * note) / sample_rate
    whole = np.zeros(len(NOTES_HZ) * note)
    for number, pitch in enumerate(NOTES_HZ):
        sound = LEVEL * np.sin(2 * np.pi * pitch * time) * np.exp(-2.5 * time) * np.minimum(1.0, time / 0.01)
        whole[(number * note + np.arange(len(sound))) % len(whole)] += sound
    return whole.astype("<i2").tobytes()
