import numpy as np
import pytest

from ringtrue.voice.audio import g711


def _pcm(*samples: int) -> bytes:
    return np.array(samples, "<i2").tobytes()


# Values of G.711 table 2a: the decision points and outputs that every exchange agrees on, on the 16-bit scale.
@pytest.mark.parametrize(
    ("code", "sample"),
    [(0x00, -32124), (0x80, 32124), (0xFF, 0), (0x7F, 0), (0xFE, 8), (0x7E, -8), (0x8F, 16764), (0xF0, 120), (0x0F, -16764)],
)
def test_mu_law_decodes_the_published_values(code: int, sample: int) -> None:
    assert g711.ulaw_decode(bytes([code])) == _pcm(sample)


def test_every_code_survives_decoding_and_encoding() -> None:
    codes = bytes(range(256))
    # Mu-law has two codes for zero; minus zero comes back as plus zero.
    assert g711.ulaw_encode(g711.ulaw_decode(codes)) == codes.replace(b"\x7f", b"\xff")


def test_no_sample_is_off_by_more_than_half_a_step() -> None:
    pcm = np.arange(-32768, 32768, dtype="<i2")
    back = np.frombuffer(g711.ulaw_decode(g711.ulaw_encode(pcm.tobytes())), "<i2").astype(int)
    wrong = np.abs(back - pcm.astype(int))
    loud = np.abs(pcm.astype(int))
    clipped = loud > 32124
    assert (wrong[~clipped] <= np.maximum(loud[~clipped] / 32 + 8, 16)).all()  # steps double with each segment: 1/16 of the value
    assert (wrong[clipped] <= 1024).all()


def test_an_odd_number_of_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="buffer"):
        g711.ulaw_encode(b"\x01\x02\x03")
