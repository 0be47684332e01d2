"""What the suite does not ask of a leg, as it is Plivo's own: how headers come back, and what is in the events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringtrue.voice.lines.plivo.media import PlivoLeg

TICKET = "t1CkEt_-" * 5
HEX = TICKET.encode().hex()


class Peer:
    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.closed_with = 0

    def send_text(self, text: bytes) -> None:
        self.sent.append(json.loads(text))

    def send_bytes(self, data: bytes) -> None:
        raise AssertionError("Plivo knows no binary message")

    def close(self, code: int = 1000) -> None:
        self.closed_with = code


def begun(extra_headers: str, encoding: str = "audio/x-mulaw", rate: int = 8000) -> tuple[PlivoLeg, Peer]:
    peer = Peer()
    leg = PlivoLeg(peer, {})
    start = {"callId": "c", "streamId": "s", "mediaFormat": {"encoding": encoding, "sampleRate": rate}}
    leg.text(json.dumps({"event": "start", "start": start, "extra_headers": extra_headers}).encode())
    return leg, peer


@pytest.mark.parametrize(
    "headers",
    [
        f"ticket={HEX}",
        f"other=1;ticket={HEX}",
        f"ticket={HEX};other=1",
        f"{{X-PH-ticket={HEX}, X-PH-other=1}}",
        json.dumps({"X-PH-Ticket": HEX}),
    ],
)
async def test_the_ticket_is_read_in_each_way_that_headers_were_seen(headers: str) -> None:
    leg, _ = begun(headers)
    assert leg.ticket.result() == TICKET


@pytest.mark.parametrize("headers", ["", "{}", f"noticket={HEX}", "ticket=abc", "ticket=xyz"])
async def test_no_ticket_is_an_empty_one(headers: str) -> None:
    leg, _ = begun(headers)
    assert leg.ticket.result() == ""


@pytest.mark.parametrize(("encoding", "rate"), [("audio/x-l16", 8000), ("audio/x-mulaw", 16000)])
async def test_another_coding_is_not_played_as_noise(encoding: str, rate: int) -> None:
    _, peer = begun(f"ticket={HEX}", encoding, rate)
    assert peer.closed_with == 1003


async def test_a_checkpoint_of_before_a_clear_does_not_count() -> None:
    leg, peer = begun(f"ticket={HEX}")
    for _ in range(10):
        leg.play(b"\0" * 320)
    (mark,) = [one for one in peer.sent if one["event"] == "checkpoint"]
    leg.clear()
    leg.text(json.dumps({"event": "playedStream", "streamId": "s", "name": mark["name"]}).encode())
    assert leg.played_ms == 0


async def test_what_plivo_reports_of_our_messages_does_not_end_the_call() -> None:
    leg, peer = begun(f"ticket={HEX}")
    for event in ("clearedAudio", "playFailed", "incorrectPayload", "error"):
        leg.text(json.dumps({"event": event, "reason": "x"}).encode())
    assert not peer.closed_with
