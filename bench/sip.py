"""What the SIP gateway costs: `python -m bench.sip --calls 60`. The real gateway process with its real desk and door; the far end is the
same library in another process (`voice/lines/sip/tests/sip_load.py`), G.711, on loopback. No agent speaks: the house plays a tone, so the
loop's own work is not in the figure (`engine.loop_cpu_ms_per_call_s`)."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ringtrue.voice.lines.sip.tests
from bench.processes import cpu_s, rss_mb
from ringtrue.media.tests.sip_house import House, free_pair, trunk

LOAD = Path(ringtrue.voice.lines.sip.tests.__file__).with_name("sip_load.py")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.sip", description=__doc__)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=10.0, help="measured, while all calls are up")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), [trunk()])
        try:
            house.until_state("ready")
            load = subprocess.Popen(
                [
                    sys.executable, str(LOAD), "--port", str(free_pair()), "--to", f"sip:+18565550100@127.0.0.1:{house.port}",
                    "--calls", str(options.calls), "--seconds", str(options.seconds + 0.1 * options.calls + 4),
                ],
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            house.until(lambda: len(house.legs) >= options.calls, "all calls are up")
            time.sleep(1)
            before, began = cpu_s(house.process.pid), time.monotonic()
            time.sleep(options.seconds)
            spent, seconds = cpu_s(house.process.pid) - before, time.monotonic() - began
            memory = rss_mb(house.process.pid)
            out, _ = load.communicate(timeout=120)
            print(f"{options.calls} calls: {json.loads(out)}")
            print(f"gateway: {1000 * spent / seconds / options.calls:.2f} ms CPU per call-second, {memory:.0f} MB resident")
        finally:
            house.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
