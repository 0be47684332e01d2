"""Who answered a call that we placed, as the carrier heard it. Our own detection (`voice/call/answering_machine.py`) listens in any case;
the carrier's is switched on for each of its accounts.
"""

from __future__ import annotations

from typing import cast

from ringtrue.calls.models import Call
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.models import Ticket
from ringtrue.voice.lines.carrier import AnsweredBy

NOT_FOR = ("errand", "transfer")  # a business's telephone menu is a machine too, and the errand goes through it


def wanted(account: LineAccount, purpose: str) -> str:
    """One of `LineAccount.DETECTION`."""
    return "" if purpose in NOT_FOR else account.machine_detection


def ask_for(call: Call, how: str) -> None:
    Ticket.objects.filter(call=call).update(machine_detection=how)


def note(call: Call, answered_by: str) -> bool:
    """False for a call that is over. Told twice, the first counts. Needs the scope."""
    rows = Ticket.objects.filter(call=call)
    rows.filter(answered_by="").update(answered_by=answered_by or "unsure")
    return rows.exists()


def found(call: Call) -> str:
    """What the carrier heard until now: "" while it listens, "unsure" where it cannot say, or `lines.carrier.AnsweredBy`. Needs the scope."""
    return Ticket.objects.filter(call=call).values_list("answered_by", flat=True).first() or ""


def for_order(call: Call) -> tuple[AnsweredBy, bool]:
    """(who answered, where the carrier has listened before it connected us; whether it listens beside the call). Needs the scope."""
    how, who = Ticket.objects.filter(call=call).values_list("machine_detection", "answered_by").first() or ("", "")
    return cast(AnsweredBy, who) if how == "before" and who != "unsure" else "", how == "beside"
