from __future__ import annotations

from ringtrue.media.admitting import LOOP_HOLDS, capacity


def test_the_default_follows_the_machine() -> None:
    assert capacity(local_speech=False, cores=1) == LOOP_HOLDS
    one, two, many = (capacity(local_speech=True, cores=n) for n in (1, 2, 64))
    assert 2 <= one < two < many == LOOP_HOLDS
