"""What it means for an order that a carrier was not reached, gave no answer or said no: in the house's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager

from ringtrue.voice.lines.buying import AnswerLost, NumbersFailed
from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.permit import DialDeferred, DialFailed, DialUnknown
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.texting import TextDeferred, TextFailed, TextUnknown


@contextmanager
def dial_faults(line: str, later: Set[int] = frozenset()) -> Iterator[None]:
    """Around the request that places a call. `later`: the carrier's own codes, besides status 429, of "too many now".
    Raises DialFailed, DialDeferred and DialUnknown for Refused, NotReached and NoAnswer."""
    try:
        yield
    except NotReached:
        raise DialFailed("carrier_unreachable") from None
    except NoAnswer:
        raise DialUnknown("no_answer_from_carrier") from None
    except Refused as no:
        if no.for_credentials:
            raise DialFailed("carrier_refused_credentials") from None
        if no.status == 429 or no.code in later:
            raise DialDeferred("carrier_busy") from None
        raise DialFailed(f"{line}_{no.code or no.status}"[:30]) from None


@contextmanager
def control_faults(over: Set[int] = frozenset({404})) -> Iterator[None]:
    """Around an order about a call that runs. `over`: the carrier's code, or the status where it gives none, of a call that has ended.
    Raises ControlFailed for Refused, NotReached and NoAnswer."""
    try:
        yield
    except (NotReached, NoAnswer):
        raise ControlFailed("carrier_unreachable") from None
    except Refused as no:
        if no.for_credentials:
            raise ControlFailed("carrier_refused_credentials") from None
        raise ControlFailed("call_over" if (no.code or no.status) in over else "carrier_refused") from None


@contextmanager
def text_faults(line: str, opted_out: int, later: Set[int] = frozenset()) -> Iterator[None]:
    """Around the request that sends a text message. `opted_out`: the carrier's own code of "they told us STOP"; `later`: as above.
    Raises TextFailed, TextDeferred and TextUnknown for Refused, NotReached and NoAnswer."""
    try:
        yield
    except NotReached:
        raise TextDeferred from None
    except NoAnswer:
        raise TextUnknown from None
    except Refused as no:
        if no.status == 429 or no.code in later:
            raise TextDeferred from None
        raise TextFailed(f"{line}_{no.code or no.status}", opted_out=no.code == opted_out) from None


@contextmanager
def number_faults(carrier: str, said_no: Callable[[Refused], str], login: str = "credentials") -> Iterator[None]:
    """Around an order about numbers. `carrier`, `login`: as people know them; `said_no`: a sentence for the person who asked.
    Raises NumbersFailed and AnswerLost for Refused, NotReached and NoAnswer."""
    try:
        yield
    except NotReached:
        raise NumbersFailed(f"{carrier} cannot be reached from here. Nothing was changed.") from None
    except NoAnswer:
        raise AnswerLost(f"{carrier} has not answered. Nobody knows yet whether it was done.") from None
    except Refused as no:
        if no.for_credentials:
            again = f"{carrier} does not accept this account's {login} any more. Connect it again under Lines & numbers."
            raise NumbersFailed(again) from None
        raise NumbersFailed(said_no(no)) from None
