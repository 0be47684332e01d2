"""A call that an engine held, into our record: through the same scribe and the same gate as every other call.

Everything here may be done twice: events have fixed numbers, a call that is over stays over, a price is settled once.
"""

from __future__ import annotations

import structlog
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.dialing.placing import finish_transfers
from ringtrue.hosted import retelling, taking_sound
from ringtrue.hosted.engine import Whole
from ringtrue.hosted.finding import engines, part
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.media.scribe import Scribe
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import deleting_elsewhere
from ringtrue.reception.calling_out import dial_ended
from ringtrue.reception.closing_unserved import close_unserved
from ringtrue.reception.models import Ticket

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
        if whole.answered:
            _began(call, whole)
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


def _began(call: Call, whole: Whole) -> None:
    if engines()[call.line].model == "theirs" and _ours_to_tell(call):
        scribe = Scribe()
        if scribe.resume(str(call.id)):
            scribe.event(str(call.id), 1, retelling.answered(call.line, whole))


def _held(call: Call, account: LineAccount, whole: Whole) -> None:
    if engines()[call.line].model == "theirs":
        _retell(call, whole)
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


def _retell(call: Call, whole: Whole) -> None:
    if not _ours_to_tell(call):
        return
    name, scribe = str(call.id), Scribe()
    if not scribe.resume(name):
        return  # ended, or erased meanwhile
    session_call = scribe.call_of(name)
    assert session_call is not None
    for seq, event in enumerate(retelling.events(session_call, whole), 1):
        scribe.event(name, seq, event)


def _ours_to_tell(call: Call) -> bool:
    """The call's ticket is used up by us: nobody else serves the call."""
    with workspace_scope(call.workspace_id):
        Ticket.objects.filter(call=call, used_at__isnull=True).update(used_at=timezone.now())
        return Ticket.objects.filter(call=call).exists()
