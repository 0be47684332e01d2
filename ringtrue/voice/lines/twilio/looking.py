"""A Twilio account: whether Twilio takes our key, whether its webhooks would be believed, and whether its numbers call us.

https://www.twilio.com/docs/iam/api/account, https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from ringtrue.voice.lines.reaching import Ask, Finding, Reply, Unreachable
from ringtrue.voice.lines.twilio.asking import API
from ringtrue.voice.lines.twilio.signing import HEADER, signature

MOST_OFF_S = 30.0
ENTER_AGAIN = "Enter the account again under Settings, Lines & numbers."


def look(
    account: str, credentials: Mapping[str, Any], numbers: list[str], *, public_url: str, ask: Ask, now: float
) -> Iterator[Finding]:
    """`numbers`: E.164, as they are given to agents. `now`: POSIX seconds by this machine's clock."""
    token = str(credentials.get("auth_token", ""))
    base = f"{credentials.get('api_base') or API}/2010-04-01/Accounts/{account}"
    login = {"Authorization": "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()}
    yield from _webhook(account, token, public_url, ask)
    try:
        reply = ask(f"{base}.json", headers=login)
    except Unreachable as problem:
        yield "wrong", f"Twilio cannot be asked from here, so no call can be placed, transferred or ended. {problem}"
        return
    yield from _clock(reply, now)
    if reply.status in (401, 403, 404):
        yield (
            "wrong",
            f"Twilio does not accept this Account SID and Auth Token: the token was renewed, or is another account's. {ENTER_AGAIN}",
        )
        return
    state = str(_read(reply).get("status", ""))
    if reply.status != 200 or state != "active":
        yield (
            "wrong",
            f"Twilio says that this account is {state or f'not to be had ({reply.status})'}. Look at it in Twilio's console.",
        )
        return
    yield "ok", "Twilio accepts the Account SID and Auth Token"
    for number in numbers:
        yield _number(number, base, login, f"{public_url}/hooks/twilio/voice", ask)


def _webhook(sid: str, token: str, public_url: str, ask: Ask) -> Iterator[Finding]:
    """Once without and once with a signature, to a name that no webhook has: nothing is stored."""
    url = f"{public_url}/hooks/twilio/doctor"
    form = {"AccountSid": [sid], "CallSid": ["CAdoctor"]}
    body = urlencode(form, doseq=True).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        unsigned = ask(url, method="POST", body=body, headers=headers)
        signed = ask(url, method="POST", body=body, headers={**headers, HEADER: signature(url, form, token)})
    except Unreachable as problem:
        yield "wrong", f"Twilio's webhooks do not reach us. {problem}"
        return
    if (unsigned.status, signed.status) == (403, 404):
        yield "ok", "a webhook with this account's signature is accepted, one without is refused"
    elif unsigned.status == signed.status == 403:
        yield (
            "wrong",
            "Our own signature is refused. The Ringtrue that answers there was started with another RINGTRUE_PUBLIC_URL than this command, with "
            "other data, or the proxy changes the address on its way. Start both with the same settings.",
        )
    elif signed.status in (301, 302, 307, 308):
        yield (
            "wrong",
            f"Webhooks are redirected to {signed.headers.get('location', 'elsewhere')}; Twilio signs the first address. Make that one the public address.",
        )
    else:
        yield (
            "wrong",
            f"What answers webhooks is not this Ringtrue (it says {unsigned.status} without a signature and {signed.status} with one).",
        )


def _clock(reply: Reply, now: float) -> Iterator[Finding]:
    try:
        off = now - parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return
    if abs(off) > MOST_OFF_S:
        yield (
            "wrong",
            f"This machine's clock is {abs(off):.0f} seconds {'ahead' if off > 0 else 'behind'}. Certificates, sign-in codes and calling hours go "
            "wrong by that. Let the clock be set from the network: timedatectl set-ntp true.",
        )
    else:
        yield "ok", "this machine's clock agrees with Twilio's"


def _number(number: str, base: str, login: dict[str, str], wanted: str, ask: Ask) -> Finding:
    try:
        reply = ask(f"{base}/IncomingPhoneNumbers.json?{urlencode({'PhoneNumber': number})}", headers=login)
    except Unreachable as problem:
        return "wrong", f"Twilio does not tell where {number} leads. {problem}"
    found = _read(reply).get("incoming_phone_numbers") or []
    if not found:
        return (
            "wrong",
            f"{number} is not a number of this Twilio account. Buy it there or remove it under Settings, Lines & numbers.",
        )
    url, method = str(found[0].get("voice_url") or ""), str(found[0].get("voice_method") or "POST")
    if url != wanted or method != "POST":
        return (
            "wrong",
            f"At Twilio, calls to {number} go to {url or 'nobody'}{'' if method == 'POST' else f' by {method}'}. Enter {wanted} (HTTP POST) there as “A call comes in”.",
        )
    return "ok", f"calls to {number} come here"


def _read(reply: Reply) -> dict[str, Any]:
    try:
        held = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return {}
    return held if isinstance(held, dict) else {}
