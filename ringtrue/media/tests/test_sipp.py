"""sipp 3.6 speaks with the gateway, from both sides. Its scenarios fail by themselves where anything comes that they do not wait for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ringtrue.core.testing import missing
from ringtrue.media.tests.sip_house import House, free_pair, free_port, trunk
from ringtrue.voice.lines.sip.desk_talk import Dial

pytestmark = pytest.mark.line

OURS, THEIRS = "+18565550100", "+12025550123"


@pytest.fixture(scope="module")
def third() -> int:
    """Where sipp waits for our calls."""
    return free_pair()


@pytest.fixture(scope="module")
def house(third: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if shutil.which("sipp") is None:
        missing("sipp is missing: apt-get install sip-tester")
    made = House(tmp_path_factory.mktemp("house"), [trunk(host=f"127.0.0.1:{third}")])
    made.until_state("ready")
    yield made
    made.close()


@pytest.fixture
def sipp(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    started: list[subprocess.Popen[str]] = []

    def start(scenario: str, port: int, *options: str, status: str = "") -> Callable[[], None]:
        written = tmp_path / scenario  # sipp takes no variable for a status
        written.write_text(Path(__file__).with_name(scenario).read_text().replace("[status]", status))
        words = [
            "sipp", "-sf", str(written), "-i", "127.0.0.1", "-p", str(port), "-mp", str(free_port()),
            "-m", "1", "-nostdin", "-timeout", "60", "-timeout_error", *options,
        ]  # fmt: skip
        started.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path))

        def is_content() -> None:
            said, _ = started[-1].communicate(timeout=90)
            assert started[-1].returncode == 0, said[-2000:]

        return is_content

    yield start
    for one in started:
        one.kill()
        one.communicate()


def test_a_call_is_kept_through_options_hold_update_and_resume_until_the_far_end_hangs_up(house: House, sipp: Any) -> None:
    content = sipp("sipp_call.xml", free_port(), "-s", OURS, f"127.0.0.1:{house.port}")
    content()
    house.until(lambda: house.ended, "its end is told")
    assert house.held == [True, False]


@pytest.mark.skipif(os.geteuid() != 0, reason="sipp sends recorded packets by a raw socket, which needs root")
def test_keys_are_heard(house: House, sipp: Any) -> None:
    content = sipp("sipp_presses.xml", free_port(), "-s", OURS, f"127.0.0.1:{house.port}")
    house.until(lambda: house.pressed == "5#", "both keys are heard")
    house.hang_up()
    content()


def dial(house: House, ref: str) -> None:
    assert house.order(Dial(ask=0, trunk="t", number=THEIRS, caller_id=OURS, ref=ref, ticket="a ticket", ring_s=60)) == ""


def ended(house: House, ref: str) -> tuple[bool, int]:
    house.until(lambda: any(end.ref == ref for end in house.dials), f"the end of {ref} is told")
    return next((end.answered, end.status) for end in house.dials if end.ref == ref)


def test_a_call_that_we_place_is_answered_and_we_hang_up(house: House, sipp: Any, third: int) -> None:
    content, served = sipp("sipp_answers.xml", third), len(house.legs)
    dial(house, "answered")
    house.until(lambda: len(house.legs) > served, "it is answered")
    house.hang_up()
    content()
    assert ended(house, "answered") == (True, 0)


@pytest.mark.parametrize(("status", "words"), [(486, "Busy Here"), (404, "Not Found")])
def test_a_call_that_we_place_is_refused(house: House, sipp: Any, third: int, status: int, words: str) -> None:
    content = sipp("sipp_refuses.xml", third, status=f"{status} {words}")
    dial(house, str(status))
    assert ended(house, str(status)) == (False, status)
    content()
