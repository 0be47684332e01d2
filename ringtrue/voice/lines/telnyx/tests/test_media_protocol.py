"""What the suite does not ask of a leg, as it is Telnyx's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringtrue.voice.lines.telnyx.media import TelnyxLeg


class Peer:
    closed_with = 0

    def send_text(self, text: bytes) -> None:
        raise AssertionError("nothing is to be said")

    send_bytes = send_text

    def close(self, code: int = 1000) -> None:
        self.closed_with = code


def begun(**start: Any) -> tuple[TelnyxLeg, Peer]:
    peer = Peer()
    leg = TelnyxLeg(peer, {})
    told = {"call_control_id": "v3:c", "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}, **start}
    leg.text(json.dumps({"event": "start", "start": told}).encode())
    return leg, peer


@pytest.mark.parametrize(
    "held", [{"other": "1", "ticket": "t1"}, [{"name": "other", "value": "1"}, {"name": "ticket", "value": "t1"}]]
)
async def test_the_ticket_is_read_as_a_mapping_and_as_a_list(held: Any) -> None:
    leg, _ = begun(custom_parameters=held)
    assert leg.ticket.result() == "t1"


@pytest.mark.parametrize("more", [{}, {"custom_parameters": {}}, {"custom_parameters": [{"name": "x", "value": "y"}]}])
async def test_no_ticket_is_an_empty_one(more: Any) -> None:
    leg, _ = begun(**more)
    assert leg.ticket.result() == ""


@pytest.mark.parametrize(("encoding", "rate"), [("PCMA", 8000), ("PCMU", 16000), ("L16", 16000)])
async def test_another_coding_is_not_played_as_noise(encoding: str, rate: int) -> None:
    _, peer = begun(media_format={"encoding": encoding, "sample_rate": rate, "channels": 1})
    assert peer.closed_with == 1003


async def test_an_error_of_one_message_does_not_end_the_call() -> None:
    leg, peer = begun()
    leg.text(b'{"event": "error", "payload": {"code": 100003, "title": "malformed_frame"}, "stream_id": "s"}')
    assert not peer.closed_with
