"""Staying registered at a carrier or PBX, and saying in a word why it does not work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from ringtrue.voice.lines.sip.verdicts import cause

log = structlog.get_logger(__name__)

AGAIN_S = 30.0
REFUSED_AGAIN_S = 300.0  # a wrong password, again and again, gets one's address banned


async def keep_registered(agent: Any, tell: Callable[[str, str], None]) -> None:
    """For ever. `tell(code, detail)`: "registered", or "registration_failed" and its cause."""
    from baresip import Event, RegistrationError

    lost = asyncio.Event()
    agent.on(lambda event: lost.set() if event.event is Event.REGISTER_FAIL else None)
    while True:
        try:
            await agent.register()
        except RegistrationError as problem:
            why = cause(problem.status, problem.reason)
            log.warning("registration failed", cause=why or "no_answer")
            tell("registration_failed", why)
            await asyncio.sleep(REFUSED_AGAIN_S if why in ("401", "403", "407") else AGAIN_S)
            continue
        tell("registered", "")
        # The library refreshes it in time; a refresh that fails is tried once more at once, and then as at first.
        lost.clear()
        await lost.wait()
