"""A carrier that rings nobody and logs every dial. It admits a dial as a real adapter must, with the voice wing's own gate, and can
fail on demand as carriers do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ringtrue.core import signing
from ringtrue.dialing.tests.dials import rang
from ringtrue.voice.lines.permit import Dialed, DialFailed, DialUnknown, PermitGate


@dataclass
class Rang:
    permit: str  # id of the permit, which is the attempt's
    number: str
    caller_id: str
    agent: str
    purpose: str
    at: float


@dataclass
class StandInCarrier:
    name: str = "standin"
    fails: str = ""  # "", "refused", "silent" (told, and no answer), "crash"
    before_ringing: Callable[[str], None] | None = None
    log: list[Rang] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = PermitGate(signing.public_key())
        self._lock = threading.Lock()

    def dial(self, permit: str, *, number: str, caller_id: str, workspace: str, agent: str, purpose: str) -> Dialed:
        held = self.gate.admit(permit, number=number, caller_id=caller_id, workspace=workspace, agent=agent, purpose=purpose)
        if self.before_ringing is not None:
            self.before_ringing(number)
        if self.fails == "refused":
            raise DialFailed("carrier_refused")
        if self.fails == "crash":
            raise ZeroDivisionError
        with self._lock:
            rang(number)
            self.log.append(Rang(held.id, number, caller_id, agent, purpose, time.monotonic()))
        if self.fails == "silent":
            raise DialUnknown("carrier_unreachable")
        return Dialed(f"SI{held.id[:12]}")
