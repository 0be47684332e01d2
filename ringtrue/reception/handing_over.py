"""Where a call goes on that our agent has handed over, for whoever asks us: a carrier when our part is over (`voice/lines/asterisk`), a
hosted engine (`hosted/vapi`)."""

from __future__ import annotations

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls.models import Call
from ringtrue.dialing import gathering
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.placing import TRANSFER_CLAIM


def handed_to(call: Call) -> str:
    """The number (E.164) of the newest transfer that was permitted and is still open; "" where there is none. Of the attempt only a hash of
    its number is kept: it is one of the agent's own escalations. A colleague who is rung on a second leg has a reference of their own;
    the call itself may have had none yet."""
    with workspace_scope(call.workspace_id):
        claim = f"{TRANSFER_CLAIM}{call.id}:"
        attempts = Attempt.objects.filter(
            claim__startswith=claim, provider_ref__in=("", call.provider_ref), state="placed", closed_at__isnull=True
        )
        permitted = attempts.order_by("-at").values_list("number_hash", flat=True).first()
        numbers = [escalation.number for escalation in snapshot_of(call.agent_version).escalations]
        return next((number for number in numbers if gathering.hash_number(call.workspace_id, number) == permitted), "")
