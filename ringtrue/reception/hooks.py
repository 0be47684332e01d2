"""What carriers tell us: `/hooks/<line>/<what>`. The signature is checked before anything is believed or stored.

Which document answers is decided here; how it is written is the line's own folder's matter.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.calls.models import Call
from ringtrue.dialing.placing import finish_transfers
from ringtrue.numbers.connecting import credentials_of, hook_urls
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.numbers.reading import e164
from ringtrue.reception import costing, detecting_machines, texting, tickets
from ringtrue.reception.answering import CallRefused, may_answer, open_call
from ringtrue.reception.calling_out import dial_ended
from ringtrue.reception.closing_unserved import close_unserved
from ringtrue.reception.handing_over import handed_to
from ringtrue.reception.models import LineWebhook
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.carrier import Answer, CarrierEvent, NotUnderstood, Webhook

log = structlog.get_logger(__name__)

LARGEST = 64 * 1024
SORRY = "We are sorry, this call cannot be taken right now. Please try again later. Goodbye."
NOT_IN_SERVICE = "We are sorry, nobody answers calls to this number. Goodbye."
NOBODY_THERE = "We are sorry, nobody could take your call. Please try again later. Goodbye."
PARTS = ("signing", "webhooks", "answering")  # what the folder of a line has that is told of calls by webhooks


class Documents(Protocol):
    """A line's module `answering`."""

    def connect(self, media_url: str, ticket: str, after_url: str) -> Answer: ...
    def say(self, sentence: str) -> Answer: ...
    def hang_up(self) -> Answer: ...
    def nothing(self) -> Answer: ...


@runtime_checkable
class HandsOver(Protocol):
    """`answering` of a line whose carrier is not told of a transfer: it asks where the call goes on when our part is over."""

    def hand_over(self, number: str) -> Answer: ...


class Line(NamedTuple):
    name: str
    signing: Any
    webhooks: Any
    answering: Documents


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, line: str, what: str) -> HttpResponse:
    carrier = _line(line)
    if carrier is None:
        return HttpResponseNotFound()
    if request.method == "GET":
        return _greeted(carrier, request)
    if len(request.body) > LARGEST:
        return HttpResponseForbidden()
    webhook = _webhook(request)
    accounts = _accounts_that_signed(carrier, webhook)
    if not accounts:
        log.warning("webhook refused", line=line, what=what)
        return HttpResponseForbidden()
    try:
        event = carrier.webhooks.read(what, webhook)
    except NotUnderstood:
        return HttpResponseNotFound()
    answer = _ANSWERS[event.kind](carrier, accounts, event)
    return HttpResponse(answer.body, content_type=answer.content_type)


def _line(name: str) -> Line | None:
    parts: list[Any] = [finding.part(name, part) for part in PARTS]
    return None if None in parts else Line(name, *parts)


def _greeted(carrier: Line, request: HttpRequest) -> HttpResponse:
    """A carrier that asks whether the address is ours hears what it wants to hear; it learns nothing by it."""
    greeting = getattr(carrier.webhooks, "greeting", None)
    words = greeting({name: request.GET.getlist(name) for name in request.GET}) if greeting else None
    return HttpResponseNotAllowed(["POST"]) if words is None else HttpResponse(words[:200], content_type="text/plain")


def _webhook(request: HttpRequest) -> Webhook:
    form: dict[str, list[str]] = {}
    if "form-urlencoded" in (request.content_type or ""):
        with contextlib.suppress(ValueError):
            form = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=200)
    # Behind a proxy our own idea of the address may differ.
    return Webhook(url=settings.PUBLIC_URL + request.get_full_path(), headers=request.headers, body=request.body, form=form)


def _accounts_that_signed(carrier: Line, webhook: Webhook) -> list[LineAccount]:
    """Accounts with this reference whose own secret made the signature. Two workspaces may name the same account; only the
    one that knows its secret is believed."""
    reference = carrier.webhooks.account_ref(webhook)
    if not reference:
        return []
    with system_scope("a webhook names the carrier's account, which tells the workspace"):
        known = list(LineAccount.objects.filter(line=carrier.name, account_ref=reference)[:20])
    found = []
    for account in known:
        try:
            credentials = credentials_of(account)
        except InvalidToken:
            log.error("credentials cannot be read", line=carrier.name, account=str(account.id))
            continue
        if carrier.signing.signed(webhook, credentials):
            found.append(account)
    return found


def _incoming(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    number = _number(accounts, event)
    if number is None or number.agent_id is None:
        return carrier.answering.say(NOT_IN_SERVICE)
    with workspace_scope(number.workspace_id):
        agent = Agent.objects.get(id=number.agent_id)
        try:
            may_answer(agent)
        except CallRefused as refusal:
            log.info("call refused", line=carrier.name, code=str(refusal))
            return carrier.answering.say(NOT_IN_SERVICE)
        return _connect(carrier, agent, event)


def _connect(carrier: Line, agent: Agent, event: CarrierEvent) -> Answer:
    """Sent twice (carriers do), the same webhook finds the call of the first time."""
    call = Call.objects.filter(line=carrier.name, provider_ref=event.call_ref).first()
    if call is None:
        if _over_already(carrier, event):
            return carrier.answering.hang_up()
        _, token = open_call(
            agent,
            line=carrier.name,
            from_number=event.from_number,
            to_number=event.to_number,
            direction=event.direction,
            provider_ref=event.call_ref,
        )
    elif call.state == "ringing" and call.ticket.used_at is None:
        token = tickets.issue(call)
    else:
        return carrier.answering.hang_up()
    return carrier.answering.connect(f"{settings.MEDIA_SOCKET_URL}/{carrier.name}", token, hook_urls(carrier.name)["after"])


def _over_already(carrier: Line, event: CarrierEvent) -> bool:
    """The caller had hung up before this webhook came through."""
    return LineWebhook.objects.filter(line=carrier.name, event_key=_over_key(event)).exists()


def _status(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    call = _call(accounts, carrier, event)
    workspace_id = call.workspace_id if call else accounts[0].workspace_id
    over = event.status in ("completed", "busy", "no_answer", "failed", "canceled")
    with workspace_scope(workspace_id):
        new = _once(workspace_id, carrier.name, event.event_key)
        if over:
            _once(workspace_id, carrier.name, _over_key(event))
    if new and over and event.direction == "outbound":
        answered = event.status == "completed"
        dial_ended(carrier.name, event.call_ref, answered=answered, busy=event.status == "busy", failed=event.status == "failed")
    if new and over and call is not None:
        if event.status == "completed" and event.direction == "inbound":
            account = next(account for account in accounts if account.workspace_id == call.workspace_id)
            costing.await_cost(call.workspace_id, carrier.name, account.id, event.call_ref)
        close_unserved(call, failed=event.status == "failed")
        if isinstance(carrier.answering, HandsOver):
            finish_transfers(call.id, call.workspace_id, answered=event.status == "completed")
    return carrier.answering.nothing()


def _answered(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    """Somebody or something answered a call that we placed, and the carrier has listened before it connects us."""
    call = _call(accounts, carrier, event)
    if call is None or call.direction != "outbound":
        return carrier.answering.hang_up()
    with workspace_scope(call.workspace_id):
        if not detecting_machines.note(call, event.answered_by) or event.answered_by == "fax":
            close_unserved(call, failed=False, reason="no_answer")
            return carrier.answering.hang_up()
        return _connect(carrier, call.agent_version.agent, event)


def _detected(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    call = _call(accounts, carrier, event)
    if call is not None:
        with workspace_scope(call.workspace_id):
            detecting_machines.note(call, event.answered_by)
    return carrier.answering.nothing()


def _text(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    """Each workspace with this number gets it once; the carrier answers a STOP by itself, so we say nothing."""
    with system_scope("the number written to tells the workspace; only numbers of accounts that signed are looked at"):
        numbers = list(PhoneNumber.objects.filter(number=e164(event.to_number), line_account__in=accounts))
    for number in numbers:
        with workspace_scope(number.workspace_id):
            if _once(number.workspace_id, carrier.name, f"{event.event_key}:{number.id}"[:160]):
                texting.received(number.workspace_id, number, event)
    return carrier.answering.nothing()


def _text_status(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    texting.note_status({account.workspace_id for account in accounts}, event)
    return carrier.answering.nothing()


def _media_ended(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    """Our stream is over. Where nobody ever served the call (no room, a dead process), the caller at least hears it said."""
    call = _call(accounts, carrier, event)
    if call is not None and close_unserved(call, failed=True):
        return carrier.answering.say(SORRY)
    if call is not None and isinstance(carrier.answering, HandsOver):
        number = handed_to(call)
        if number:
            return carrier.answering.hand_over(number)
    return carrier.answering.hang_up()


def _transfer_ended(carrier: Line, accounts: list[LineAccount], event: CarrierEvent) -> Answer:
    call = _call(accounts, carrier, event)
    if call is not None:
        finish_transfers(call.id, call.workspace_id)
    if event.status in ("completed", "in_progress"):
        return carrier.answering.hang_up()
    return carrier.answering.say(NOBODY_THERE)


_ANSWERS: dict[str, Callable[[Line, list[LineAccount], CarrierEvent], Answer]] = {
    "incoming": _incoming,
    "status": _status,
    "media_ended": _media_ended,
    "transfer_ended": _transfer_ended,
    "answered": _answered,
    "detected": _detected,
    "text": _text,
    "text_status": _text_status,
}


def _number(accounts: list[LineAccount], event: CarrierEvent) -> PhoneNumber | None:
    ours = e164(event.to_number if event.direction == "inbound" else event.from_number)
    with system_scope("the called number tells which agent answers; only numbers of accounts that signed are looked at"):
        return PhoneNumber.objects.filter(number=ours, line_account__in=accounts).order_by("id").first()


def _call(accounts: list[LineAccount], carrier: Line, event: CarrierEvent) -> Call | None:
    with system_scope("a webhook names the call by the carrier's reference; only workspaces whose account signed are looked at"):
        workspaces = {account.workspace_id for account in accounts}
        return Call.objects.filter(workspace_id__in=workspaces, line=carrier.name, provider_ref=event.call_ref).first()


def _once(workspace_id: UUID, line: str, key: str) -> bool:
    """True the first time that this event is seen."""
    try:
        with transaction.atomic():
            LineWebhook.objects.create(workspace_id=workspace_id, line=line, event_key=key)
    except IntegrityError:
        return False
    return True


def _over_key(event: CarrierEvent) -> str:
    return f"over:{event.account_ref}:{event.call_ref}"
