"""The meaning of a sentence as 384 numbers: all-MiniLM-L6-v2, int8, by onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.speech.models import ensure

WIDTH = 384
_LONGEST = 256  # tokens, as the model was trained
_BATCH = 32


class MiniLM:
    """One loaded model; synchronous, for one thread at a time."""

    name = "minilm-int8"

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        """Raises ModelMissing, ModelRefused."""
        model = ensure(self.name, folder)["model.onnx"]
        tokenizer = ensure("minilm-tokenizer", folder)["tokenizer.json"]
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._tokens = Tokenizer.from_file(str(tokenizer))
        self._tokens.enable_truncation(_LONGEST)
        self._tokens.enable_padding()

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384), rows of unit length: mean of the token vectors, then normalised."""
        out = np.zeros((len(texts), WIDTH), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # alike lengths together: less padding to compute
        for at in range(0, len(order), _BATCH):
            rows = order[at : at + _BATCH]
            coded = self._tokens.encode_batch([texts[i] for i in rows])
            mask = np.array([entry.attention_mask for entry in coded], np.int64)
            given = {
                "input_ids": np.array([entry.ids for entry in coded], np.int64),
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(mask),
            }
            found = self._session.run(None, {name: value for name, value in given.items() if name in self._inputs})[0]
            if found.ndim == 3:  # token vectors; a model exported with its pooling gives two dimensions
                weight = mask[:, :, None].astype(np.float32)
                found = (found * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
            out[rows] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return out
