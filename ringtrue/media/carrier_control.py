"""Call control by a carrier's API, on the scribe's side: the loop never sees a carrier's credentials."""

from __future__ import annotations

from importlib import import_module

import structlog
from cryptography.fernet import InvalidToken

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.calls.recording import kept_numbers
from ringtrue.numbers.connecting import credentials_of, hook_urls
from ringtrue.numbers.models import LineAccount
from ringtrue.voice.lines.carrier import ControlFailed

log = structlog.get_logger(__name__)


def control(call: Call, action: str, number: str = "") -> None:
    """`action`: "transfer" to `number` (the caller has checked that it may be), or "hang_up". Raises ControlFailed."""
    try:
        carrier = import_module(f"ringtrue.voice.lines.{call.line}.controlling")
    except ModuleNotFoundError:
        raise ControlFailed("line_cannot") from None
    account = _account_of(call)
    if account is None:
        raise ControlFailed("no_account")
    try:
        credentials = credentials_of(account)
    except InvalidToken:
        raise ControlFailed("credentials_unreadable") from None
    if action == "transfer":
        carrier.transfer(
            account.account_ref, credentials, call.provider_ref, number, after_url=hook_urls(call.line)["transferred"]
        )
    elif action == "hang_up":
        carrier.hang_up(account.account_ref, credentials, call.provider_ref)
    else:
        raise ControlFailed("no_such_action")
    log.info("carrier told", call=str(call.id), action=action)


def _account_of(call: Call) -> LineAccount | None:
    """The account that the called number belongs to."""
    numbers = kept_numbers(call)
    ours = numbers.get("to_number" if call.direction == "inbound" else "from_number", "")
    with workspace_scope(call.workspace_id):
        accounts = LineAccount.objects.filter(workspace_id=call.workspace_id, line=call.line)
        return accounts.filter(numbers__number=ours).first()
