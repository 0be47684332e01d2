"""Real processes that pace campaigns until they are killed. This one loads Django once and forks a worker for each line it reads.

    python -m ringtrue.campaigns.tests.killed_workers LOG VIRTUAL_SECONDS

The carrier that they dial writes a line (reference, number) to LOG, with O_APPEND, and answers a moment later; of some it breaks
off without an answer, and some it refuses.
"""

from __future__ import annotations

import os
import random
import sys
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any


class CarrierBroke(Exception):
    pass


def carrier(log: str) -> ModuleType:
    from ringtrue.voice.lines.permit import DialFailed

    chance = random.Random(os.getpid())

    def dial(account: str, credentials: Mapping[str, Any], order: Any, gate: Any) -> str:
        held = gate.admit(order.permit, **order.bound())
        lot = chance.random()
        if lot < 0.05:
            raise DialFailed("standin_refused")
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{held.id} {order.number}\n".encode())
        os.close(file)
        time.sleep(chance.uniform(0.005, 0.06))  # a process that dies here has dialed and does not know it
        if lot > 0.97:
            raise CarrierBroke
        return str(held.id)

    made = ModuleType("ringtrue.voice.lines.standin.dialing")
    made.dial = dial  # type: ignore[attr-defined]
    return made


def told(dial_one: Any) -> Any:
    """What breaks is named in full: the pacer's own log holds no words of an exception."""

    def dial(*given: Any) -> None:
        try:
            dial_one(*given)
        except Exception:
            traceback.print_exc()
            raise

    return dial


def work(log: str) -> None:
    from ringtrue.campaigns import pacing, settling
    from ringtrue.voice.lines import finding

    made = carrier(log)
    finding.part = lambda line, name: made  # type: ignore[assignment]
    settling.STUCK_AFTER = timedelta(seconds=12)
    settling.UNKNOWN_AFTER = timedelta(seconds=20)
    pacing.A_ROUND_S = 0.25
    pacing.dial_one = told(pacing.dial_one)
    nest = os.getppid()
    while os.getppid() == nest:  # who started it may be killed too
        pacing.pace_for(5)
        time.sleep(0.25)


def main(log: str, now: float) -> None:
    import django
    import time_machine

    django.setup()
    import ringtrue.campaigns.pacing  # noqa: F401
    from ringtrue.dialing.rules_pack import current_pack

    current_pack()  # once for all of them: it takes longer than ten dials

    with time_machine.travel(datetime.fromtimestamp(now, UTC), tick=True):
        time.time()  # time-machine's clock begins to tick when it is first asked: without this, at noon again in every worker
        print("ready", flush=True)
        for _ in sys.stdin:
            pid = os.fork()
            if pid == 0:
                work(log)
            print(pid, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
