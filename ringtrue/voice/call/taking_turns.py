"""What the caller's speech means for the floor: whose turn it is, and when the agent yields."""

from __future__ import annotations

from collections.abc import Callable

from ringtrue.voice.call.desk import Desk
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.guarding import Guard
from ringtrue.voice.call.hearing import Hearing
from ringtrue.voice.call.holding import Hold
from ringtrue.voice.call.inbox import Inbox, NotHeard, Turn
from ringtrue.voice.call.interrupting import Verdict, judge
from ringtrue.voice.call.keypad import Keypad
from ringtrue.voice.call.listening import Listening, Utterance
from ringtrue.voice.call.speculating import Speculation
from ringtrue.voice.events import Digits, Heard
from ringtrue.voice.lines.leg import Digit
from ringtrue.voice.speech.kinds import Expecting


class TurnTaking:
    """The `Floor` of `Listening`. `thinking()`: an answer is under way that may be cancelled; `cancel()` does so."""

    def __init__(
        self,
        desk: Desk,
        ear: Ear,
        hearing: Hearing,
        guard: Guard,
        inbox: Inbox,
        *,
        thinking: Callable[[], bool],
        cancel: Callable[[], None],
    ) -> None:
        self.listening = Listening(ear, hearing, desk.settings, desk.clock, self)
        self.last_at = desk.clock.now()
        """Loop time of the last thing that the caller did."""
        self.turns = 0
        self.interrupted = ""
        """What the caller had really heard of the sentence that was cut; the next turn takes it."""
        self.early: Speculation | None = None
        """Answers that are begun before the turn is over."""
        self._desk = desk
        self._guard = guard
        self._inbox = inbox
        self._thinking = thinking
        self._cancel = cancel
        self._hold = Hold(desk, self.listening)
        self._keypad = Keypad(desk.settings.digits_pause)

    @property
    def busy(self) -> bool:
        """The caller is in the middle of something."""
        return self.listening.open or bool(self._keypad.pressed)

    def tick(self, now: float) -> None:
        if (self._hold.on or self._hold.wanted) and self._hold.tick(now):
            self._desk.mouth.resume(now)
        if self._keypad.pressed and self._keypad.full(now) and not self.listening.open:
            self.turns += 1
            self._inbox.push(Turn(self.turns, "", self._take_digits()))

    def new_turn(self, text: str) -> Turn:
        """Words that were heard already and come back to the floor."""
        self.turns += 1
        return Turn(self.turns, text)

    # --- what the ears tell

    @property
    def expecting(self) -> Expecting:
        return self._desk.expecting

    @property
    def hints(self) -> tuple[str, ...]:
        return self._desk.hints

    def caller_began(self, start_ms: float) -> None:
        self.last_at = self._desk.clock.now()
        self._hold.begin(start_ms, thinking=self._thinking())

    def caller_may_begin(self, start_ms: float) -> None:
        self._hold.maybe(start_ms)

    def caller_did_not(self) -> None:
        if self._hold.no_more():
            self._desk.mouth.resume(self._desk.clock.now())

    def caller_goes_on(self) -> None:
        if self.early is not None:
            self.early.moved_on()
        self._hold.again()

    def caller_said(self, text: str, confidence: float) -> None:
        self._guard.overheard(text)
        if not self._hold.on:
            if self.early is not None and self.listening.silent_ms and not self._keypad.pressed:
                self.early.words(text)
            return
        verdict = self._judge(text, confidence)
        if verdict == "interruption":
            self._hold.release(resumed=False)
            self.interrupt()
        else:
            self._hold.release(resumed=True, deaf=verdict == "nothing")
            self._desk.mouth.resume(self._desk.clock.now())

    def not_heard(self) -> None:
        self.last_at = self._desk.clock.now()
        if self._hold.on:
            self._hold.release(resumed=False)
            self.interrupt()
        self._inbox.push(NotHeard())

    def turn_over(self, utterance: Utterance) -> None:
        """A turn of the caller's, unless it was only a nod while the agent spoke."""
        self.last_at = self._desk.clock.now()
        if self._desk.mouth.busy:
            if self._judge(utterance.text, utterance.confidence) != "interruption":
                self.tell_heard(utterance, self.turns, backchannel=True)
                return
            self.interrupt()
        self.turns += 1
        self.tell_heard(utterance, self.turns)
        self._inbox.push(Turn(self.turns, utterance.text, self._take_digits(), utterance))

    def _judge(self, text: str, confidence: float) -> Verdict:
        """An "okay" is an answer when a question is being asked, or when nobody is speaking at all."""
        mouth = self._desk.mouth
        return judge(
            text,
            sure=not 0 < confidence < self._desk.settings.murmur_confidence,  # 0: this recognizer does not say
            most_words=self._desk.settings.backchannel_words,
            question_playing=not mouth.busy or (mouth.current is not None and mouth.current.question),
            played_share=mouth.played_share,
        )

    def tell_heard(self, utterance: Utterance, turn: int, *, backchannel: bool = False) -> None:
        self._desk.emit(
            Heard(
                at_ms=self._desk.clock.ms(),
                turn=turn,
                start_ms=utterance.start_ms,
                end_ms=utterance.end_ms,
                text=utterance.text,
                words=utterance.words,
                confidence=utterance.confidence,
                backchannel=backchannel,
            )
        )

    def interrupt(self) -> None:
        """The caller takes the floor: what was not heard is thrown away, and the brain stops thinking about it."""
        heard = self._desk.mouth.cut(self._desk.clock.now())
        self.interrupted = heard or self.interrupted
        self._desk.speaker.drop()
        if self._thinking():
            self._cancel()

    # --- keys

    def pressed(self, key: Digit) -> None:
        self.last_at = self._desk.clock.now()
        self._keypad.press(key.digit, self.last_at)
        if self._desk.mouth.busy and not self._desk.mouth.firm:
            self.interrupt()

    def _take_digits(self) -> str:
        digits = self._keypad.take()
        if digits:
            self._desk.emit(Digits(at_ms=self._desk.clock.ms(), digits=digits))
        return digits
