"""Keys pressed in a row, as one entry: ended by "#" or by a pause."""

from __future__ import annotations


class Keypad:
    def __init__(self, pause_ms: int) -> None:
        self.pressed = ""
        self._pause = pause_ms / 1000
        self._last = 0.0

    def press(self, key: str, at: float) -> None:
        if len(self.pressed) < 64:
            self.pressed += key
        self._last = at

    def full(self, now: float) -> bool:
        return bool(self.pressed) and (self.pressed.endswith("#") or now - self._last >= self._pause)

    def take(self) -> str:
        """The keys so far, without the "#" that ended them; a lone "#" is itself."""
        keys, self.pressed = self.pressed, ""
        return keys[:-1] if len(keys) > 1 and keys.endswith("#") else keys
