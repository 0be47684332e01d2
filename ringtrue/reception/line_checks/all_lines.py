"""`ringtrue doctor line`: looks at the public address and at each connected line as a carrier would, and says what is wrong and what to do
about it. Places no call and stores nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken

from ringtrue.accounts.scoping import system_scope
from ringtrue.core.configuring import CONFIG
from ringtrue.core.doctoring import Finding, show
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.line_checks import sip
from ringtrue.reception.line_checks.address import address, media
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.reaching import Ask, ask


def main() -> int:
    print(f"The public address, {CONFIG.public_url}")
    at = (f"{CONFIG.host}:{CONFIG.port}", f"{CONFIG.host}:{CONFIG.media_port}")
    wrong = show(address(CONFIG.public_url, ask=ask, console=at[0], behind_proxy=CONFIG.behind_proxy))
    wrong += show(media(CONFIG.media_url, ask=ask, listens=at[1]))
    with system_scope("the doctor looks at the lines of every workspace"):
        accounts = list(LineAccount.objects.select_related("workspace").prefetch_related("numbers").order_by("created_at"))
    for account in accounts:
        print(f"\n{account.name} ({account.line}), of {account.workspace.name}")
        wrong += show(of_account(account, ask=ask))
    if not accounts:
        print("\nNo carrier and no telephone system is connected yet: Settings, Lines & numbers.")
    print("\nNothing is wrong." if not wrong else f"\n{wrong} thing(s) to put right.")
    return 1 if wrong else 0


def of_account(account: LineAccount, *, ask: Ask) -> Iterator[Finding]:
    try:
        held = credentials_of(account)
    except InvalidToken:
        yield (
            "wrong",
            "Its credentials cannot be read with the keys of this installation. Enter them again under Settings, Lines & numbers.",
        )
        return
    if finding.about(account.line).gateway == "sip":
        yield from sip.account(held, account.state, account.state_detail)
    looking: Any = finding.part(account.line, "looking")
    checking: Any = finding.part(account.line, "checking")
    if looking is not None:
        numbers = [number.number for number in account.numbers.all()]
        yield from looking.look(account.account_ref, held, numbers, public_url=CONFIG.public_url, ask=ask, now=time.time())
    elif checking is not None:
        verdict = checking.check(account.account_ref, held)
        yield {"good": "ok", "wrong": "wrong", "unknown": "note"}[verdict.state], verdict.sentence
