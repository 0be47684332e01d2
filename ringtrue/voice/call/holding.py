"""The first step of a barge-in: at the onset of speech the agent stops at once and keeps what was not heard; words decide later."""

from __future__ import annotations

from ringtrue.voice.call.desk import Desk
from ringtrue.voice.call.listening import Listening
from ringtrue.voice.events import Interrupted


class Hold:
    """`on`: the mouth is paused and waits for a verdict. `wanted`: it would be, but for a passage that may not be interrupted."""

    def __init__(self, desk: Desk, listening: Listening) -> None:
        self.on = False
        self._desk = desk
        self._listening = listening
        self.wanted = False  # somebody speaks during a firm passage: stop when it is over
        self._deaf = False  # it was found to be noise: until it ends, it stops nothing
        self._since = 0.0
        self._peeked = False
        self._pause_ms = -1  # -1: nothing was sounding, so nothing was interrupted
        self._maybe = False  # paused at a first sign of speech, which is not sure yet

    def begin(self, start_ms: float, *, thinking: bool) -> None:
        """Speech began. `thinking`: an answer is being prepared that has not been heard."""
        self._deaf = self.wanted = False
        self._take(start_ms, thinking=thinking)

    def maybe(self, start_ms: float) -> None:
        """A first sign of speech: stop for the moment. Nothing is told of it unless it becomes speech."""
        mouth = self._desk.mouth
        if self.on or self._maybe or (self._deaf and self._listening.open) or not mouth.busy or mouth.firm:
            return
        now = self._desk.clock.now()
        self._maybe = True
        self._pause_ms = max(0, round(self._desk.clock.ms(now) - start_ms)) if mouth.pause(now) else -1

    def no_more(self) -> bool:
        """The sign came to nothing. True when the mouth is to be resumed."""
        was, self._maybe = self._maybe, False
        return was and not self.on

    def again(self) -> None:
        """The caller goes on after a pause in the same turn."""
        if not self._deaf and not self.on:
            self._take(self._desk.clock.ms() - 2 * 32, thinking=False)

    def _take(self, start_ms: float, *, thinking: bool) -> None:
        mouth = self._desk.mouth
        if mouth.busy and mouth.firm:
            self.wanted = True
            return
        if self.on or not (mouth.busy or thinking):
            return
        now = self._desk.clock.now()
        self.on, self._since, self._peeked = True, now, False
        if self._maybe and mouth.paused:
            self._maybe = False
            return
        self._maybe = False
        sounded = mouth.pause(now)
        self._pause_ms = max(0, round(self._desk.clock.ms(now) - start_ms)) if sounded else -1

    def release(self, *, resumed: bool, deaf: bool = False) -> None:
        """The verdict is there. The caller of this resumes or cuts the mouth."""
        self.on = False
        self._deaf = deaf
        if self._pause_ms >= 0:
            desk = self._desk
            desk.emit(Interrupted(at_ms=desk.clock.ms(), turn=desk.turn, pause_ms=self._pause_ms, resumed=resumed))

    def tick(self, now: float) -> bool:
        """True when it has lasted too long: it was released, and the mouth is to be resumed."""
        settings = self._desk.settings
        if not self._listening.open:
            self.wanted = False
        elif self.wanted and not self._desk.mouth.firm and self._desk.mouth.busy:
            self.wanted = False
            self._take(self._desk.clock.ms(now), thinking=False)
        if not self.on:
            return False
        lasted = (now - self._since) * 1000
        if not self._listening.open:
            self.release(resumed=True)
            return True
        if lasted >= settings.hold_check and not self._peeked and self._listening.silent_ms == 0:
            self._peeked = True
            self._listening.peek()
        if lasted >= settings.hold_longest and not self._listening.awaiting_words:
            self.release(resumed=True, deaf=True)
            return True
        return False
