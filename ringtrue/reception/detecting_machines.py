"""Who answered a call that we placed, as the carrier heard it. Our own detection (`voice/call/answering_machine.py`) listens in any case;
the carrier's is switched on for each of its accounts.
"""

from __future__ import annotations

from ringtrue.calls.models import Call
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.models import Ticket

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


def found(call: Call) -> tuple[str, str]:
    """(how the carrier listens, what it found until now: "", "unsure" or `lines.carrier.AnsweredBy`). Needs the scope."""
    held = Ticket.objects.filter(call=call).values_list("machine_detection", "answered_by").first()
    return held or ("", "")
