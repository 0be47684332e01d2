"""A call in the terminal as it happens, and what it was like in figures."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from ringtrue.voice.agent import Agent
from ringtrue.voice.ending_words import ENDING_WORDS
from ringtrue.voice.events import (
    CallEvent,
    Consent,
    Digits,
    Emergency,
    Ended,
    Heard,
    Interrupted,
    OptedOut,
    Said,
    ToolUsed,
    Transferred,
    Trouble,
    TurnTimes,
    Understood,
)


class Shown:
    """Takes each event; `say` prints a line (None: prints nothing). Times are seconds since the answer."""

    def __init__(self, agent: Agent, say: Callable[[str], None] | None) -> None:
        self._say = say or (lambda line: None)
        self._agent = agent.agent_name if len(agent.agent_name) <= 12 else "Agent"
        self.turns: list[dict[str, Any]] = []
        self.times: list[TurnTimes] = []
        self.sources: list[str] = []
        self.recorded_from_ms: int | None = None
        self.end: Ended | None = None

    def __call__(self, event: CallEvent) -> None:
        if isinstance(event, Heard):
            self._spoke("caller", event.turn, event)
            self._line(event.start_ms, "Caller", event.text)
        elif isinstance(event, Said):
            self._spoke("agent", event.turn, event)
            self._line(event.start_ms, self._agent, event.text + ("" if event.complete else " —"))
        elif isinstance(event, TurnTimes):
            self._timed(event)
        elif isinstance(event, Understood):
            self.sources.append(event.source or event.intent)
        elif isinstance(event, Consent):
            if event.granted:
                self.recorded_from_ms = event.at_ms
            self._line(event.at_ms, "", "recording begins" if event.granted else "not recorded")
        elif isinstance(event, Ended):
            self.end = event
            self._line(event.at_ms, "", ENDING_WORDS[event.reason])
        else:
            remark = _remark(event)
            if remark:
                self._line(event.at_ms, "", remark)

    @property
    def reply_ms(self) -> list[int]:
        return [times.reply_ms for times in self.times]

    def latency(self) -> dict[str, int | None]:
        waits = sorted(self.reply_ms)
        return {
            "reply_ms_p50": round(median(waits)) if waits else None,
            "reply_ms_p95": waits[min(len(waits) - 1, int(len(waits) * 0.95))] if waits else None,
            "reply_ms_max": waits[-1] if waits else None,
            "turns": len(waits),
        }

    def _spoke(self, who: str, turn: int, event: Heard | Said) -> None:
        self.turns.append(
            {"who": who, "turn": turn, "text": event.text, "start_ms": event.start_ms, "end_ms": event.end_ms, "reply_ms": None}
        )

    def _timed(self, times: TurnTimes) -> None:
        self.times.append(times)
        for spoken in reversed(self.turns):
            if spoken["who"] == "caller" and spoken["turn"] == times.turn:
                spoken["reply_ms"] = times.reply_ms
                break
        self._say(
            f"{'':24}reply after {times.reply_ms} ms (end of turn {times.endpoint_ms}, hearing {times.recognize_ms}, "
            f"thinking {times.think_ms}, voice {times.voice_ms})"
        )

    def _line(self, at_ms: int, who: str, text: str) -> None:
        self._say(f"{at_ms / 1000:7.1f}  {who:<12}  {text}" if who else f"{at_ms / 1000:7.1f}  {'·':<12}  {text}")


def _remark(event: CallEvent) -> str:
    if isinstance(event, ToolUsed) and event.name != "facts":
        return f"{event.name.replace('_', ' ')}: {'done' if event.ok else 'could not be done'} ({event.took_ms} ms)"
    if isinstance(event, Transferred):
        return f"transfer to {event.person}: {'done' if event.ok else 'failed'}"
    if isinstance(event, Interrupted):
        return "went on speaking" if event.resumed else f"interrupted, silent after {event.pause_ms} ms"
    if isinstance(event, Trouble):
        return f"trouble: {event.part} ({event.code})"
    if isinstance(event, Digits):
        return f"keys {event.digits}"
    if isinstance(event, OptedOut):
        return "put on the do-not-call list"
    if isinstance(event, Emergency):
        return "emergency words"
    return ""
