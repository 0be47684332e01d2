"""A member of the business at their browser, in a running call: they listen, and may whisper to the agent or speak in its place.

Not a line, but the transport of one: the same websocket, tickets and checked origin. To the page go binary messages, of which the
first byte names the side (0 the caller, 1 whoever speaks to the caller) and the rest is PCM16 little endian at the `sample_rate` of
`joined`; and `joined`, `speaking` (who: "agent", "you", "other"), `clear` (throw away what side 1 has not played), `whispered`,
`not_done` (with a code), `refused` and `left`. From it come `whisper`, `take_over`, `hand_back`, `hang_up`, and the microphone as
binary messages of PCM16 at 16 kHz.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from ringtrue.voice.lines.leg import FRAME_MS
from ringtrue.voice.lines.pcm_leg import MOST_FRAMES
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

MICROPHONE_RATE = 16000
FRAMES = 3  # of the caller that go out together, with what is there of the other side: a message costs more than its sound
MOST_HELD = 8  # frames of the other side, where the caller's line is silent

Side = Literal["caller", "agent"]
Code = Literal["", "not_told", "refused", "not_allowed", "not_yet", "taken", "empty", "ended"]
"""Why something is not done: the caller was not told that somebody may listen; they do not want it; the member's role does not allow
it; the caller was not told yet; another member speaks already; nothing was whispered; the call is over."""

SIDES: dict[Side, bytes] = {"caller": b"\x00", "agent": b"\x01"}


class Joined(Protocol):
    """The call, as a member's connection sees it (`call/joining.py`)."""

    def join(self, member: MemberLeg) -> Code: ...

    def whisper(self, member: MemberLeg, text: str) -> tuple[Code, bool]:
        """(why not, whether the agent can follow it)."""
        ...

    def take_over(self, member: MemberLeg) -> Code: ...

    def hand_back(self, member: MemberLeg) -> None: ...

    def hang_up(self, member: MemberLeg) -> None: ...

    def speak(self, member: MemberLeg, pcm: bytes) -> None: ...


class Control(msgspec.Struct):
    type: Literal["whisper", "take_over", "hand_back", "hang_up"]
    text: str = ""


_decode = msgspec.json.Decoder(Control).decode


class MemberLeg(SocketLeg):
    """Implements `call.joining.Member`. `await over()` returns when they have left, or were sent away."""

    line = "member"
    sample_rate = MICROPHONE_RATE
    origin_checked = True

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self.id = ""
        self.speaks = False
        self._call: Joined | None = None
        self._held: dict[Side, bytearray] = {"caller": bytearray(), "agent": bytearray()}
        self._count: dict[Side, int] = {"caller": 0, "agent": 0}
        self.deliver(self._microphone)
        if query.get("ticket"):
            self.named(query["ticket"])

    def join(self, call: Joined, sample_rate: int) -> Code:
        """Into a call whose sound has this rate. Why not, or ""."""
        self._send({"type": "joined", "sample_rate": sample_rate, "speaks": self.speaks})
        code = call.join(self)
        if not code:
            self._call = call
        return code

    async def over(self) -> None:
        async for _ in self.events():
            pass

    # From the page.

    def text(self, data: bytes) -> None:
        try:
            control = _decode(data)
        except msgspec.MsgspecError:
            self._fault(1007)
            return
        if self._call is None or self._gone:
            return
        code: Code = ""
        if control.type == "whisper":
            code, followed = self._call.whisper(self, control.text)
            if not code:
                self._send({"type": "whispered", "followed": followed})
        elif control.type == "take_over":
            code = self._call.take_over(self)
        elif control.type == "hand_back":
            self._call.hand_back(self)
        else:
            self._call.hang_up(self)
        if code:
            self._send({"type": "not_done", "code": code})

    def binary(self, data: bytes) -> None:
        if len(data) % 2 or len(data) > MOST_FRAMES * 2 * self.sample_rate * FRAME_MS // 1000:
            self._fault(1003)
            return
        self.heard(data)

    def _microphone(self, pcm: bytes, at: float) -> None:
        if self._call is not None:
            self._call.speak(self, pcm)

    # To the page.

    def hear(self, side: Side, pcm: bytes) -> None:
        self._held[side] += pcm
        self._count[side] += 1
        if self._count[side] >= (FRAMES if side == "caller" else MOST_HELD):
            self._send_held()

    def _send_held(self) -> None:
        for side, held in self._held.items():
            if held and not self._gone:
                self.peer.send_bytes(SIDES[side] + bytes(held))
            held.clear()
            self._count[side] = 0

    def play(self, pcm: bytes) -> None:
        self.hear("agent", pcm)

    def clear(self) -> None:
        self._held["agent"].clear()
        self._send({"type": "clear"})

    def speaking(self, who: Literal["agent", "you", "other"]) -> None:
        self._send({"type": "speaking", "who": who})

    def dismissed(self, code: Code) -> None:
        self._send({"type": "left", "code": code})
        self.closed(clean=True)

    def refused(self, code: str) -> None:
        self._send({"type": "refused", "code": code})
        super().refused(code)
