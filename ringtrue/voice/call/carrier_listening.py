"""What the carrier finds out about who answered, while we speak already: the loop asks for it until it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ringtrue.voice.port import Port, ToolFailed

EVERY_S = 1.0
TIMES = 30  # carriers give up after half a minute


async def ask_carrier(port: Port, tell: Callable[[str], None]) -> None:
    """`tell`: is given "person", "machine" or "machine_done" (`lines.carrier.AnsweredBy`), once; nothing where the carrier is not sure."""
    for _ in range(TIMES):
        await asyncio.sleep(EVERY_S)
        try:
            who = (await port.use("who_answered", {})).get("who", "")
        except ToolFailed:
            continue
        if who:
            if who != "unsure":
                tell(who)
            return
