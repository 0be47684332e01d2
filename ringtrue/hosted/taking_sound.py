"""The recording of a call that an engine held: fetched by us, cut to the time for which there is consent, sealed like every other.

Only where everything is kept as it was said: an engine's times are too rough to mute a name in the sound.
"""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls import recording
from ringtrue.calls.models import Call, CallEventRow
from ringtrue.hosted.engine import Sound, Turn, Whole
from ringtrue.hosted.requesting import Refused, Silent, download
from ringtrue.media.gating import gate_for
from ringtrue.privacy.gate import Gate
from ringtrue.privacy.keystore import KeyDestroyed

log = structlog.get_logger(__name__)

PIECE_S = 10
Samples = NDArray[np.int16]


class NoSound(Exception):
    """`str(self)` is a code of ours."""


def take(call: Call, whole: Whole, credentials: dict[str, Any]) -> int:
    """Pieces that are kept now. A recording that cannot be read is told in the log and left there, to be deleted."""
    with workspace_scope(call.workspace_id):
        gate = _gate(call)
    if gate is None:
        return 0
    assert whole.sound is not None
    try:
        rate, samples = _both(whole.sound, whole.turns, str(credentials["key"]))
    except (NoSound, Refused, Silent, wave.Error, EOFError, ValueError) as problem:
        log.error("recording not taken", line=call.line, call=str(call.id), code=type(problem).__name__)
        return 0
    kept = 0
    size = PIECE_S * rate
    for seq, first in enumerate(range(0, len(samples), size), 1):
        part = samples[first : first + size]
        for piece in gate.let_audio(seq, first * 1000 // rate, rate, part.astype("<i2").tobytes()):
            ms = len(piece.pcm) // 4 * 1000 // rate
            try:
                kept += recording.store_piece(call, piece.seq, piece.start_ms, ms, rate, piece.pcm) is not None
            except KeyDestroyed:
                return kept  # erased meanwhile
    return kept


def _gate(call: Call) -> Gate | None:
    """The gate as it stood at the end of the call; None where no sound may be kept. Needs the workspace's scope."""
    call = Call.objects.select_related("subject", "agent_version").get(id=call.id)
    if call.storage_mode != "everything":
        return None
    gate = gate_for(call, snapshot_of(call.agent_version))
    if gate.call.leave_out_special or gate.minor:
        return None
    for row in CallEventRow.objects.filter(call=call, kind="consent").order_by("seq"):
        gate.let_event(row.seq, row.kind, {"at_ms": row.at_ms, **row.fields})
    return gate if gate.consent in ("granted", "withdrawn") and not gate.must_delete_prior else None


def _both(sound: Sound, turns: tuple[Turn, ...], key: str) -> tuple[int, Samples]:
    """(rate, samples of two channels: caller, agent). Raises NoSound, and what `wave` raises."""
    if sound.both_url:
        rate, samples = _read(download(sound.both_url))
        if samples.shape[1] != 2:
            raise NoSound("one_channel")
        return rate, samples if _caller_is_left(samples, rate, turns) else samples[:, ::-1]
    (rate, caller), (other, agent) = _read(download(sound.caller_url, key)), _read(download(sound.agent_url, key))
    if rate != other:
        raise NoSound("two_rates")
    length = max(len(caller), len(agent))
    sides = [np.pad(side[:, 0], (0, length - len(side))) for side in (caller, agent)]
    return rate, np.stack(sides, axis=1)


def _caller_is_left(samples: Samples, rate: int, turns: tuple[Turn, ...]) -> bool:
    """Where the engine does not document which channel is whose: who is louder while the agent speaks. Raises NoSound where that
    does not tell."""
    agents = [samples[turn.start_ms * rate // 1000 : turn.end_ms * rate // 1000] for turn in turns if turn.who == "agent"]
    spoken = np.concatenate(agents) if agents else samples[:0]
    if not len(spoken):
        raise NoSound("nobody_spoke")
    left, right = (float(np.mean(spoken[:, channel].astype(float) ** 2)) for channel in (0, 1))
    if max(left, right) < 4 * min(left, right):
        raise NoSound("channels_alike")
    return right > left


def _read(data: bytes) -> tuple[int, Samples]:
    with wave.open(io.BytesIO(data)) as file:
        if file.getsampwidth() != 2:
            raise NoSound("not_16_bit")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return file.getframerate(), samples
