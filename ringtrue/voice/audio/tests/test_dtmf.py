import json
from pathlib import Path

import numpy as np
import pytest

from ringtrue.voice.audio.dtmf import DtmfDetector
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.audio.tones import HIGH, KEYS, LOW, dtmf

ALL = "1234567890*#ABCD"


def heard(pcm: bytes, rate: int = 8000) -> str:
    detector = DtmfDetector(rate)
    frame = 2 * (rate // 50)
    return "".join(key.digit for at in range(0, len(pcm), frame) for key in detector.feed(pcm[at : at + frame]))


def by_line(pcm: bytes, noise: float = 0.0) -> bytes:
    sound = np.frombuffer(pcm, "<i2") / 32768 + noise * np.random.default_rng(5).standard_normal(len(pcm) // 2)
    return ulaw_decode(ulaw_encode((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()))


@pytest.mark.parametrize(
    ("tone_ms", "pause_ms", "level_db", "noise"),
    [(80, 60, -10, 0.0), (45, 45, -10, 0.001), (70, 50, -20, 0.005), (70, 50, -30, 0.01), (100, 60, -25, 0.02)],
)
def test_all_keys_are_heard_through_mu_law_and_noise(tone_ms: int, pause_ms: int, level_db: float, noise: float) -> None:
    assert heard(by_line(dtmf(ALL * 2, 8000, tone_ms, pause_ms, level_db), noise)) == ALL * 2


def test_a_wideband_leg_hears_them_too() -> None:
    assert heard(dtmf(ALL, 16000), 16000) == ALL


def test_the_same_key_twice_is_two_presses_and_a_long_press_is_one() -> None:
    assert heard(dtmf("55", 8000)) == "55"
    assert heard(dtmf("5", 8000, tone_ms=2000)) == "5"


def test_the_time_of_a_press_is_told() -> None:
    pcm = bytes(2 * 8000) + dtmf("7", 8000)
    (pressed,) = DtmfDetector().feed(pcm)
    assert pressed.start_ms == pytest.approx(1000, abs=20)


def test_what_q24_wants_ignored_is_ignored() -> None:
    assert heard(dtmf(ALL, 8000, tone_ms=20, pause_ms=80)) == ""  # too short
    t = np.arange(4000) / 8000
    one_tone = (8000 * np.sin(2 * np.pi * LOW[1] * t)).astype("<i2").tobytes()
    twisted = (400 * np.sin(2 * np.pi * LOW[1] * t) + 12000 * np.sin(2 * np.pi * HIGH[1] * t)).astype("<i2").tobytes()
    assert heard(one_tone) == heard(twisted) == ""


def test_speech_is_not_mistaken_for_keys(eval_data: Path) -> None:
    wrong = {}
    for row in (eval_data / "audio" / "manifest.jsonl").read_text().splitlines()[::5]:
        file = json.loads(row)["file"]
        pcm, rate = read_audio(eval_data / file)
        keys = heard(resample(pcm, rate, 8000))
        if keys:
            wrong[file] = keys
    assert wrong == {}


def test_recorded_keys_are_heard(eval_data: Path) -> None:
    for row in (eval_data / "dtmf" / "labels.jsonl").read_text().splitlines():
        label = json.loads(row)
        keys = heard(*read_audio(eval_data / label["file"]))
        assert set(keys) == set(label["digits"]), label["file"]


def test_the_tone_maker_knows_only_keys() -> None:
    assert len(KEYS) == 16
    with pytest.raises(ValueError, match="substring"):
        dtmf("x", 8000)
