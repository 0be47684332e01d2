"""A call as the engine tells it at its end, as the events that our own loop would have told. What callers said is looked through for
the same phrases, by the same code, as in a call that we hold ourselves."""

from __future__ import annotations

from collections.abc import Iterator

from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls.models import Call
from ringtrue.hosted.engine import Turn, Whole
from ringtrue.voice.agent import Agent
from ringtrue.voice.brains.phrases import recognise
from ringtrue.voice.call import wording
from ringtrue.voice.events import (
    Answered,
    CallEvent,
    Consent,
    Disclosed,
    Emergency,
    Ended,
    Heard,
    OptedOut,
    Said,
    Transferred,
)

TELEPHONE = 8000


def answered(line: str, whole: Whole) -> Answered:
    """Always the first event, so that it is the same whether the call was heard of while it ran or afterwards."""
    return Answered(at_ms=0, started_at=whole.started_at, line=line, sample_rate=TELEPHONE)


def events(call: Call, whole: Whole) -> list[CallEvent]:
    """In order; the same events each time for the same call."""
    agent = snapshot_of(call.agent_version)
    return [answered(call.line, whole), *_told(call, agent, whole)]


def _told(call: Call, agent: Agent, whole: Whole) -> Iterator[CallEvent]:
    opening, number, spoke = True, 0, False
    notice = wording.notice(listening=False)
    keeps_quiet = call.recording_flow != "announce"
    if keeps_quiet:  # nothing is recorded, so nobody is told that it is
        yield Consent(at_ms=0, granted=False, method="off", wording="")
    withdrawn = opted_out = emergency = False
    for turn in sorted(whole.turns, key=lambda turn: (turn.start_ms, turn.end_ms)):
        if turn.who == "agent":
            yield Said(at_ms=turn.end_ms, turn=number, start_ms=turn.start_ms, end_ms=turn.end_ms, text=turn.text)
            if opening and _has(turn.text, wording.disclosure(agent)):
                yield Disclosed(at_ms=turn.end_ms)
            if opening and not keeps_quiet:
                told = _has(turn.text, notice)
                # A first sentence that was cut off before the notice is no notice: in doubt, no.
                yield Consent(at_ms=turn.end_ms, granted=told, method="announced", wording=notice if told else "")
            opening = False
            continue
        number, spoke = number + 1, True
        yield _heard(turn, number)
        flags = recognise(turn.text, agent.language, outbound=call.direction == "outbound")
        if "stop_recording" in flags and not withdrawn and not keeps_quiet:
            withdrawn = True
            yield Consent(at_ms=turn.start_ms, granted=False, method="withdrawn", wording=wording.RECORDING_STOPPED)
        if "emergency" in flags and not emergency:
            emergency = True
            yield Emergency(at_ms=turn.end_ms)
        if "opt_out" in flags and not opted_out:
            opted_out = True
            yield OptedOut(at_ms=turn.end_ms)
    end = max([whole.duration_ms, *(turn.end_ms for turn in whole.turns)])
    if whole.transferred_to and whole.reason == "transferred":
        target = next((one for one in agent.escalations if one.number == whole.transferred_to), None)
        yield Transferred(at_ms=end, escalation_id=target.id if target else "", person=target.person if target else "", ok=True)
    yield Ended(at_ms=end, reason=whole.reason, duration_ms=end, goal=_goal(whole, spoke))


def _heard(turn: Turn, number: int) -> Heard:
    return Heard(at_ms=turn.end_ms, turn=number, start_ms=turn.start_ms, end_ms=turn.end_ms, text=turn.text)


def _goal(whole: Whole, spoke: bool) -> str:
    """Nobody tells us from which fact an answer came: what was said to a caller's words counts as an answer."""
    if whole.voicemail:
        return "voicemail"
    first = next((turn.start_ms for turn in whole.turns if turn.who == "caller"), None)
    replied = first is not None and any(turn.who == "agent" and turn.start_ms > first for turn in whole.turns)
    return "answered" if spoke and replied else ""


def _has(text: str, sentence: str) -> bool:
    """Engines write numbers, quotes and blanks in their own way."""
    return _plain(sentence) in _plain(text)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
