"""Buying, taking over and giving back the numbers of a carrier's account.

    an order is written down -> a job asks the carrier -> the number stands here, answered by an agent, and the order is gone

A click that comes twice, an answer that was lost and a process that died all end alike: whoever carries the order out next asks the carrier
first whether the number is ours already, and only buys where it is not. All raise `voice.lines.buying.NumbersFailed`, whose words are for
the person who asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db.models import Q
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.numbers.connecting import credentials_of, hook_urls
from ringtrue.numbers.models import LineAccount, NumberOrder, PhoneNumber
from ringtrue.privacy import subprocessors
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.buying import AnswerLost, NumbersFailed, Offer, Owned, Wanted

UNDER_WAY = timedelta(seconds=30)  # an order this young is being carried out by somebody else
BY_ITSELF = timedelta(minutes=2)  # one that is older is looked after by the job


class Offered(NamedTuple):
    offers: list[Offer]
    price: str  # of a month; "" where the carrier does not tell


def search(account: LineAccount, wanted: Wanted) -> Offered:
    return Offered(_ask(account, "search", wanted), _ask(account, "price", wanted))


def owned(account: LineAccount) -> list[Owned]:
    """What the account has at the carrier, those in use here left out. Needs the scope."""
    here = set(PhoneNumber.objects.filter(line_account=account).exclude(reference="").values_list("number", flat=True))
    return [one for one in _ask(account, "owned") if one.number not in here]


def order(account: LineAccount, wanted: Wanted, number: str, agent_id: UUID | None, *, shown: str, actor: str) -> None:
    """`shown`: the price that the person saw; where it is another one now, nothing is bought. Asked for twice, it is one order. Needs the
    workspace's scope."""
    from ringtrue.numbers.jobs import carry_out as job

    if _ask(account, "price", wanted) != shown:
        raise NumbersFailed("The price has changed since it was shown. Search again.")
    if PhoneNumber.objects.filter(workspace_id=account.workspace_id, number=number).exclude(reference="").exists():
        return
    made, _ = NumberOrder.objects.update_or_create(
        workspace_id=account.workspace_id, number=number,
        defaults={"line_account": account, "agent": agent_id, "asked_by": actor, "price": shown, "problem": ""},
    )  # fmt: skip
    job.defer(order_id=str(made.id))


def carry_out(order_id: UUID | str, now: datetime | None = None) -> bool:
    """True when the number is ours now. Opens its own transactions."""
    at = now or timezone.now()
    with system_scope("a job knows only the order's id"):
        due = Q(tried_at=None) | Q(tried_at__lt=at - UNDER_WAY)
        one = (
            NumberOrder.objects.select_for_update(of=("self",))
            .select_related("line_account")
            .filter(due, id=order_id, problem="")
            .first()
        )
        if one is None:  # done, or somebody is at it
            return False
        tried_before = one.tried_at is not None
        NumberOrder.objects.filter(id=one.id).update(tried_at=at)
    try:
        bought = _found(one) if tried_before else None
        bought = bought or _ask(one.line_account, "buy", one.number, hook_urls(one.line_account.line))
    except AnswerLost:  # asked again, listing first, by the job that looks after orders
        return False
    except NumbersFailed as problem:
        with workspace_scope(one.workspace_id):
            NumberOrder.objects.filter(id=one.id).update(problem=str(problem))
        return False
    with workspace_scope(one.workspace_id):
        _keep(one, bought, "number.bought", price=one.price)
    return True


def forget(one: NumberOrder) -> None:
    """An order that failed. Needs the scope."""
    NumberOrder.objects.filter(id=one.id).exclude(problem="").delete()


def take_over(account: LineAccount, number: str, agent_id: UUID | None, *, actor: str) -> None:
    """A number that the account has already: from now on its calls come here. Needs the scope."""
    there = _ask(account, "owned", number)
    if not there:
        raise NumbersFailed("The account does not have this number any more.")
    _ask(account, "configure", there[0].reference, hook_urls(account.line))
    as_ordered = NumberOrder(
        workspace_id=account.workspace_id, line_account=account, number=there[0].number, agent=agent_id, asked_by=actor
    )
    _keep(as_ordered, there[0], "number.taken_over")


def release(number: PhoneNumber, typed: str, *, actor: str) -> None:
    """For good: somebody else may get it next. `typed`: the number, written again by whoever wants that. Needs the scope."""
    if not number.reference:
        raise NumbersFailed("This number was only written down here. It is given back in the carrier's own console.")
    if "".join(filter(str.isdigit, typed)) != number.number.lstrip("+"):
        raise NumbersFailed("Type the whole number, with its country code, to give it back.")
    _ask(number.line_account, "release", number.reference)
    audit.record("number.released", actor=actor, workspace_id=number.workspace_id, target=f"phone_number:{number.id}")
    number.delete()


def look_after_orders(now: datetime | None = None) -> int:
    """Orders whose answer was lost, or whose process died. Returns how many numbers were found or bought."""
    at = now or timezone.now()
    with system_scope("a process may have died in any workspace"):
        left = NumberOrder.objects.filter(problem="", asked_at__lt=at - BY_ITSELF)
        orders = list(left.values_list("id", flat=True)[:100])
    return sum(carry_out(one, at) for one in orders)


def _found(one: NumberOrder) -> Owned | None:
    there: list[Owned] = _ask(one.line_account, "owned", one.number)
    return there[0] if there else None


def _keep(one: NumberOrder, held: Owned, what: str, **more: Any) -> None:
    row, _ = PhoneNumber.objects.update_or_create(
        workspace_id=one.workspace_id, number=held.number,
        defaults={"line_account": one.line_account, "agent_id": one.agent, "reference": held.reference},
    )  # fmt: skip
    NumberOrder.objects.filter(workspace_id=one.workspace_id, number=held.number).delete()
    audit.record(
        what,
        actor=one.asked_by,
        workspace_id=one.workspace_id,
        target=f"phone_number:{row.id}",
        line=one.line_account.line,
        **more,
    )


def _ask(account: LineAccount, what: str, *given: Any) -> Any:
    module: Any = finding.part(account.line, "buying")
    if not hasattr(module, what):
        raise NumbersFailed("Numbers of this carrier are bought and given back in its own console.")
    try:
        with workspace_scope(account.workspace_id):
            subprocessors.require(account.workspace_id, account.line)
        credentials = credentials_of(account)
    except subprocessors.NotRegistered as refused:
        raise NumbersFailed(str(refused)) from None
    except InvalidToken:
        raise NumbersFailed("The account's credentials cannot be read. Connect it again under Lines & numbers.") from None
    return getattr(module, what)(account.account_ref, credentials, *given)
