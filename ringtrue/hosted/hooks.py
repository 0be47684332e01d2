"""What hosted engines tell us: `/engines/<engine>/<account>`. The signature is checked before anything is read.

A webhook only says that something happened: what is stored of a call is asked of the engine with our key (`taking_in.py`), so that
messages may come in any order, twice, late or never.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from asgiref.sync import async_to_sync
from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.calls.models import Call
from ringtrue.hosted import asking, jobs, provisioning, taking_in
from ringtrue.hosted.allowing import EngineRefused, settle_recording
from ringtrue.hosted.engine import NotUnderstood, Told
from ringtrue.hosted.finding import engines, part
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.numbers.reading import e164
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.subprocessors import NotRegistered
from ringtrue.reception import tickets
from ringtrue.reception.answering import CallRefused, open_call
from ringtrue.reception.handing_over import handed_to
from ringtrue.reception.models import LineWebhook

log = structlog.get_logger(__name__)

ASKED_AGAIN = timedelta(seconds=45)  # Retell asks up to three times, ten seconds apart
LARGEST = 4 * 1024 * 1024  # a report holds the whole call


@csrf_exempt
@require_POST
def hook(request: HttpRequest, engine: str, account_id: UUID) -> HttpResponse:
    account = verified(request, engine, account_id)
    if account is None:
        return HttpResponseForbidden()
    webhooks = part(engine, "webhooks")
    try:
        told: Told = webhooks.read(request.body)
    except NotUnderstood:
        return HttpResponse(status=400)
    if told.kind == "incoming":
        return JsonResponse(_incoming(webhooks, account, told))
    if told.kind == "transfer":
        return JsonResponse(_transfer(webhooks, account, told))
    if told.kind != "other":
        _happened(account, told)
    return JsonResponse({})


def verified(request: HttpRequest, engine: str, account_id: UUID) -> LineAccount | None:
    """The account, where the request is its engine's."""
    if engine not in engines() or int(request.headers.get("Content-Length") or 0) > LARGEST:
        return None
    with system_scope("an engine's request names the account, which tells the workspace"):
        account = LineAccount.objects.filter(id=account_id, line=engine).first()
    if account is not None and _signed(request, account):
        return account
    log.warning("webhook refused", line=engine)
    return None


def _signed(request: HttpRequest, account: LineAccount) -> bool:
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        return bool(part(account.line, "webhooks").signed(headers, request.body, credentials_of(account), time.time()))
    except InvalidToken:
        log.error("credentials cannot be read", line=account.line, account=str(account.id))
        return False


def _incoming(webhooks: Any, account: LineAccount, told: Told) -> Any:
    """Asked twice (engines do), the same question finds the call of the first time."""
    with workspace_scope(account.workspace_id):
        number = PhoneNumber.objects.select_related("agent").filter(line_account=account, number=e164(told.to_number)).first()
        if number is None or number.agent is None:
            return webhooks.decline()
        try:
            held = provisioning.in_step(account, number.agent)
            with transaction.atomic():  # of a call that is declined nothing stays
                call, ticket = _opened(account, number, told)
                records = settle_recording(call)
        except (CallRefused, EngineRefused, provisioning.NotThere, NotRegistered) as refusal:
            log.info("call refused", line=account.line, code=type(refusal).__name__)
            return webhooks.decline()
        return webhooks.accept(held.reference, str(call.id), ticket, records)


def _opened(account: LineAccount, number: PhoneNumber, told: Told) -> tuple[Call, str]:
    calls = Call.objects.filter(workspace_id=account.workspace_id, line=account.line)
    call, caller = None, e164(told.from_number)
    if told.reference:
        call = calls.filter(provider_ref=told.reference).first()
    elif caller:  # an engine that has no name for the call yet
        about = subject_for_number(account.workspace_id, caller)
        waiting = calls.filter(state="ringing", direction="inbound", provider_ref="", subject=about)
        call = waiting.filter(ticket__used_at=None, created_at__gt=timezone.now() - ASKED_AGAIN).first()
    if call is not None:
        return call, tickets.issue(call)
    assert number.agent is not None
    return open_call(
        number.agent, line=account.line, from_number=told.from_number, to_number=number.number, provider_ref=told.reference
    )


def _transfer(webhooks: Any, account: LineAccount, told: Told) -> Any:
    """To whom the brain of the call has just been given a permit, and to nobody else."""
    with workspace_scope(account.workspace_id):
        call = taking_in.find(account, told.call_id, told.reference)
        number = handed_to(call) if call is not None else ""
    return webhooks.put_through(number) if number else webhooks.nobody_there()


def _happened(account: LineAccount, told: Told) -> None:
    with workspace_scope(account.workspace_id):
        call = taking_in.find(account, told.call_id, told.reference)
        if call is None:
            return
        if told.last is not None:
            async_to_sync(asking.tell)(account.line, told.last)
        if not _once(account, told):
            return
        if told.reference and not call.provider_ref:
            Call.objects.filter(id=call.id, provider_ref="").update(provider_ref=told.reference)
        jobs.take_in.defer(workspace=str(account.workspace_id), call=str(call.id))


def _once(account: LineAccount, told: Told) -> bool:
    """True the first time that this event is seen."""
    try:
        with transaction.atomic():
            LineWebhook.objects.create(
                workspace_id=account.workspace_id, line=account.line, event_key=f"{account.line}:{account.id}:{told.key}"[:160],
                at=timezone.now(),
            )  # fmt: skip
    except IntegrityError:
        return False
    return True
