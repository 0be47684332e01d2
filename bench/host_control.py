"""The host's own stalls, measured while the engine is: a process that does nothing but sleep 20 ms, and how late it woke.

One on each core that is used. What it sees, every call feels too, whatever the engine does.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from types import FrameType

STEP_S = 0.02


def main() -> int:
    late: list[float] = []
    over = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal over
        over = True

    signal.signal(signal.SIGTERM, stop)
    while not over:
        due = time.monotonic() + STEP_S
        time.sleep(STEP_S)
        late.append(max(0.0, time.monotonic() - due))
    late.sort()
    at = [late[min(len(late) - 1, int(len(late) * share))] for share in (0.5, 0.99, 1.0)] if late else [0.0] * 3
    print(json.dumps({"p50": round(at[0] * 1000, 2), "p99": round(at[1] * 1000, 2), "max": round(at[2] * 1000, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
