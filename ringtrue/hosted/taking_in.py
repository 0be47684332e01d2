"""What an engine tells of a call when it is over, into our record: how it ended, its sound, its price. What was said is there already,
for we said half of it and were told the rest.

Everything here may be done twice: a call that is over stays over, a piece of sound is kept once, a price is settled once.
"""

from __future__ import annotations

import structlog

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.dialing.placing import finish_transfers
from ringtrue.hosted import taking_sound
from ringtrue.hosted.engine import Whole
from ringtrue.hosted.finding import part
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import deleting_elsewhere
from ringtrue.reception.calling_out import dial_ended
from ringtrue.reception.closing_unserved import close_unserved

log = structlog.get_logger(__name__)


class NotYet(Exception):
    """The engine has not told enough; to be asked again. `str(self)` is a code of ours."""


def find(account: LineAccount, call_id: str, reference: str) -> Call | None:
    """By our own id where the engine tells it, else by its name of the call. Needs the workspace's scope."""
    calls = Call.objects.filter(workspace_id=account.workspace_id, line=account.line)
    try:
        ours = calls.filter(id=call_id).first() if call_id else None
    except ValueError:
        ours = None
    return ours or (calls.filter(provider_ref=reference).first() if reference else None)


def take_in(call: Call) -> None:
    """What the engine knows of the call by now. Opens its own scopes. Raises NotYet."""
    with workspace_scope(call.workspace_id):
        account = LineAccount.objects.filter(workspace_id=call.workspace_id, line=call.line).first()
    if account is None or not call.provider_ref:
        raise NotYet("no_account" if account is None else "no_reference")
    try:
        whole: Whole = part(call.line, "calls").fetch(credentials_of(account), call.provider_ref)
    except (Refused, Silent) as problem:
        raise NotYet(str(problem)) from None
    if not whole.over:
        return
    if whole.answered:
        _held(call, account, whole)
    else:
        _never_answered(call, whole)
    with workspace_scope(call.workspace_id):
        # Our record is whole: nothing of the call stays there.
        deleting_elsewhere.ask(
            call.workspace_id, provider=call.line, kind="call", reference=call.provider_ref, account=str(account.id),
            call_id=call.id, subject_id=call.subject_id,
        )  # fmt: skip


def _held(call: Call, account: LineAccount, whole: Whole) -> None:
    if call.state == "ringing":  # answered there, and nobody here was asked for a word
        close_unserved(call, failed=True)
    with workspace_scope(call.workspace_id):
        call.refresh_from_db()
    if call.state != "ended":
        raise NotYet("still_served")  # the loop is writing its last words
    if whole.sound is not None:
        taking_sound.take(call, whole, credentials_of(account))
    cost = round((whole.cost_usd or 0) * 1_000_000)
    with workspace_scope(call.workspace_id):
        Call.objects.filter(id=call.id, cost_micros=0).update(cost_micros=cost)
    finish_transfers(call.id, call.workspace_id)
    if call.direction == "outbound":
        dial_ended(call.line, call.provider_ref, answered=True, cost_micros=cost if whole.cost_usd is not None else None)


def _never_answered(call: Call, whole: Whole) -> None:
    failed = whole.reason == "line_failed"
    if call.direction == "outbound":
        dial_ended(call.line, call.provider_ref, answered=False, busy=whole.reason == "busy", failed=failed, why=whole.reason)
    else:
        close_unserved(call, failed=failed)
