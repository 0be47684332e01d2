"""Is somebody speaking? Silero VAD for 8 kHz, in numpy, one batch for all calls of the process.

The network is Silero's (MIT, https://github.com/snakers4/silero-vad, version 6.2.3), its weights are read out of the package's
`silero_vad.onnx` (`voice/speech/models.py` checks its SHA-256 first). Written as matrix products over a batch it costs about a
fifteenth of onnxruntime called per call and chunk, and there is no session to create when a call begins. These matrices are too small to
share out among threads (`ringtrue/__init__.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHUNK = 256
"""Samples of one step: 32 ms at 8 kHz."""

RATE = 8000

_BEFORE = 32  # samples of the chunk before that each step sees again
_UNITS = 128

Floats = NDArray[np.float32]

NAMES = (
    "stft.forward_basis_buffer",
    *(f"encoder.{layer}.reparam_conv.{part}" for layer in range(4) for part in ("weight", "bias")),
    "decoder.rnn.weight_ih",
    "decoder.rnn.weight_hh",
    "decoder.rnn.bias_ih",
    "decoder.rnn.bias_hh",
    "decoder.decoder.2.weight",
    "decoder.decoder.2.bias",
)
"""Weights that `VoiceActivity` needs, as the ONNX file calls them in its 8 kHz branch."""


def _sigmoid(x: Floats) -> Floats:
    return (1.0 / (1.0 + np.exp(-x))).astype(np.float32, copy=False)


def _rectified(x: Floats, bias: Floats) -> Floats:
    x += bias
    return np.maximum(x, 0.0, out=x)


class VoiceActivity:
    """State of up to `slots` streams; grows when a higher slot is used. Not for several threads at once."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], slots: int = 64) -> None:
        w = {name: np.asarray(weights[name], np.float32) for name in NAMES}
        self._basis = np.ascontiguousarray(w["stft.forward_basis_buffer"][:, 0].T)  # (128, 130)
        first, second, third, fourth = (w[f"encoder.{layer}.reparam_conv.weight"] for layer in range(4))
        # Every weight becomes (taps x channels in, channels out). Of the later layers only the taps that do not fall on padding.
        self._first = np.ascontiguousarray(first.transpose(2, 1, 0).reshape(-1, first.shape[0]))
        self._second = np.ascontiguousarray(second.transpose(2, 1, 0).reshape(-1, second.shape[0]))
        self._third = np.ascontiguousarray(third[:, :, 1:].transpose(2, 1, 0).reshape(-1, third.shape[0]))
        self._fourth = np.ascontiguousarray(fourth[:, :, 1].T)
        self._biases = [w[f"encoder.{layer}.reparam_conv.bias"] for layer in range(4)]
        self._gates = np.ascontiguousarray(np.concatenate([w["decoder.rnn.weight_ih"], w["decoder.rnn.weight_hh"]], axis=1).T)
        self._gates_bias = w["decoder.rnn.bias_ih"] + w["decoder.rnn.bias_hh"]
        scale = np.full(4 * _UNITS, 0.5, np.float32)
        scale[2 * _UNITS : 3 * _UNITS] = 1.0  # gates in order: let in, forget, new, out; `new` is a tanh already
        self._gates *= scale
        self._gates_bias *= scale
        self._last = np.ascontiguousarray(w["decoder.decoder.2.weight"].reshape(_UNITS))
        self._last_bias = np.float32(w["decoder.decoder.2.bias"][0])
        self._h = np.zeros((slots, _UNITS), np.float32)
        self._c = np.zeros((slots, _UNITS), np.float32)
        self._before = np.zeros((slots, _BEFORE), np.float32)

    @classmethod
    def load(cls, path: str | Path, slots: int = 64) -> VoiceActivity:
        """From the `.npz` that `voice/speech/models.py` makes at set-up."""
        with np.load(path, allow_pickle=False) as kept:
            return cls({name: kept[name] for name in NAMES}, slots)

    def reset(self, slot: int) -> None:
        """Forget what this slot heard: at the beginning of a call, and now and then in silence (music can numb the state)."""
        if slot < len(self._h):
            self._h[slot] = self._c[slot] = 0.0
            self._before[slot] = 0.0

    def pass_over(self, chunks: Floats, slots: Sequence[int] | NDArray[np.intp]) -> None:
        """These chunks are known to hold no speech: only their ends are kept, for the steps after them. As `probabilities` otherwise."""
        rows = np.asarray(slots, np.intp)
        if len(rows) and int(rows.max()) >= len(self._h):
            self._grow(int(rows.max()) + 1)
        self._before[rows] = chunks[:, -_BEFORE:]

    def probabilities(self, chunks: Floats, slots: Sequence[int] | NDArray[np.intp]) -> Floats:
        """Chance of speech in the newest 32 ms of each stream.

        chunks: (B, 256), samples / 32768, 8 kHz. slots: B different numbers >= 0, whose state is used and moved on.
        Returns (B,), 0..1. Raises ValueError when the shapes do not fit.
        """
        rows = np.asarray(slots, np.intp)
        if chunks.ndim != 2 or chunks.shape[1] != CHUNK or rows.shape != (len(chunks),):
            raise ValueError(f"chunks {chunks.shape} and {rows.shape} slots; wanted (B, {CHUNK}) and (B,)")
        if not len(chunks):
            return np.zeros(0, np.float32)
        if int(rows.max()) >= len(self._h):
            self._grow(int(rows.max()) + 1)
        batch = len(chunks)
        sound = np.empty((batch, _BEFORE + CHUNK + _BEFORE), np.float32)
        sound[:, :_BEFORE] = self._before[rows]
        sound[:, _BEFORE:-_BEFORE] = chunks
        sound[:, -_BEFORE:] = sound[:, -_BEFORE - 2 : -2 * _BEFORE - 2 : -1]  # mirrored at the right, the last sample not doubled
        self._before[rows] = chunks[:, -_BEFORE:]

        step = sound.strides[1]
        frames = np.lib.stride_tricks.as_strided(sound, (batch, 4, 128), (sound.strides[0], 64 * step, step))
        spectrum = frames.reshape(batch * 4, 128) @ self._basis
        spectrum *= spectrum
        power = spectrum.reshape(batch, 4, 130)
        padded = np.empty((batch, 6, 65), np.float32)
        padded[:, 0] = padded[:, 5] = 0.0
        np.add(power[:, :, :65], power[:, :, 65:], out=padded[:, 1:5])
        np.sqrt(padded, out=padded)

        windows = np.lib.stride_tricks.as_strided(
            padded, (batch, 4, 195), (padded.strides[0], padded.strides[1], padded.strides[2])
        )
        x = windows.reshape(batch * 4, 195) @ self._first
        x += self._biases[0]
        padded = np.empty((batch, 5, 128), np.float32)  # stride 2: the padding at the right is never reached
        padded[:, 0] = 0.0
        np.maximum(x.reshape(batch, 4, 128), 0.0, out=padded[:, 1:])
        windows = np.lib.stride_tricks.as_strided(
            padded, (batch, 2, 384), (padded.strides[0], 2 * padded.strides[1], padded.strides[2])
        )
        x = _rectified(windows.reshape(batch * 2, 384) @ self._second, self._biases[1])
        x = _rectified(x.reshape(batch, 128) @ self._third, self._biases[2])
        both = np.empty((batch, 2 * _UNITS), np.float32)
        both[:, :_UNITS] = _rectified(x @ self._fourth, self._biases[3])
        both[:, _UNITS:] = self._h[rows]

        gates = both @ self._gates  # scaled so that one tanh serves all four: sigmoid(x) = (1 + tanh(x / 2)) / 2
        gates += self._gates_bias
        np.tanh(gates, out=gates)
        let_in, forget, new, out = (gates[:, k * _UNITS : (k + 1) * _UNITS] for k in range(4))
        c = self._c[rows]
        forget += 1.0
        c *= forget
        let_in += 1.0
        let_in *= new
        c += let_in
        c *= 0.5
        h = np.tanh(c)
        out += 1.0
        h *= out
        h *= 0.5
        self._h[rows], self._c[rows] = h, c
        return _sigmoid(np.maximum(h, 0.0, out=h) @ self._last + self._last_bias)

    def _grow(self, slots: int) -> None:
        slots = max(slots, 2 * len(self._h))
        for name in ("_h", "_c", "_before"):
            old = getattr(self, name)
            new = np.zeros((slots, old.shape[1]), np.float32)
            new[: len(old)] = old
            setattr(self, name, new)
