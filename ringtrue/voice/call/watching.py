"""Watchdogs of one call: a dead line, a caller who has gone quiet, a wait without a sound, hold music, a call that never ends or costs
too much."""

from __future__ import annotations

from typing import Protocol

from ringtrue.voice.call import wording
from ringtrue.voice.call.desk import Desk
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.hold_music import WINDOW_MS, HoldMusic, is_tonal
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
        self._closing = False  # for its length or its cost
        self._quiet_s = 0.0  # of earlier stretches, before our prompts
        self._prompts = 0
        self._fillers = 0  # since the caller was last answered
        self._filler_at = -1e9
        self._busy_from = desk.clock.now()  # the mouth has had something to say since then
        self._quiet_from = desk.clock.now()
        self._seen_activity = 0.0
        self._hold = HoldMusic()
        self._hold_from = 0.0
        self._held = False  # the line itself says so: nobody hears us, whatever it plays
        self._listened_at = desk.clock.now()
        self._heard_before = desk.heard

    def tick(self, now: float, *, taken: bool = False) -> None:
        """`taken`: somebody of the business speaks with the caller, and only the line is watched."""
        self._line(now)
        if taken:
            self._quiet_from = now
            return
        self._length(now)
        self._spend()
        self._waiting(now)
        self._music(now)
        self._silence(now)

    def _line(self, now: float) -> None:
        if self._held:  # the line has told why nothing comes; how long that may last is limited elsewhere
            return
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
        if lasted >= limit and not self._closing:
            self._closing = True
            self._call.close_with(wording.TOO_LONG, "too_long")
        elif lasted >= limit + 20:
            self._call.abort("too_long")

    def _spend(self) -> None:
        limit = self._desk.agent.limits.max_spend_usd
        if limit and self._desk.spent_usd + self._desk.meter.cost_usd >= limit and not self._closing:
            self._closing = True
            self._desk.trouble("brain", "spend_limit")
            self._call.close_with(wording.SPENT, "too_long")

    # --- whoever waits hears something

    def _waiting(self, now: float) -> None:
        """The caller has finished and waits, or a voice is late with what is to be said: after a while they hear that they were heard."""
        desk, mouth = self._desk, self._desk.mouth
        if desk.waiting_from is None and self._listening.awaiting_words:
            desk.waiting_from = now
        if not mouth.busy:
            self._busy_from = now
        if mouth.sounding or mouth.paused or self._held or desk.to_machine:
            return
        if self._call.nobody_acts or (self._listening.open and not self._listening.awaiting_words):
            desk.waiting_from = None
            self._fillers = 0
            return
        due = self._filler_due(now)
        if due is None:
            self._fillers = 0
        elif now >= due and (now - self._filler_at) * 1000 >= desk.settings.between_fillers:
            self._fill(now)

    def _filler_due(self, now: float) -> float | None:
        """Loop time at which the caller will have waited long enough for a sound of the agent; None when they wait for none."""
        desk, mouth, settings = self._desk, self._desk.mouth, self._desk.settings
        if not desk.disclosed or (mouth.busy and mouth.begun):
            return None
        after = settings.wait_filler_after / 1000
        if desk.waiting_from is not None:
            due = desk.waiting_from + after
            # Whatever it took to be sure of a turn's end: for the caller the wait begins when they stop speaking.
            spoke_to = desk.clock.zero + self._listening.end_ms / 1000
            if spoke_to > mouth.silent_since:
                due = min(due, spoke_to + settings.wait_filler_latest / 1000)
            return max(due, mouth.silent_since + after)
        return max(mouth.silent_since, self._busy_from) + after if mouth.busy else None

    def _fill(self, now: float) -> None:
        desk = self._desk
        text = wording.STILL_AT_IT if self._fillers else wording.ONE_MOMENT
        if not desk.speaker.interject(text, turn=desk.turn):
            if desk.mouth.busy:
                return
            desk.say(text, filler=True, fixed=True)
        self._fillers += 1
        self._filler_at = now

    # --- on hold

    def held(self, on: bool, why: str = "on_hold") -> None:
        """The far end has put us on hold or is cut off, or is there again."""
        now = self._desk.clock.now()
        self._desk.mouth.held(on, now)
        if on == self._held:
            return
        self._held = on
        if on:
            self._hold_from = now
            self._desk.trouble("line", why)
        else:
            self._hold = HoldMusic()
            self._resume(now, "mended" if why == "cut" else "off_hold")

    def _music(self, now: float) -> None:
        if self._held:
            if now - self._hold_from >= self._desk.agent.limits.longest_hold_s:
                self._call.abort("silence")
            return
        if self._desk.heard is not self._heard_before:
            self._heard_before = self._desk.heard
            if self._hold.spoken():
                self._resume(now)
        if (now - self._listened_at) * 1000 < WINDOW_MS:
            return
        self._listened_at = now
        if self._desk.mouth.busy or self._listening.open:  # what sounds like speech may be speech: its words will tell
            return
        end = self._ear.heard_ms
        _, pcm = self._ear.audio(end - WINDOW_MS, end)
        if self._hold.note(is_tonal(pcm, self._ear.sample_rate)):
            if self._hold.on:
                self._hold_from = now
                self._desk.trouble("line", "on_hold")
            else:
                self._resume(now)
        elif self._hold.on and now - self._hold_from >= self._desk.agent.limits.longest_hold_s and not self._closing:
            self._closing = True
            self._call.close_with(wording.HELD_TOO_LONG, "silence")

    def _resume(self, now: float, code: str = "off_hold") -> None:
        self._desk.trouble("line", code)
        self._quiet_from = now
        self._quiet_s, self._prompts = 0.0, 0

    # --- a caller who has gone quiet

    def _silence(self, now: float) -> None:
        limits = self._desk.agent.limits
        if self._call.quiet_since > self._seen_activity:
            self._seen_activity = self._call.quiet_since
            self._quiet_s, self._prompts = 0.0, 0
        if not self._call.nobody_acts or self._hold.on or self._held:
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
