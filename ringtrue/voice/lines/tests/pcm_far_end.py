"""The far end of a line of our own making (`lines/pcm_leg.py`), for the stand-ins of those lines (`conforming/stand_in.py`)."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar


class PcmFarEnd(ABC):
    """`take_control` says what each line's own messages to the far end mean."""

    rate: ClassVar[int]

    def __init__(self, ticket: str) -> None:
        self.heard = b""
        self.pressed = ""
        self.query: dict[str, str] = {}
        frame = 2 * self.rate // 50
        self.nonsense: list[str | bytes] = ["{", '{"type": "sing"}', '{"type": 5}', b"\0" * 3, b"\0" * (11 * frame)]
        self._ticket = ticket
        self._waiting = b""
        self._frame = frame

    def begin(self) -> list[str | bytes]:
        return [json.dumps({"type": "start", "ticket": self._ticket})]

    def speak(self, pcm: bytes) -> list[str | bytes]:
        return [pcm[at : at + self._frame] for at in range(0, len(pcm), self._frame)]

    def press(self, digit: str) -> list[str | bytes]:
        return [json.dumps({"type": "digits", "digits": digit})]

    def leave(self) -> list[str | bytes]:
        return [json.dumps({"type": "hang_up"})]

    def take(self, message: str | bytes) -> list[str | bytes]:
        if isinstance(message, bytes):
            assert len(message) == self._frame, "sound comes in frames of 20 ms"
            self._waiting += message
        else:
            self.take_control(json.loads(message))
        return []

    @abstractmethod
    def take_control(self, told: dict[str, Any]) -> None: ...

    def play(self) -> list[str | bytes]:
        self.heard += self._waiting
        self._waiting = b""
        return []

    def thrown_away(self) -> None:
        self._waiting = b""
