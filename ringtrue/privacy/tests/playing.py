"""A caller full of canaries, played through the scribe as the loop would tell it: events, audio, tools; then mail and webhooks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import recording
from ringtrue.calls.models import Call
from ringtrue.core.encrypting import lock_credentials
from ringtrue.media.scribe import Scribe
from ringtrue.notifications import mailing
from ringtrue.notifications.models import Mail, WebhookEndpoint
from ringtrue.privacy.canaries import Canary, number_canary, sound_canary, text_canary
from ringtrue.privacy.spoken import spoken_digits
from ringtrue.reception import tickets
from ringtrue.voice.events import (
    Answered,
    AudioPiece,
    Consent,
    Digits,
    Disclosed,
    Ended,
    Heard,
    Said,
    ToolUsed,
    Understood,
    Word,
)

RATE = 8000
NAME = "Zebulon Quarnstrom"
NUMBER = "+16095550173"  # a fictitious exchange
STATED = "+12155550164"  # told in the call, not the caller ID
SENTENCE = "the violet heron nested behind my gramophone"
LATER = "seventeen marmalade sandwiches for the bishop"

TEXTS = [
    text_canary("name", NAME, NAME.split()[1]),
    number_canary("caller id", NUMBER),
    number_canary("number told", STATED),
    text_canary("sentence", SENTENCE),
    text_canary("later sentence", LATER),
]


def noise(seconds: float, seed: int) -> bytes:
    """Mono PCM16 that repeats nowhere, loud enough to be speech."""
    return np.random.default_rng(seed).integers(-9000, 9000, int(seconds * RATE), np.int16).tobytes()


@dataclass
class Sounds:
    """What each second of the call sounds like on the caller's side; seconds are named below."""

    seconds: dict[int, bytes] = field(default_factory=dict)

    def of(self, second: int) -> bytes:
        return self.seconds.setdefault(second, noise(1, 1000 + second))

    def canary(self, name: str, second: int) -> Canary:
        # From the middle of the second, away from every margin.
        return sound_canary(name, self.of(second)[RATE : RATE + 512])


BEFORE_CONSENT, SPOKEN_SENTENCE, SPOKEN_NAME, SPOKEN_NUMBER, SPOKEN_LATER, AFTER = 1, 5, 8, 11, 14, 17


class Play:
    """One call. Each method is a step of it; `whole()` does all."""

    def __init__(self, started: Any, *, storage_mode: str = "everything", flow: str = "announce", number: str = NUMBER) -> None:
        self.sounds = Sounds()
        self.scribe = Scribe()
        with workspace_scope(started.workspace.id):
            endpoint = {"workspace": started.workspace, "url": "https://127.0.0.1:9/hook", "secret": lock_credentials("whsec_x")}
            WebhookEndpoint.objects.get_or_create(workspace=started.workspace, defaults=endpoint)
        self.call: Call = recording.begin_call(
            started.version, line="simulated", from_number=number, to_number="+18565550100", storage_mode=storage_mode,
            recording_flow=flow,
        )  # fmt: skip
        with workspace_scope(started.workspace.id):
            token = tickets.issue(self.call)
        self.scribe.redeem(token, "simulated")
        self.id = str(self.call.id)
        self._seq = self._piece = 0

    def tell(self, event: Any) -> None:
        self._seq += 1
        self.scribe.event(self.id, self._seq, event)

    def second(self, second: int) -> None:
        """The audio of one second: the caller's sound on the left, silence on the right."""
        self._piece += 1
        stereo = np.zeros((RATE, 2), np.int16)
        stereo[:, 0] = np.frombuffer(self.sounds.of(second), np.int16)
        piece = AudioPiece(seq=self._piece, start_ms=second * 1000, sample_rate=RATE, pcm=stereo.tobytes())
        self.scribe.audio(self.id, piece)

    def say(self, start: int, text: str) -> None:
        self.tell(Said(at_ms=start * 1000 + 900, turn=0, start_ms=start * 1000, end_ms=start * 1000 + 900, text=text))

    def hear(self, start: int, text: str) -> None:
        """One second of speech, its words evenly spread."""
        words = text.split()
        step = 1000 // len(words)
        spread = [Word(w, start * 1000 + i * step, start * 1000 + (i + 1) * step) for i, w in enumerate(words)]
        end = start * 1000 + 1000
        self.tell(Heard(at_ms=end, turn=start, start_ms=start * 1000, end_ms=end, text=text, words=spread, confidence=0.9))

    def opening(self) -> None:
        self.tell(Answered(at_ms=0, started_at=time.time(), line="simulated", sample_rate=RATE))
        self.second(0)
        self.second(BEFORE_CONSENT)
        self.say(0, "Hello, this is the AI assistant of Riverside Dental. This call is recorded.")
        self.tell(Disclosed(at_ms=2000))

    def consent(self, granted: bool = True, method: str = "announced") -> None:
        self.tell(Consent(at_ms=3000, granted=granted, method=method, wording="This call is recorded."))  # type: ignore[arg-type]

    def conversation(self) -> None:
        self.second(SPOKEN_SENTENCE)
        self.hear(SPOKEN_SENTENCE, SENTENCE)
        self.tell(Understood(at_ms=6100, turn=1, intent="message", source="faq:parking", score=0.7))
        self.say(7, "May I have your name, please?")
        self.second(SPOKEN_NAME)
        self.hear(SPOKEN_NAME, f"it is {NAME.lower()}")
        self.say(9, f"Thank you, {NAME}. And what is the best number to reach you?")
        self.second(SPOKEN_NUMBER)
        self.hear(SPOKEN_NUMBER, f"sure it's {spoken_digits(STATED[2:])}")
        self.tell(Digits(at_ms=12_100, digits=STATED[2:]))
        arguments = {"name": NAME, "number": STATED, "reason": SENTENCE}
        result: dict[str, str] = {}
        try:
            result = self.scribe.use(self.id, "take_message", arguments)
        except Exception as failed:  # metadata_only refuses
            assert str(failed) == "not_kept"  # noqa: PT017
        self.tell(ToolUsed(at_ms=12_500, turn=3, name="take_message", ok=bool(result), arguments=arguments, result=result))
        self.second(SPOKEN_LATER)
        self.hear(SPOKEN_LATER, LATER)

    def withdraw(self) -> None:
        self.tell(Consent(at_ms=16_000, granted=False, method="withdrawn", wording="I stop recording."))
        self.second(AFTER)
        self.hear(AFTER, "what is said now is between us")

    def end(self, second: int = 20) -> None:
        self.tell(Ended(at_ms=second * 1000, reason="caller_hung_up", duration_ms=second * 1000, goal="message"))
        with workspace_scope(self.call.workspace_id):
            mails = list(Mail.objects.filter(call_id=self.call.id).values_list("id", flat=True))
        assert mails, "the business is told"
        for mail_id in mails:
            assert mailing.send(mail_id)

    def whole(self) -> Play:
        self.opening()
        self.consent()
        self.conversation()
        self.end()
        return self
