"""What the gate let through, of many calls, on its way to storage: files first, then all rows in one transaction.

A call whose person was erased, or that was deleted while it ran, loses its own rows and no other call's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope
from ringtrue.calls import recording
from ringtrue.calls.models import Call, RecordingPiece
from ringtrue.privacy.gate import Gate
from ringtrue.privacy.holding import KeptPiece
from ringtrue.privacy.keystore import KeyDestroyed
from ringtrue.voice.agent import Agent

log = structlog.get_logger(__name__)

OUR_SEQ = 1_000_000  # events that the scribe itself adds are numbered from here, so that they never meet one of the loop's
INSIST_S = 30.0  # a database that is away this long costs rows, never a word of the call
WRITERS = 4  # files of a batch that are brought to the disk side by side

_writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="recording")


class Session:
    """A call that is being served: whose it is, and its gate. `lock` is held while the gate decides."""

    def __init__(self, call: Call, agent: Agent, gate: Gate) -> None:
        self.call = call
        self.agent = agent
        self.gate = gate
        self.lock = threading.Lock()
        self.last_seq = 0
        self.last_at_ms = 0
        self.added = 0
        self.over = False  # its end was told; nothing follows
        self.minor_told = False
        self.spent_usd: dict[str, float] = {}  # by company whose models or speech were used
        self.gone = False  # the person was erased or the call deleted while it ran: nothing more is stored

    def now(self) -> datetime:
        return timezone.now()

    def let_facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            return self.gate.let_facts(facts)


class _Event(NamedTuple):
    session: Session
    new: recording.NewEvent


class _Sound(NamedTuple):
    session: Session
    new: recording.NewPiece


class Batch:
    """Filled in the order of the events; `write()` once."""

    def __init__(self) -> None:
        self._events: list[_Event] = []
        self._sounds: list[_Sound] = []

    def event(self, session: Session, seq: int, kind: str, fields: dict[str, Any]) -> None:
        self._events.append(_Event(session, recording.NewEvent(session.call, seq, kind, fields)))

    def sound(self, session: Session, pieces: list[KeptPiece]) -> None:
        for p in pieces:
            ms = len(p.pcm) // 4 * 1000 // p.sample_rate
            self._sounds.append(_Sound(session, recording.NewPiece(session.call, p.seq, p.start_ms, ms, p.sample_rate, p.pcm)))

    def forget_sound(self, session: Session) -> None:
        self._sounds = [sound for sound in self._sounds if sound.session is not session]

    def write(self) -> None:
        """Insists while the database is away. Never raises for the fault of one call."""
        if not (self._events or self._sounds):
            return
        pieces = self._files()
        events = [event for event in self._events if not event.session.gone]
        try:
            _patiently(
                lambda: recording.store_all([event.new for event in events], [(sound.session.call, row) for sound, row in pieces])
            )
        except (OperationalError, InterfaceError):
            log.error("not stored: the database is away", calls=len({event.session.call.id for event in events}))
        except Exception as fault:
            # Something of it cannot be stored: each by itself, so that only that is lost.
            log.warning("a batch is stored one by one", fault=type(fault).__name__)
            for event in events:
                _alone(event.session, lambda new=event.new: recording.store_event(*new))  # type: ignore[misc]
            for sound, row in pieces:
                _alone(sound.session, lambda call=sound.session.call, row=row: recording.store_all([], [(call, row)]))  # type: ignore[misc]

    def _files(self) -> list[tuple[_Sound, RecordingPiece]]:
        """Written side by side: most of the time is waiting for the disk."""
        tried = _writers.map(_write, self._sounds) if len(self._sounds) > 1 else map(_write, self._sounds)
        found = []
        for sound, row in zip(self._sounds, tried, strict=True):
            if isinstance(row, RecordingPiece):
                found.append((sound, row))
            elif isinstance(row, KeyDestroyed):
                _forget(sound.session)
            elif isinstance(row, OSError):
                self._gap(sound)
        return found

    def _gap(self, sound: _Sound) -> None:
        session, start_ms = sound.session, sound.new.start_ms
        end_ms = start_ms + sound.new.duration_ms
        log.error("recording piece not written", call=str(session.call.id), start_ms=start_ms)
        self.event(session, OUR_SEQ + session.added, "gap", {"at_ms": end_ms, "start_ms": start_ms, "end_ms": end_ms})
        session.added += 1


def insist(session: Session, store: Callable[[], object]) -> None:
    """Insist while the database is away. A person who was erased in mid-call stays erased: nothing more is stored."""
    if session.gone:
        return
    try:
        _patiently(store)
    except (OperationalError, InterfaceError):
        log.error("not stored: the database is away", call=str(session.call.id))
    except (KeyDestroyed, Call.DoesNotExist):
        _forget(session)


def _alone(session: Session, store: Callable[[], object]) -> None:
    try:
        insist(session, store)
    except IntegrityError:
        with system_scope("whether a call was deleted while it ran"):
            there = Call.objects.filter(id=session.call.id).exists()
        if there:
            log.exception("not stored", call=str(session.call.id))
        else:
            _forget(session)
    except Exception:
        log.exception("not stored", call=str(session.call.id))


def _patiently(store: Callable[[], object]) -> None:
    deadline, pause = time.monotonic() + INSIST_S, 0.05
    while True:
        try:
            store()
            return
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(pause)
            pause = min(2.0, pause * 2)


def _write(sound: _Sound) -> RecordingPiece | OSError | KeyDestroyed | None:
    if sound.session.gone:
        return None
    try:
        return recording.write_piece(sound.new)
    except (OSError, KeyDestroyed) as problem:
        return problem


def _forget(session: Session) -> None:
    session.gone = True
    log.info("call erased while it ran", call=str(session.call.id))
