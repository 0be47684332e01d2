"""A number of the business that was not bought here may be shown when its agents call, once somebody has shown that they answer it: an agent
calls it and tells a code, which is entered on the page. The call goes by the permit like every other."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import DAY, HOUR, Window
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.calls.models import Call
from ringtrue.core import audit
from ringtrue.core.encrypting import lock_credentials, unlock_credentials
from ringtrue.dialing import gathering
from ringtrue.dialing.models import CallerIdCode, VerifiedCallerId
from ringtrue.numbers.reading import e164
from ringtrue.reception.answering import CallRefused
from ringtrue.reception.calling_out import CannotCall, call_out
from ringtrue.voice.agent import Mission

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
PER_NUMBER = (Window(3, HOUR), Window(6, DAY))


class NotVerified(Exception):
    """`str(self)` is a sentence for the person at the form."""


def ask_for(agent: Agent, text: str, by: str) -> CallerIdCode:
    """Make a code for this number, to be told by `tell`. Needs the scope. Raises NotVerified."""
    number = e164(text, str(agent.draft.get("country", "")))
    if not number:
        raise NotVerified("This is not a telephone number. Write it with its country, such as +1 212 555 0142.")
    if number in gathering.numbers_to_show(agent.workspace_id):
        raise NotVerified("This number may be shown already.")
    try:
        limiting.take("caller_id.number", number, PER_NUMBER)
    except limiting.TooMany:
        raise NotVerified("This number was called for a code several times already. Try again later.") from None
    CallerIdCode.objects.filter(workspace_id=agent.workspace_id).delete()  # one at a time
    made = CallerIdCode.objects.create(
        workspace_id=agent.workspace_id, agent=agent, number=number, expires_at=timezone.now() + GOOD_FOR,
        locked=lock_credentials({"code": f"{secrets.randbelow(10**6):06d}"}),
    )  # fmt: skip
    audit.record("caller_id.asked", actor=by, workspace_id=agent.workspace_id, target=f"caller_id_code:{made.id}")
    return made


def tell(workspace_id: UUID, code_id: UUID) -> None:
    """Let its agent call the number. Opens its own transactions; safe to repeat: the claim is dialed once."""
    with workspace_scope(workspace_id):
        made = CallerIdCode.objects.select_related("agent__workspace").filter(id=code_id).first()
    if made is None or made.call is not None:
        return
    try:
        call, placed = call_out(
            made.agent, made.number, purpose="errand", party="business", claim=f"caller-id:{made.id.hex}", topic="caller-id",
            opened=lambda call: _note(made, call=call.id),
        )  # fmt: skip
        words = "" if call is not None or placed.state == "claimed_before" else placed.verdict.words
    except (CannotCall, CallRefused) as why:
        words = why.words if isinstance(why, CallRefused) else str(why)
    if words:
        with workspace_scope(workspace_id):
            _note(made, words=words)


def _note(made: CallerIdCode, **found: Any) -> None:
    CallerIdCode.objects.filter(id=made.id).update(**found)


def open_code(workspace_id: UUID) -> CallerIdCode | None:
    """The one whose code is waited for. Needs the scope."""
    return CallerIdCode.objects.filter(
        workspace_id=workspace_id, expires_at__gt=timezone.now(), tries__lt=TRIES, words=""
    ).first()


def not_called(workspace_id: UUID) -> CallerIdCode | None:
    """The one whose number was not called; `words` say why. Needs the scope."""
    return CallerIdCode.objects.filter(workspace_id=workspace_id).exclude(words="").first()


def enter(workspace_id: UUID, text: str, by: str) -> VerifiedCallerId:
    """Needs the scope. Raises NotVerified."""
    waiting = open_code(workspace_id)
    if waiting is None:
        raise NotVerified("This code is no longer good. Let the number be called again.")
    code = str(unlock_credentials(waiting.locked)["code"])
    if not secrets.compare_digest("".join(c for c in text if c.isascii() and c.isdigit()), code):
        waiting.tries += 1
        waiting.save(update_fields=["tries"])
        raise NotVerified("That is not the code that was told.")
    waiting.delete()
    verified, _ = VerifiedCallerId.objects.get_or_create(
        workspace_id=workspace_id, number=waiting.number, defaults={"proof": "a code told in a call to it"}
    )
    audit.record("caller_id.verified", actor=by, workspace_id=workspace_id, target=f"caller_id:{verified.id}")
    return verified


def remove(verified: VerifiedCallerId, by: str) -> None:
    """Calls that would show it are refused from now on. Needs the scope."""
    audit.record("caller_id.removed", actor=by, workspace_id=verified.workspace_id, target=f"caller_id:{verified.id}")
    verified.delete()


def mission_for(call: Call) -> Mission | None:
    """None for a call that tells no code. Needs the scope."""
    waiting = CallerIdCode.objects.filter(call=call.id).first()
    if waiting is None:
        return None
    code = f"The code is {', '.join(str(unlock_credentials(waiting.locked)['code']))}."
    reason = "Somebody asked that your number is shown when we call. If it was not you, tell the code to nobody."
    return Mission(goal="code", reason=f"{reason} {code}", facts=code)
