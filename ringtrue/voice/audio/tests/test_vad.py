import time
from pathlib import Path

import numpy as np
import pytest

from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.vad import CHUNK, VoiceActivity
from ringtrue.voice.speech.hibari import HibariVoice
from ringtrue.voice.speech.models import ensure, voice_activity


def _chunks(pcm: bytes) -> np.ndarray:
    sound = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    return sound[: len(sound) // CHUNK * CHUNK].reshape(-1, CHUNK)


def _by_onnxruntime(chunks: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(ensure("silero-vad")["silero_vad.onnx"]))
    state, before = np.zeros((2, 1, 128), np.float32), np.zeros((1, 32), np.float32)
    out = []
    for chunk in chunks:
        given = np.concatenate([before, chunk[None]], axis=1)
        chance, state = session.run(None, {"input": given, "state": state, "sr": np.array(8000)})
        before = chunk[None, -32:]
        out.append(float(chance[0, 0]))
    return np.array(out)


def _ours(detector: VoiceActivity, chunks: np.ndarray, slot: int = 0) -> np.ndarray:
    return np.array([detector.probabilities(chunk[None], [slot])[0] for chunk in chunks])


@pytest.fixture(scope="module")
def sentence() -> np.ndarray:
    """Speech between noise, at 8 kHz."""
    quiet = np.rint(20 * np.random.default_rng(3).standard_normal(8000)).astype("<i2").tobytes()
    return _chunks(quiet + HibariVoice().speak("Good morning, I would like to book a cleaning for next Tuesday.", 8000) + quiet)


def test_numpy_agrees_with_onnxruntime(sentence: np.ndarray) -> None:
    assert np.abs(_ours(voice_activity(), sentence) - _by_onnxruntime(sentence)).max() <= 1e-4


def test_numpy_agrees_with_onnxruntime_on_a_recorded_call(eval_data: Path) -> None:
    pcm, rate = read_audio(eval_data / "audio" / "calls8k" / "aws_auto_repairs_49_2ch.flac", 1)
    assert rate == 8000
    chunks = _chunks(pcm)[:1500]
    ours = _ours(voice_activity(), chunks)
    assert np.abs(ours - _by_onnxruntime(chunks)).max() <= 1e-4
    assert 0.1 < (ours > 0.5).mean() < 0.9  # there was something to agree on


def test_a_batch_of_streams_is_each_of_them_alone(sentence: np.ndarray) -> None:
    alone = _ours(voice_activity(), sentence)
    together = voice_activity(slots=2)
    later = 5
    out = []
    for at in range(len(sentence)):
        slots = [7, 3] if at >= later else [7]
        rows = np.stack([sentence[at], sentence[at - later]][: len(slots)])
        out.append(together.probabilities(rows, slots))
    assert np.allclose([row[0] for row in out], alone, atol=1e-5)
    assert np.allclose([row[1] for row in out[later:]], alone[:-later], atol=1e-5)


def test_reset_forgets(sentence: np.ndarray) -> None:
    detector = voice_activity()
    first = _ours(detector, sentence)
    assert np.abs(_ours(detector, sentence)[:5] - first[:5]).max() > 1e-4
    detector.reset(0)
    assert np.array_equal(_ours(detector, sentence), first)


def test_wrong_shapes_are_refused() -> None:
    detector = voice_activity()
    with pytest.raises(ValueError, match="wanted"):
        detector.probabilities(np.zeros((2, CHUNK), np.float32), [1])
    assert detector.probabilities(np.zeros((0, CHUNK), np.float32), []).shape == (0,)


def test_kept_weights_are_the_same_and_spoiled_ones_are_made_anew(tmp_path: Path, sentence: np.ndarray) -> None:
    first = _ours(voice_activity(tmp_path), sentence)
    kept = tmp_path / "silero8k.npz"
    assert np.array_equal(_ours(voice_activity(tmp_path), sentence), first)
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert np.array_equal(_ours(voice_activity(tmp_path), sentence), first)


def test_a_large_batch_costs_little_for_each_stream() -> None:
    """Silero by onnxruntime, one call at a time, costs 100-280 us a chunk. Generous: this machine may be busy."""
    detector = voice_activity(slots=128)
    rows = np.random.default_rng(1).standard_normal((128, CHUNK)).astype(np.float32) * 0.01
    slots = np.arange(128)
    detector.probabilities(rows, slots)
    spent = []
    for _ in range(20):
        began = time.process_time()
        detector.probabilities(rows, slots)
        spent.append((time.process_time() - began) / 128)
    assert min(spent) < 100e-6
