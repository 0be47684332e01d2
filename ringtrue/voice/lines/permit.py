"""The permit to dial, as a carrier's adapter sees it. No adapter dials without one.

A token is `base64url(JSON payload).hex signature`; the signature is Ed25519 (RFC 8032) over the canonical JSON of {"permit": payload},
by the installation's key, so that nothing else that the installation signs can pass for a permit. The payload binds call, number,
caller ID, agent, purpose, workspace and a time of seconds; of the number it holds only a hash that is salted with the permit's id.
Each permit works once: in one process by `PermitGate`, across processes by the claim that `dialing/placing.py` writes before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST_S = 120
"""A token that claims to be good for longer was not made by us."""


class PermitRefused(Exception):
    """`str(self)`: "missing", "forged", "expired", "used", "other_number", "other_caller_id", "other_agent", "other_purpose",
    "other_workspace"."""


class DialFailed(Exception):
    """The carrier did not place the call; `str(self)` is a code of ours. Nothing rings, nothing is owed."""


class DialDeferred(DialFailed):
    """The carrier has no room for one more call now. The same call may be asked for again later."""


class DialUnknown(Exception):
    """The carrier was told and gave no answer: it may ring. The call is never placed again by itself."""


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    id: str  # also the id of the attempt that was claimed
    workspace: str
    agent: str
    purpose: str
    number_hash: str  # hash_number(id, number)
    caller_id: str
    issued_at: float  # seconds since 1970
    expires_at: float


class Dialed(msgspec.Struct, frozen=True):
    reference: str  # the carrier's own


class Dialer(Protocol):
    """What an adapter that can call out offers. It passes what it was asked to dial through `PermitGate.admit` before anything
    leaves this machine, and dials nothing else."""

    name: str

    def dial(self, permit: str, *, number: str, caller_id: str, workspace: str, agent: str, purpose: str) -> Dialed:
        """`number` and `caller_id` are E.164. Raises PermitRefused, DialFailed, DialUnknown."""
        ...


def hash_number(permit_id: str, number: str) -> str:
    return hashlib.sha256(f"{permit_id}|{number}".encode()).hexdigest()


def signed_bytes(permit: Permit) -> bytes:
    """What the issuer signs: `core.signing.canonical({"permit": ...})` gives the same bytes."""
    value = {"permit": msgspec.to_builtins(permit)}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def token(permit: Permit, signature: str) -> str:
    """`signature`: hex, over `signed_bytes(permit)`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(permit)).decode() + "." + signature


class PermitGate:
    """Stands in an adapter. `public_key`: hex, the installation's. Safe to use from threads."""

    def __init__(self, public_key: str, now: Callable[[], float] = time.time) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        self._now = now
        self._lock = threading.Lock()
        self._used: dict[str, float] = {}

    def admit(self, permit: str, *, number: str, caller_id: str, workspace: str, agent: str, purpose: str) -> Permit:
        """The permit, used up from now on. Raises PermitRefused."""
        held = self._read(permit)
        now = self._now()
        if not held.issued_at - 5 <= now < held.expires_at or held.expires_at - held.issued_at > LONGEST_S:
            raise PermitRefused("expired")
        for code, claimed, actual in (
            ("other_number", held.number_hash, hash_number(held.id, number)),
            ("other_caller_id", held.caller_id, caller_id),
            ("other_workspace", held.workspace, workspace),
            ("other_agent", held.agent, agent),
            ("other_purpose", held.purpose, purpose),
        ):
            if not hmac.compare_digest(claimed.encode(), actual.encode()):
                raise PermitRefused(code)
        with self._lock:
            self._used = {name: until for name, until in self._used.items() if until > now}
            if held.id in self._used:
                raise PermitRefused("used")
            self._used[held.id] = held.expires_at
        return held

    def _read(self, permit: str) -> Permit:
        if not permit:
            raise PermitRefused("missing")
        try:
            payload, _, signature = permit.partition(".")
            held = msgspec.json.decode(base64.b64decode(payload, altchars=b"-_", validate=True), type=Permit)
            self._key.verify(bytes.fromhex(signature), signed_bytes(held))
        except (InvalidSignature, ValueError, TypeError, AttributeError, binascii.Error, msgspec.DecodeError):
            raise PermitRefused("forged") from None
        return held
