"""Our signature against what Plivo's official SDK for Python makes (plivo 4.63.0, `plivo.utils.signature_v3`; nothing here needs it)."""

from __future__ import annotations

import pytest

from ringtrue.voice.lines.carrier import Webhook
from ringtrue.voice.lines.plivo.signing import signature, signed

TOKEN = "0123456789abcdef" * 2 + "01234567"
NONCE = "82091334875561029374"
HOOKS = "https://ours.example/hooks/plivo"
MADE: list[tuple[str, dict[str, list[str]], str]] = [
    (
        f"{HOOKS}/voice",
        {"To": ["18565550100"], "From": ["12025550123"], "CallStatus": ["ringing"], "Empty": [""]},
        "5cIKLFsk6iEESoLOtrPL/dRObYqG/sSo3rb5iQ74O9I=",
    ),
    (
        f"{HOOKS}/status?b=2&a=1",
        {"CallUUID": ["u"], "CallerName": ["Zoë & Ann"]},
        "Mt/Ppag34JwE5OcW/PcPrudVxUOzLCACeN0FC/S+2RY=",
    ),
    (f"{HOOKS}/status", {}, "VDj8RAk/JfnpYhtHM01SQnm/5HQMXa1FwVI/fgje27k="),
    (
        "https://ours.example:8443/hooks/plivo/status?b=2&a=1&a=0&c=",
        {},
        "VqdTm+lhKl4QT2mN0OPwhYfzAkT1HW4hmljnnK1FYJ0=",
    ),
    (f"{HOOKS}/voice", {"Digits": ["2", "1"], "Name": ["x"]}, "gLme3bymDpvOa9POXy6e3p2CsbEnHzHx3rSmnCMbgd4="),
]


@pytest.mark.parametrize(("url", "form", "made"), MADE)
def test_we_agree_with_the_sdk(url: str, form: dict[str, list[str]], made: str) -> None:
    assert signature(url, form, NONCE, TOKEN) == made


@pytest.mark.parametrize("header", ["X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"])
@pytest.mark.parametrize("others", ["", "AAAA,", "AAAA, "])
def test_one_good_signature_of_several_is_enough(header: str, others: str) -> None:
    url, form, made = MADE[0]
    headers = {header: others + made, "X-Plivo-Signature-V3-Nonce": NONCE}
    webhook = Webhook(url=url, form=form, headers=headers)
    assert signed(webhook, {"auth_token": TOKEN})
    assert not signed(webhook, {"auth_token": TOKEN[::-1]})
    assert not signed(Webhook(url=url, form=form, headers={header: others + made}), {"auth_token": TOKEN}), "no nonce"
    assert not signed(Webhook(url=url, form=form, headers=headers | {header: ","}), {"auth_token": TOKEN})
