import numpy as np
import pytest

from ringtrue.voice.audio.resampling import Resampler, resample

PAIRS = [(8000, 16000), (16000, 8000), (24000, 8000), (24000, 16000), (48000, 16000), (44100, 8000)]


def _tone(hertz: float, rate: int, seconds: float = 0.5) -> bytes:
    return np.rint(10000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype("<i2").tobytes()


def _stream(pcm: bytes, start: int, end: int) -> np.ndarray:
    stream = Resampler(start, end)
    frame = 2 * (start // 50)
    return np.frombuffer(b"".join(stream.feed(pcm[at : at + frame]) for at in range(0, len(pcm), frame)), "<i2").astype(float)


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_a_click_comes_out_of_the_stream_at_most_10_ms_later(start: int, end: int) -> None:
    click = np.zeros(start // 5, "<i2")
    click[start // 10] = 30000
    out = _stream(click.tobytes(), start, end)
    late_ms = 1000 * (int(np.abs(out).argmax()) / end - 0.1)
    assert 0 <= late_ms <= 10
    assert late_ms == pytest.approx(1000 * Resampler(start, end).delay_s, abs=0.3)


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_the_stream_gives_out_what_came_in_without_holding_any_back(start: int, end: int) -> None:
    """The trap of music resamplers: nothing for 100 ms, then a lump."""
    stream = Resampler(start, end)
    lengths = [len(stream.feed(bytes(2 * (start // 50)))) // 2 for _ in range(20)]
    assert max(lengths) - min(lengths) <= 1
    assert sum(lengths) == pytest.approx(0.4 * end, abs=1)


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_a_tone_of_speech_passes_and_one_above_half_the_rate_does_not(start: int, end: int) -> None:
    passed = _stream(_tone(1000, start), start, end)[end // 10 :]
    assert np.abs(passed).max() == pytest.approx(10000, rel=0.02)
    if start > end:
        stopped = _stream(_tone(0.55 * end, start), start, end)[end // 10 :]
        assert np.abs(stopped).max() < 10000 * 10 ** (-40 / 20)


def test_however_the_stream_is_cut_the_samples_are_the_same() -> None:
    pcm = _tone(700, 16000)
    whole = Resampler(16000, 8000).feed(pcm)
    odd = Resampler(16000, 8000)
    assert b"".join(odd.feed(pcm[at : at + 154]) for at in range(0, len(pcm), 154)) == whole


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_in_one_go_the_length_stays_and_a_click_stays_in_its_place(start: int, end: int) -> None:
    click = np.zeros(start // 5, "<i2")
    click[start // 10] = 30000
    out = np.frombuffer(resample(click.tobytes(), start, end), "<i2")
    assert len(out) == pytest.approx(end // 5, abs=1)
    assert int(np.abs(out.astype(int)).argmax()) == pytest.approx(end // 10, abs=1)


def test_the_same_rate_is_left_alone() -> None:
    assert resample(b"\x01\x02", 8000, 8000) == Resampler(8000, 8000).feed(b"\x01\x02") == b"\x01\x02"
