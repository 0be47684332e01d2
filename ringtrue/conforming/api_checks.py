"""Orders to a carrier: dialing only with a permit, control of running calls, and what each fault means."""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from ringtrue.conforming.checks import must, shows
from ringtrue.conforming.stand_in import Api, Fault
from ringtrue.conforming.under_test import Line, gate, order
from ringtrue.voice.lines.carrier import ControlFailed, DialOrder
from ringtrue.voice.lines.permit import DialDeferred, DialFailed, DialUnknown, PermitGate, PermitRefused

Outcome = type[Exception]
NOT_PLACED: tuple[Outcome, ...] = (DialFailed, DialDeferred)
AFTER: dict[Fault, tuple[Outcome, ...]] = {
    "busy": NOT_PLACED,
    "not_found": NOT_PLACED,
    "error": (DialUnknown,),
    "reset": (DialUnknown,),
    "garbage": (DialUnknown,),
}
"""What a dial that met this fault raises. Where the carrier may have begun to ring, nobody may be told that it did not."""
if os.environ.get("RINGTRUE_LONG"):
    AFTER["silence"] = (DialUnknown,)  # as long as the adapter waits


def dial(line: Line, api: Api, asked: DialOrder, held: dict[str, Any] | None = None, at: PermitGate | None = None) -> str:
    return str(line.part("dialing").dial(line.entered().account, api.credentials if held is None else held, asked, at or gate()))


def raised(work: Callable[[], object], *expected: Outcome) -> Exception:
    error, done = None, None
    try:
        done = work()
    except expected as raised_:
        error = raised_
    assert error is not None, f"{done!r} instead of {' or '.join(one.__name__ for one in expected)}"
    assert re.fullmatch(r"[a-z0-9_]{1,40}", str(error)), f"a code of ours, not {error}"
    return error


@shows("outbound", "dialing")
def a_permitted_call_is_placed_once_as_ordered(line: Line) -> None:
    with line.api() as api:
        asked, one_gate = order(line), gate()
        reference = dial(line, api, asked, at=one_gate)
        (placed,) = api.placed
        assert (placed.number[-10:], placed.caller_id[-10:]) == (asked.number[-10:], asked.caller_id[-10:])
        assert reference == placed.reference
        assert placed.status_url.partition("?")[0] in ("", asked.status_url)
        assert placed.read.ticket == ("" if placed.asks else asked.ticket)
        assert placed.asks in ("", asked.answered_url)
        assert placed.read.media_url in ("", asked.media_url)
        assert raised(lambda: dial(line, api, asked, at=one_gate), PermitRefused).args == ("used",)
        assert len(api.placed) == 1


@shows("own_recording", "dialing")
def a_call_that_is_placed_is_not_recorded_by_the_carrier(line: Line) -> None:
    with line.api() as api:
        dial(line, api, order(line))
        assert not api.placed[0].read.records


@must("dialing")
def nothing_leaves_without_a_permit(line: Line) -> None:
    with line.api() as api:
        good = order(line)
        refused = {
            "missing": order(line, permitted=False),
            "other_number": order(line, number="+12025550199", permit=good.permit),
            "other_caller_id": order(line, permit=good.permit, caller_id="+18565550199"),
            "forged": order(line, permit=good.permit[:-2] + ("00" if good.permit[-2:] != "00" else "11")),
        }
        for code, asked in refused.items():
            raised(lambda asked=asked: dial(line, api, asked), PermitRefused)  # type: ignore[misc]
            assert api.requests == 0, f"{code}: the carrier was asked"
        assert not api.placed


@must("dialing")
def each_fault_is_told_apart(line: Line) -> None:
    with line.api() as api:
        for fault, meaning in AFTER.items():
            api.fault = fault
            raised(lambda: dial(line, api, order(line)), *meaning)
        api.fault = ""
        if api.wrong_credentials:
            raised(lambda: dial(line, api, order(line), api.wrong_credentials), *NOT_PLACED)
        assert not api.placed
        credentials = api.credentials
    raised(lambda: dial(line, api, order(line), credentials), *NOT_PLACED)  # nobody listens any more


@must("dialing")
def secrets_and_numbers_are_in_no_log_and_no_exception(line: Line) -> None:
    secrets = line.secrets()
    assert secrets or not any(field.secret for field in line.about.fields)
    with line.api() as api, _overheard() as said:
        asked = order(line)
        faults: tuple[Fault, ...] = (*AFTER, "")
        for fault in faults:
            api.fault = fault
            try:
                dial(line, api, order(line))
            except (DialFailed, DialDeferred, DialUnknown) as error:
                said += [str(error), repr(error), *traceback.format_exception(error)]
        for word in (*secrets, asked.number, asked.number[1:], asked.ticket, asked.permit[:30]):
            assert not any(word in one for one in said), "something secret, or somebody's number, was told"


@contextmanager
def _overheard() -> Iterator[list[str]]:
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    ear, root = Ear(logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.INFO)  # what an installation writes
    try:
        with structlog.testing.capture_logs() as entries:
            yield said
            said += [str(entry) for entry in entries]
    finally:
        root.removeHandler(ear)
        root.setLevel(level)


def control(line: Line, api: Api, what: str, held: dict[str, Any] | None = None) -> None:
    controlling, credentials = line.part("controlling"), api.credentials if held is None else held
    if what == "hang_up":
        controlling.hang_up(line.entered().account, credentials, "call-1")
    else:
        after = f"{line.hooks_url}/transferred"
        controlling.transfer(line.entered().account, credentials, "call-1", "+12025550143", after_url=after)


@shows("hang_up", "controlling", "dialing")
def a_running_call_is_ended(line: Line) -> None:
    _ordered(line, "hang_up")


@shows("transfer", "controlling", "dialing")
def a_running_call_is_put_through(line: Line) -> None:
    hand_over = getattr(line.part("answering"), "hand_over", None)
    if hand_over is None:
        _ordered(line, "transfer")
    else:  # the carrier asks, when our part of the call is over
        assert "+12025550143" in hand_over("+12025550143").body


def _ordered(line: Line, what: str) -> None:
    with line.api() as api:
        control(line, api, what)
        (done,) = api.ordered
        assert (done.what, done.reference) == (what, "call-1")
        assert what == "hang_up" or done.number[-10:] == "2025550143"
        faults: tuple[Fault, ...] = ("busy", "not_found", "error", "reset")
        for fault in faults:
            api.fault = fault
            raised(lambda: control(line, api, what), ControlFailed)
        api.fault = ""
        if api.wrong_credentials:
            raised(lambda: control(line, api, what, api.wrong_credentials), ControlFailed)
        assert len(api.ordered) == 1
        credentials = api.credentials
    raised(lambda: control(line, api, what, credentials), ControlFailed)


@must("checking")
def an_account_is_checked_when_it_is_connected(line: Line) -> None:
    with line.api() as api:

        def verdict(held: dict[str, Any]) -> tuple[str, str]:
            told = line.part("checking").check(line.entered().account, held)
            assert told.sentence.endswith("."), "a sentence for a person"
            assert not any(secret in told.sentence for secret in line.secrets())
            assert told.field in ("", *(field.name for field in line.about.fields))
            return told.state, told.sentence

        assert verdict(api.credentials)[0] == "good"
        assert verdict(api.wrong_credentials)[0] == "wrong"
        faults: tuple[Fault, ...] = ("error", "reset", "garbage")
        for fault in faults:
            api.fault = fault
            assert verdict(api.credentials)[0] == "unknown", f"after {fault}, nobody knows"
        assert not api.placed, "looking places nothing"
