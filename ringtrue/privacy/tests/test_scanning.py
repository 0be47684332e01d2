"""The scan itself: each form in which a canary may lie is found, and chance finds nothing."""

import base64
import gzip
import json
import os

import numpy as np
import pytest

from ringtrue.core.configuring import CONFIG
from ringtrue.privacy import scanning
from ringtrue.privacy.canaries import Finder, number_canary, sound_canary, text_canary
from ringtrue.privacy.keystore import store
from ringtrue.privacy.scanning import scan
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.unsealing import open_everywhere
from ringtrue.privacy.vault import seal, seal_json

TEXT = "Zebulon Quarnström"
NUMBER = "+16095550173"
SOUND = np.random.default_rng(7).integers(-9000, 9000, 4000, np.int16).tobytes()
FINDER = Finder([text_canary("text", TEXT), number_canary("number", NUMBER), sound_canary("sound", SOUND)])


@pytest.mark.parametrize(
    "form",
    [
        TEXT.encode(), TEXT.upper().encode(), TEXT.lower().encode(), TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"),
        json.dumps({"name": TEXT}).encode(), base64.b64encode(TEXT.encode()), base64.b64encode(b"x" + TEXT.encode()),
        base64.urlsafe_b64encode(b"xy" + TEXT.encode()), TEXT.encode().hex().encode(), b"ZebulonQuarnstr\xc3\xb6m",
    ],
)  # fmt: skip
def test_a_text_is_found_in_every_form_and_at_every_place(form):
    for before in range(5):
        assert FINDER.names_in(os.urandom(before) + form + b"tail") == {"text"}


@pytest.mark.parametrize(
    "form",
    ["+16095550173", "16095550173", "6095550173", "(609) 555-0173", "609-555-0173", "609.555.0173", "6 0 9 5 5 5 0 1 7 3",
     "six zero nine five five five zero one seven three", "five five five oh one seven three", "+1 609-555-0173"],
)  # fmt: skip
def test_a_number_is_found_in_every_form(form):
    assert FINDER.names_in(b"{" + form.encode() + b"}") == {"number"}


def test_a_sound_is_found_raw_and_as_one_of_two_channels():
    stereo = np.zeros((4000, 2), np.int16)
    stereo[:, 1] = np.frombuffer(SOUND, np.int16)
    assert FINDER.names_in(b"abc" + SOUND) == {"sound"}
    assert FINDER.sounds_in(b"1234" + stereo.tobytes()) == {"sound"}
    assert FINDER.sounds_in(os.urandom(32_000)) == set()


def test_nothing_is_found_by_chance():
    assert FINDER.names_in(os.urandom(8 << 20)) == set()
    assert FINDER.names_in(b"") == FINDER.names_in(b"abc") == set()


def test_sealed_bytes_are_opened_wherever_they_lie_and_only_with_their_key(dental):
    subject = subject_for_number(dental.workspace.id, NUMBER)
    sealed = seal_json(dental.workspace.id, subject.id, "a.B", "row", {"name": TEXT})
    page = os.urandom(1001) + sealed + os.urandom(3000)
    right = store().get(dental.workspace.id, subject.id)
    opened = [plain for at, plain in open_everywhere(page, [right]) if at == 1001]
    assert FINDER.names_in(opened[0]) == {"text"}
    assert not any(FINDER.names_in(plain) for _, plain in open_everywhere(page, [os.urandom(32)]))
    assert list(open_everywhere(b"\x01" * 20, [right])) == []


@pytest.fixture
def planted(only_own_keys):
    folder = CONFIG.data / "tmp"
    folder.mkdir(exist_ok=True)
    yield folder
    for path in folder.iterdir():
        path.unlink()


def test_files_are_read_raw_unzipped_and_opened(dental, planted):
    subject = subject_for_number(dental.workspace.id, NUMBER)
    canaries = [text_canary("text", TEXT), sound_canary("sound", SOUND)]
    (planted / "raw").write_text(f"... {TEXT} ...")
    (planted / "zipped").write_bytes(b"header" + gzip.compress(TEXT.encode()))
    stereo = np.zeros((4000, 2), np.int16)
    stereo[:, 0] = np.frombuffer(SOUND, np.int16)
    (planted / "sealed").write_bytes(seal(dental.workspace.id, subject.id, "x", "y", stereo.tobytes()))
    hits = {(hit.canary, hit.place.split("/")[-1], hit.how) for hit in scan(canaries).hits}
    assert hits == {("text", "raw", "raw"), ("text", "zipped", "unzipped"), ("sound", "sealed", "sealed")}


def test_the_cache_is_read(db, planted):
    import redis

    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    client.hset("canary:test", "name", TEXT)
    try:
        assert {hit.place for hit in scan([text_canary("text", TEXT)]).hits} == {"cache canary"}
    finally:
        client.delete("canary:test")


def test_the_command_says_what_it_found_by_its_exit_status(planted, db, capsys):
    assert scanning.main([TEXT, "--number", NUMBER]) == 0
    (planted / "raw").write_text(TEXT)
    assert scanning.main([TEXT, "--json"]) == 1
    said = capsys.readouterr().out
    assert '"place":"data/tmp/raw"' in said
    assert "Zebulon" not in said, "a scan does not print what it looks for"
