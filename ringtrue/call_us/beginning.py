"""A call from a button: whose page may ask for one, how often, how many at once; and the ticket, bound to the page's origin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import DAY, HOUR, MINUTE, Window
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.call_us.models import ButtonCall, CallButton
from ringtrue.calls.models import Call
from ringtrue.reception.answering import CallRefused, open_call
from ringtrue.reception.tickets import LIFETIME, TicketRefused

log = structlog.get_logger(__name__)

LINE = "website"
PER_ADDRESS = (Window(6, 10 * MINUTE), Window(30, DAY))
PER_BUTTON = (Window(120, HOUR),)
AT_ONCE_PER_ADDRESS = 2
REMEMBERED_S = 2 * HOUR  # longer than a call


class NoCall(Exception):
    """`str(self)`: "unknown", "off", "origin", "too_often", "busy" or "not_now"."""


def find(key: str, origin: str) -> CallButton:
    """The button, for a page of this origin. Raises NoCall."""
    with system_scope("a web site names the button by its key"):
        button = CallButton.objects.select_related("agent", "workspace").filter(key=key).first()
    if button is None:
        raise NoCall("unknown")
    if origin not in button.origins:
        log.warning("button refused", button=str(button.id), code="origin")
        raise NoCall("origin")
    if not button.on:
        raise NoCall("off")
    return button


def begin(button: CallButton, origin: str, address: str) -> str:
    """The token of a ticket for one call (`reception.tickets`). address: of the visitor; it is counted, and not kept. Raises NoCall."""
    visitor = f"{button.id} {address}"
    try:
        limiting.take("call_us.address", visitor, PER_ADDRESS)
        limiting.take("call_us.button", str(button.id), PER_BUTTON)
    except limiting.TooMany:
        raise NoCall("too_often") from None
    theirs = limiting.redis_key("call_us", limiting.hidden(visitor))
    with workspace_scope(button.workspace_id):
        CallButton.objects.select_for_update().get(id=button.id)  # of two at the same moment the second sees the first
        if _going_on(ButtonCall.objects.filter(button=button).values_list("call_id", flat=True)) >= button.at_once:
            raise NoCall("busy")
        if _going_on(limiting.client().smembers(theirs)) >= AT_ONCE_PER_ADDRESS:
            raise NoCall("too_often")
        try:
            call, token = open_call(button.agent, line=LINE)
        except CallRefused as why:
            log.warning("button refused", button=str(button.id), code=str(why))
            raise NoCall("not_now") from None
        ButtonCall.objects.create(workspace_id=button.workspace_id, button=button, call=call, label=button.label, origin=origin)
    limiting.client().sadd(theirs, str(call.id))
    limiting.client().expire(theirs, REMEMBERED_S)
    return token


def _going_on(calls: Iterable[UUID | str]) -> int:
    """Of these calls, those that run or may still begin."""
    began = timezone.now()
    ringing = Q(state="ringing", created_at__gt=began - LIFETIME)
    return Call.objects.filter(
        Q(state="live") | ringing, id__in=calls, created_at__gt=began - timedelta(seconds=REMEMBERED_S)
    ).count()


def check(call_id: UUID, origin: str) -> None:
    """The page that connects is the one that asked, and the button is still on. Needs the scope. Raises TicketRefused."""
    row = ButtonCall.objects.select_related("button").filter(call_id=call_id).first()
    if row is None or row.button is None or not row.button.on:
        raise TicketRefused("switched_off")
    if origin != row.origin or origin not in row.button.origins:
        raise TicketRefused("wrong_origin")
