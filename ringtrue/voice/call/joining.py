"""Members of the business in a running call of their agent: they listen, whisper to it, and one of them may speak in its place.

The caller was told that a colleague may listen, or nobody does: sound goes out only while recording is agreed to, never before and
never after a withdrawal. A call that nobody has joined does nothing for this: the way of its frames is changed when the first member
comes, and put back when the last one goes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

from ringtrue.voice.audio.g711 import ulaw_decode
from ringtrue.voice.audio.resampling import Resampler
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.call import wording
from ringtrue.voice.call.desk import Desk
from ringtrue.voice.call.guarding import Guard
from ringtrue.voice.call.inbox import Inbox, Item, Turn
from ringtrue.voice.events import ListenedIn, TakenOver, Whispered
from ringtrue.voice.lines.browser.member import MICROPHONE_RATE, Code, Side
from ringtrue.voice.lines.leg import FRAME_MS, Can, Leg

MOST_AHEAD_S = 0.2
"""What a member says is not given to the line further ahead than this: sound that came in a burst would delay all that follows."""
LONGEST_WHISPER = 500  # characters
SAME_WORDS = 4  # a sentence of a whisper with as many words is not said as it is


class Member(Protocol):
    """A member's connection. `id` is theirs, of ours; `speaks`: they may also whisper and take over."""

    id: str
    speaks: bool

    def hear(self, side: Side, pcm: bytes) -> None:
        """PCM16 at the line's rate; of `agent`: what is spoken to the caller, the agent or another member."""
        ...

    def clear(self) -> None:
        """The agent was stopped: what of it was sent and not yet heard is thrown away."""
        ...

    def speaking(self, who: Literal["agent", "you", "other"]) -> None: ...

    def dismissed(self, code: Code) -> None:
        """They hear nothing more of this call."""
        ...


@runtime_checkable
class Guided(Protocol):
    """A brain that can be told what to do by the business in mid-call."""

    def whisper(self, text: str) -> bool:
        """Follow this from the next answer on, without reading it out. False when this brain cannot."""
        ...


class Members:
    """Of one call. `route(hear)`: the caller's frames go to `hear` from now on; `straight` is where they go without members.
    `thinking()` and `cancel()` are the conversation's, for an answer that is under way; `end(reason)` ends the call."""

    def __init__(
        self,
        desk: Desk,
        guard: Guard,
        inbox: Inbox,
        brain: Brain,
        *,
        straight: Callable[[bytes, float], None],
        route: Callable[[Callable[[bytes, float], None]], None],
        thinking: Callable[[], bool],
        cancel: Callable[[], None],
        end: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._inbox = inbox
        self._brain = brain
        self._straight = straight
        self._route = route
        self._thinking = thinking
        self._cancel = cancel
        self._end = end
        self._here: list[Member] = []
        self._speaker: Member | None = None
        self._opting_out: asyncio.Task[None] | None = None

    @property
    def taken(self) -> bool:
        """A member speaks in the agent's place."""
        return self._speaker is not None

    @property
    def count(self) -> int:
        return len(self._here)

    # --- coming and going

    def join(self, member: Member) -> Code:
        """Why not, or "": they are in, and hear nothing before the caller was told."""
        if not self._desk.order.listening:
            return "not_told"
        if self._desk.ended:
            return "ended"
        if self._guard.refused:
            return "refused"
        if not self._here:
            self._route(self._from_caller)
            self._desk.mouth.leg = Overheard(self._desk.leg, self._to_caller, self._clear)
        self._here.append(member)
        self._desk.emit(ListenedIn(at_ms=self._desk.clock.ms(), member=member.id, on=True))
        member.speaking("other" if self.taken else "agent")
        return ""

    def leave(self, member: Member) -> None:
        """Also after the connection broke: then the agent speaks again."""
        if member not in self._here:
            return
        self.hand_back(member)
        self._gone(member)

    def _gone(self, member: Member) -> None:
        self._here.remove(member)
        self._desk.emit(ListenedIn(at_ms=self._desk.clock.ms(), member=member.id, on=False))
        if not self._here:
            self._route(self._straight)
            self._desk.mouth.leg = self._desk.leg

    def close(self) -> None:
        """The call is over."""
        if self._speaker is not None:
            self._desk.emit(TakenOver(at_ms=self._desk.clock.ms(), member=self._speaker.id, on=False))
            self._speaker = None
        self._dismiss("ended")

    def _dismiss(self, code: Code) -> None:
        """Whoever speaks with the caller stays."""
        for member in [one for one in self._here if one is not self._speaker]:
            self._gone(member)
            member.dismissed(code)

    # --- listening

    def _from_caller(self, sound: bytes, at: float) -> None:
        self._straight(sound, at)
        self._give("caller", ulaw_decode(sound) if self._desk.recorder.caller_coding == "ulaw" else sound)

    def _to_caller(self, pcm: bytes) -> None:
        self._give("agent", pcm)

    def _clear(self) -> None:
        for member in self._here:
            member.clear()

    def _give(self, side: Side, pcm: bytes) -> None:
        if self._guard.refused:
            self._dismiss("refused")
        told = self._desk.recorder.on
        for member in self._here:
            if member is self._speaker:  # a party of the call, not a listener; they need not hear themselves
                if side == "caller":
                    member.hear(side, pcm)
            elif told:
                member.hear(side, pcm)

    # --- whispering

    def whisper(self, member: Member, text: str) -> tuple[Code, bool]:
        """(why not, whether the brain can follow it)."""
        text = " ".join(text.split())[:LONGEST_WHISPER]
        code = self._may_speak(member) or ("" if text else "empty")
        if code:
            return code, False
        followed = isinstance(self._brain, Guided) and self._brain.whisper(text)
        if followed:
            self._desk.never_said.extend(sentences_of(text))
        self._desk.emit(Whispered(at_ms=self._desk.clock.ms(), member=member.id, text=text, followed=followed))
        return "", followed

    # --- taking over

    def _may_speak(self, member: Member) -> Code:
        if not member.speaks:
            return "not_allowed"
        return "" if self._desk.recorder.on else "not_yet"

    def take_over(self, member: Member) -> Code:
        """The agent stops at once; what the member says goes to the caller."""
        code = self._may_speak(member)
        if code or self._speaker is member:
            return code
        if self._speaker is not None:
            return "taken"
        desk, now = self._desk, self._desk.clock.now()
        self._speaker = member
        self._resampler = Resampler(MICROPHONE_RATE, desk.leg.sample_rate)
        self._frame = 2 * desk.leg.sample_rate * FRAME_MS // 1000
        self._ready = bytearray()
        self._due = 0.0
        self._inbox.away = self._meanwhile
        self._silence_agent(now)
        desk.mouth.held(True, now, "member")
        desk.waiting_from = None
        if self._thinking():
            self._cancel()
        desk.emit(TakenOver(at_ms=desk.clock.ms(now), member=member.id, on=True))
        self._tell_who_speaks()
        return ""

    def hand_back(self, member: Member) -> None:
        """The agent says that it is there again, and goes on with what it had asked."""
        if self._speaker is not member:
            return
        desk, now = self._desk, self._desk.clock.now()
        self._speaker = None
        self._inbox.away = None
        self._silence_agent(now)  # what was to be said meanwhile came too late
        desk.mouth.held(False, now, "member")
        desk.emit(TakenOver(at_ms=desk.clock.ms(now), member=member.id, on=False))
        if isinstance(self._brain, Guided):
            self._brain.whisper(
                "A colleague has just spoken with the caller in your place. You did not hear it: do not guess what was said."
            )
        desk.say(f"{wording.here_again(desk.agent)} {desk.question or wording.HOW_ELSE}", question=True, fixed=not desk.question)
        self._tell_who_speaks()

    def hang_up(self, member: Member) -> None:
        """Whoever speaks with the caller may end the call."""
        if self._speaker is member:
            self._end("agent_hung_up")

    def speak(self, member: Member, pcm: bytes) -> None:
        """From the member's microphone: PCM16 at MICROPHONE_RATE. Nothing of it goes anywhere unless they have taken over."""
        if self._speaker is not member:
            return
        desk, now = self._desk, self._desk.clock.now()
        self._ready += self._resampler.feed(pcm)
        while len(self._ready) >= self._frame:
            frame = bytes(self._ready[: self._frame])
            del self._ready[: self._frame]
            self._due = max(self._due, now)
            if self._due - now > MOST_AHEAD_S:
                continue
            desk.mouth.leg.play(frame)
            desk.recorder.agent((self._due - desk.clock.zero) * 1000, frame)
            self._due += FRAME_MS / 1000

    def _silence_agent(self, now: float) -> None:
        self._desk.mouth.cut(now, keep_firm=False)
        self._desk.speaker.drop()

    def _tell_who_speaks(self) -> None:
        for member in self._here:
            member.speaking("agent" if self._speaker is None else "you" if member is self._speaker else "other")

    def _meanwhile(self, item: Item) -> None:
        """Nobody answers what the caller says now, but what they forbid holds all the same."""
        if not isinstance(item, Turn):
            return
        self._guard.overheard(item.text)
        if "opt_out" in self._guard.flags(item.text):
            self._opting_out = asyncio.create_task(self._guard.keep_opt_out())


class Overheard:
    """The leg of a call that members listen to, as its mouth sees it."""

    def __init__(self, leg: Leg, played: Callable[[bytes], None], cleared: Callable[[], None]) -> None:
        self.can: frozenset[Can] = leg.can
        self._leg = leg
        self._played = played
        self._cleared = cleared

    def play(self, pcm: bytes) -> None:
        self._leg.play(pcm)
        self._played(pcm)

    def clear(self) -> None:
        self._leg.clear()
        self._cleared()


def sentences_of(whisper: str) -> list[str]:
    """Those that are long enough to be recognised when they are said, as plain words."""
    parts = (plain(part) for part in re.split(r"[.!?;\n]+", whisper))
    return [part for part in parts if len(part.split()) >= SAME_WORDS]


def plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))
