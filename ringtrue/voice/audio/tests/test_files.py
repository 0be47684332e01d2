from pathlib import Path

import numpy as np
import pytest

from ringtrue.voice.audio.reading import UnreadableAudio, read_audio
from ringtrue.voice.audio.tones import beep, silence, tone
from ringtrue.voice.audio.writing import wav_bytes

LEFT, RIGHT = tone(440, 100, 8000), tone(880, 150, 8000)


def test_each_channel_of_a_recording_comes_back(tmp_path: Path) -> None:
    both = np.zeros((len(RIGHT) // 2, 2), "<i2")
    both[: len(LEFT) // 2, 0], both[:, 1] = np.frombuffer(LEFT, "<i2"), np.frombuffer(RIGHT, "<i2")
    (tmp_path / "b.wav").write_bytes(wav_bytes(both.tobytes(), 8000, channels=2))
    assert read_audio(tmp_path / "b.wav", 0) == (LEFT + bytes(len(RIGHT) - len(LEFT)), 8000)
    assert read_audio(tmp_path / "b.wav", 1) == (RIGHT, 8000)


def test_flac_is_read_at_its_own_rate(eval_data: Path) -> None:
    pcm, rate = read_audio(eval_data / "audio" / "calls8k" / "aws_auto_repairs_49_2ch.flac", 1)
    assert (rate, len(pcm) / 2 / rate) == (8000, pytest.approx(237.56, abs=0.01))


def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "not.wav").write_text("hello")
    (tmp_path / "mono.wav").write_bytes(wav_bytes(LEFT, 8000))
    for path, channel, words in [
        (tmp_path / "none.wav", 0, "There is no file"),
        (tmp_path / "not.wav", 0, "cannot be read as audio"),
        (tmp_path / "mono.wav", 1, "there is no channel 1"),
    ]:
        with pytest.raises(UnreadableAudio, match=words):
            read_audio(path, channel)


def test_tones_have_their_length_pitch_and_level() -> None:
    sound = np.frombuffer(tone(1000, 500, 8000, level_db=-6.0), "<i2")
    assert len(sound) == 4000
    assert np.abs(np.fft.rfft(sound)).argmax() / 0.5 == pytest.approx(1000, abs=2)
    assert np.abs(sound.astype(int)).max() == pytest.approx(32767 / 2, rel=0.01)
    assert len(silence(20, 16000)) == 640
    assert len(beep(8000)) == 2 * 1600
