"""Our check of signatures against one that Telnyx's official SDK for Python took (telnyx 4.189.0, `client.webhooks.unwrap`; nothing here
needs it), and what the suite does not ask: the time, and the address that no signature covers."""

from __future__ import annotations

import msgspec
import pytest

from ringtrue.conforming.hook_checks import sent
from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines.carrier import Webhook
from ringtrue.voice.lines.telnyx.signing import signed

LINE = Line("telnyx")
AT, BODY = 1_700_000_000, b'{"data": {}}'
MADE = "jwSsBC+7DVSYXyATWnHI73kMN8MNDGT1EnQWjqPRP9QGm7NB8Ld+s0IvhjHQ1vnCy6eszqulTptKinuvdHZGCA=="


def taken(now: float, *, body: bytes = BODY, stamp: str = str(AT), made: str = MADE) -> bool:
    headers = {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": made}
    return signed(Webhook(url=f"{LINE.hooks_url}/voice", headers=headers, body=body), LINE.entered().credentials, now=now)


def test_we_agree_with_the_sdk() -> None:
    assert taken(AT + 299)
    assert taken(AT - 299)
    assert not taken(AT, body=BODY + b" ")
    assert not taken(AT, stamp=str(AT + 1))


@pytest.mark.parametrize("off", [-301, 301])
def test_what_is_old_or_of_tomorrow_is_not_taken(off: int) -> None:
    assert not taken(AT + off)


@pytest.mark.parametrize("garbage", ["", "x", "é", "AAAA", MADE[:-4], MADE + "!"])
def test_garbage_is_no_signature_and_no_time(garbage: str) -> None:
    assert not taken(AT, made=garbage)
    assert not taken(AT, stamp=garbage)


@pytest.mark.parametrize(
    ("kind", "what", "query", "believed"),
    [
        ("status", "status", "direction=outbound", True),
        ("status", "status", "direction=inbound", False),
        ("incoming", "status", "", False),
        ("incoming", "voice", "direction=outbound", False),
        ("incoming", "text", "", False),
        ("detected", "status", "direction=outbound", True),  # where Telnyx listens first
    ],
)
def test_what_was_meant_for_one_address_is_not_taken_at_another(kind: str, what: str, query: str, believed: bool) -> None:
    one = msgspec.structs.replace(sent(LINE, kind=kind), what=what, query=query)
    assert signed(LINE.webhook(one), LINE.entered().credentials) == believed
