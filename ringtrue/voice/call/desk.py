"""What every part of one call shares: the order, the clock, the mouth, and the way to the rest of the house."""

from __future__ import annotations

from collections.abc import Sequence

from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.call.circuits import Circuits
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.metering import Meter
from ringtrue.voice.call.mouth import Mouth, Passage
from ringtrue.voice.call.ready import ReadyAudio
from ringtrue.voice.call.recording import Recorder
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.speaking import Speaker
from ringtrue.voice.call.timing import TurnTimer
from ringtrue.voice.events import CallEvent, Disclosed, Ended, Heard, ModelUsed, Said, Trouble
from ringtrue.voice.lines.leg import Leg
from ringtrue.voice.port import Port
from ringtrue.voice.speech.kinds import Expecting, Voice


class CallEnds(Exception):
    """Raised inside a step of the conversation when the call is over, everything said."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Desk:
    """`turn` is the number of the caller's turn that is being answered; 0 in the opening."""

    def __init__(
        self,
        order: CallOrder,
        leg: Leg,
        port: Port,
        voices: Sequence[Voice],
        ready: ReadyAudio,
        settings: CallSettings,
        circuits: Circuits[Voice] | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.order = order
        self.leg = leg
        self.port = port
        self.settings = settings
        self.clock = CallClock()
        self.turn = 0
        self.expecting: Expecting = "open"
        self.hints: tuple[str, ...] = ()
        self.question = ""  # what was asked last; repeated after a guardrail has spoken
        self.waiting_from: float | None = None  # the caller has finished and hears nothing since
        self.speech_began_at: float | None = None  # of the agent, following silence: for the echo guard
        self.ended = False
        self.played: list[str] = []  # what the caller has heard since the brain was last given a turn
        self.to_machine = False  # an answering machine listens: it needs no fillers
        self.disclosed = False  # the caller knows whom they are speaking to; before it nothing else is said
        self.spent_usd = 0.0  # in this call, on models
        self.never_said: list[str] = []  # plain words that members of the business whispered to the brain
        self.heard: Heard | None = None  # the caller's last utterance
        self.meter = meter or Meter({})
        self.recorder = Recorder(leg.sample_rate, settings.piece, port.audio)
        self.mouth = Mouth(leg, settings, self.clock, self.recorder, self.emit, self._began)
        self.speaker = Speaker(
            self.mouth, voices, ready, leg.sample_rate, settings, self.clock, self._voice_trouble, circuits, self.meter
        )
        self.timer = TurnTimer(self.clock, self.emit)

    @property
    def agent(self) -> Agent:
        return self.order.agent

    @property
    def now_utc(self) -> float:
        """POSIX seconds, for "are you open now?"; the call's own clock runs on from the order's."""
        return self.order.now + self.clock.ms() / 1000

    def emit(self, event: CallEvent) -> None:
        """Nothing follows `ended`."""
        if not self.ended:
            self.ended = isinstance(event, Ended)
            if isinstance(event, Heard):
                self.heard = event
            elif isinstance(event, Disclosed):
                self.disclosed = True
            elif isinstance(event, Said):
                self.played.append(event.text if event.complete else f"{event.text} —")
            elif isinstance(event, ModelUsed):
                self.spent_usd += event.cost_usd or 0.0
            self.port.emit(event)

    def trouble(self, part: str, code: str) -> None:
        self.emit(Trouble(at_ms=self.clock.ms(), part=part, code=code))

    def say(
        self, text: str, *, firm: bool = False, question: bool = False, filler: bool = False, fixed: bool = False
    ) -> list[Passage]:
        if not text.strip():
            return []
        if not filler:
            self.timer.thought(self.turn)
        return self.speaker.say(text, turn=self.turn, firm=firm, question=question, filler=filler, fixed=fixed)

    async def say_to_end(self, text: str, *, firm: bool = True) -> None:
        """One of our own sentences, heard to its end."""
        self.say(text, firm=firm, fixed=True)
        await self.mouth.drained()

    def ask(self, text: str, expecting: Expecting = "open", hints: tuple[str, ...] = (), *, fixed: bool = False) -> None:
        self.expecting, self.hints, self.question = expecting, hints, text
        self.say(text, question=True, fixed=fixed)

    def _began(self, passage: Passage) -> None:
        self.timer.sounded(passage.turn, filler=passage.filler)
        if not passage.filler:
            self.waiting_from = None
        if self.clock.now() - self.mouth.last_sound_at > 0.3:
            self.speech_began_at = self.clock.now()

    def _voice_trouble(self, code: str) -> None:
        self.trouble("voice", code)
