from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringtrue.voice.lines.permit import Permit, PermitGate, PermitRefused, hash_number, signed_bytes, token

NUMBER, OURS = "+12125550142", "+12125550100"
FOR: dict[str, str] = {"number": NUMBER, "caller_id": OURS, "workspace": "w", "agent": "a", "purpose": "sales"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class Clock:
    now = 1_000_000.0


def gate() -> PermitGate:
    return PermitGate(KEY.public_key().public_bytes_raw().hex(), now=lambda: Clock.now)


def permit(**changes: Any) -> Permit:
    given: dict[str, Any] = {
        "id": "p1", "workspace": "w", "agent": "a", "purpose": "sales", "number_hash": hash_number("p1", NUMBER), "caller_id": OURS,
        "issued_at": 1_000_000.0, "expires_at": 1_000_030.0,
    }  # fmt: skip
    return Permit(**{**given, **changes})


def sealed(held: Permit, key: Ed25519PrivateKey = KEY) -> str:
    return token(held, key.sign(signed_bytes(held)).hex())


def code(text: str, **changes: str) -> str:
    with pytest.raises(PermitRefused) as refusal:
        gate().admit(text, **{**FOR, **changes})
    return str(refusal.value)


def test_a_permit_works_once() -> None:
    door, text = gate(), sealed(permit())
    assert door.admit(text, **FOR).id == "p1"
    with pytest.raises(PermitRefused, match="used"):
        door.admit(text, **FOR)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": "+12125550143"}, "other_number"), ({"caller_id": "+12125550101"}, "other_caller_id"),
        ({"workspace": "x"}, "other_workspace"), ({"agent": "b"}, "other_agent"), ({"purpose": "information"}, "other_purpose"),
    ],
)  # fmt: skip
def test_a_permit_is_for_one_call_only(changes: dict[str, str], expected: str) -> None:
    assert code(sealed(permit()), **changes) == expected


def test_a_refused_look_does_not_use_it_up() -> None:
    door, text = gate(), sealed(permit())
    with pytest.raises(PermitRefused):
        door.admit(text, **{**FOR, "number": "+12125550143"})
    assert door.admit(text, **FOR).id == "p1"


def test_times() -> None:
    assert code(sealed(permit(expires_at=1_000_000.0))) == "expired"
    assert code(sealed(permit(issued_at=1_000_010.0))) == "expired"
    assert code(sealed(permit(expires_at=1_009_000.0))) == "expired"  # longer than we ever give


def test_without_our_signature_nothing_passes() -> None:
    good = sealed(permit())
    payload, _, signature = good.partition(".")
    other = sealed(permit(number_hash=hash_number("p1", "+12125550143")))
    assert code("") == "missing"
    assert code(sealed(permit(), Ed25519PrivateKey.generate())) == "forged"
    assert code(other.partition(".")[0] + "." + signature) == "forged"
    assert code(payload + "." + KEY.sign(msgspec.json.encode(permit())).hex()) == "forged"
    for wrong in ("x", ".", payload, payload + ".", payload + ".00", "!" + good, good + "é", "e30=." + signature):
        assert code(wrong) == "forged", wrong


def test_a_token_does_not_tell_the_number() -> None:
    import base64

    text = sealed(permit()).partition(".")[0]
    assert NUMBER[1:].encode() not in base64.urlsafe_b64decode(text)
