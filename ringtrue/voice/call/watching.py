"""Watchdogs of one call: a dead line, a caller who has gone quiet, a wait without a sound, a call that never ends."""

from __future__ import annotations

from typing import Protocol

from ringtrue.voice.call import wording
from ringtrue.voice.call.desk import Desk
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.listening import Listening
from ringtrue.voice.events import Silent


class Watched(Protocol):
    """The conversation, as its watchdogs see it."""

    @property
    def nobody_acts(self) -> bool:
        """The agent has finished and nothing is under way."""
        ...

    @property
    def quiet_since(self) -> float:
        """Loop time of the last thing that the caller did."""
        ...

    def prompt(self, for_s: float) -> None: ...

    def close_with(self, text: str, reason: str) -> None:
        """End politely, after what is being said just now."""
        ...

    def abort(self, reason: str) -> None: ...


class Watch:
    def __init__(self, desk: Desk, ear: Ear, listening: Listening, call: Watched) -> None:
        self._desk = desk
        self._ear = ear
        self._listening = listening
        self._call = call
        self._no_audio = False
        self._too_long = False
        self._quiet_s = 0.0  # of earlier stretches, before our prompts
        self._prompts = 0
        self._filler_at = -1e9
        self._quiet_from = desk.clock.now()
        self._seen_activity = 0.0

    def tick(self, now: float) -> None:
        self._line(now)
        self._length(now)
        self._waiting(now)
        self._silence(now)

    def _line(self, now: float) -> None:
        settings = self._desk.settings
        silent_ms = (now - (self._ear.last_frame_at or self._desk.clock.zero)) * 1000
        if silent_ms < settings.line_silent:
            self._no_audio = False
        elif not self._no_audio:
            self._no_audio = True
            self._desk.trouble("line", "no_audio")
        elif silent_ms >= settings.line_lost:
            self._call.abort("line_failed")

    def _length(self, now: float) -> None:
        limit = self._desk.agent.limits.max_call_s
        lasted = now - self._desk.clock.zero
        if lasted >= limit and not self._too_long:
            self._too_long = True
            self._call.close_with(wording.TOO_LONG, "too_long")
        elif lasted >= limit + 20:
            self._call.abort("too_long")

    def _waiting(self, now: float) -> None:
        """The caller has finished and waits: after a while they hear that they were heard."""
        desk = self._desk
        if desk.waiting_from is None and self._listening.awaiting_words:
            desk.waiting_from = now
        if desk.waiting_from is None or desk.mouth.busy:
            return
        if self._listening.open and not self._listening.awaiting_words:
            desk.waiting_from = None
        elif (now - desk.waiting_from) * 1000 >= desk.settings.wait_filler_after:
            desk.waiting_from = None
            if (now - self._filler_at) * 1000 < desk.settings.between_fillers:
                return
            self._filler_at = now
            desk.say(wording.ONE_MOMENT, filler=True, fixed=True)

    def _silence(self, now: float) -> None:
        limits = self._desk.agent.limits
        if self._call.quiet_since > self._seen_activity:
            self._seen_activity = self._call.quiet_since
            self._quiet_s, self._prompts = 0.0, 0
        if not self._call.nobody_acts:
            self._quiet_from = now
            return
        quiet_s = self._quiet_s + now - max(self._quiet_from, self._call.quiet_since)
        if quiet_s >= limits.silence_hang_up_s:
            self._desk.emit(Silent(at_ms=self._desk.clock.ms(), for_ms=round(quiet_s * 1000)))
            self._call.close_with(wording.GONE_QUIET, "silence")
        elif quiet_s >= limits.silence_prompt_s * (self._prompts + 1):
            self._prompts += 1
            self._quiet_s = quiet_s
            self._quiet_from = now
            self._desk.emit(Silent(at_ms=self._desk.clock.ms(), for_ms=round(quiet_s * 1000)))
            self._call.prompt(quiet_s)
