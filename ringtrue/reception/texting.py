"""Text messages: the confirmation of a booking that a caller wanted, and what people write to our numbers.

    a row, in the transaction of the yes -> a job -> a last look at the do-not-call list, under the number's lock -> the carrier -> sent

A message is handed to a carrier once: one whose answer was lost is never sent again. Who writes STOP is on the do-not-call list of the
business before the carrier gets its answer, for calls as for messages.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current, snapshot_of
from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking
from ringtrue.calls.models import Call
from ringtrue.calls.recording import kept_numbers
from ringtrue.dialing import texting as permits
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.notifications.telling import TextNews, tell_text
from ringtrue.numbers.connecting import credentials_of, hook_urls
from ringtrue.numbers.models import PhoneNumber
from ringtrue.numbers.reading import e164
from ringtrue.privacy import subprocessors
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.policy import effective
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import KeyDestroyed, open_json, seal_json
from ringtrue.reception.models import TextMessage, TextSettings
from ringtrue.voice.agent import TEXT_QUESTION
from ringtrue.voice.brains.phrases import recognise
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.carrier import CarrierEvent
from ringtrue.voice.lines.texting import TextDeferred, TextFailed, TextOrder, TextUnknown

log = structlog.get_logger(__name__)

TEXT = "reception.TextMessage"
AGAIN = timedelta(minutes=5)
LATEST = timedelta(hours=12)  # a confirmation that could not be sent until then is not sent any more
STALE = timedelta(minutes=10)  # a process died while it sent: nobody knows whether it was
STOP = re.compile(r"^\W*(stop|stop ?all|unsubscribe|cancel|end|quit|opt ?out|revoke)\W*$", re.IGNORECASE)
"""Twilio's own words (https://help.twilio.com/articles/223134027), which no answer of a person stands for otherwise."""
LONGEST = 1600


def offers(call: Call) -> bool:
    """Whether who books in this call is asked: the business wants it, and our number in it can send. Needs the scope."""
    on = TextSettings.objects.filter(agent_id=call.agent_version.agent_id).exists()
    able = on and not call.is_test and keeps(call.storage_mode).bookings and _ours(call) is not None
    return able and (snapshot_of(call.agent_version).brain != "model" or bool(_theirs(call)))


def confirm_booking(call: Call) -> bool:
    """Who booked in this call wants it in writing. False where there is no booking or no number. Once for each booking. Needs the scope."""
    from ringtrue.reception.jobs import send_text

    made = Booking.objects.filter(call_id=call.id, state="booked").select_related("calendar").order_by("created_at").last()
    ours, agent = _ours(call), snapshot_of(call.agent_version)
    if made is None or ours is None:
        return False
    # A model may have put any number into the booking; else it was read back to the caller.
    number = _theirs(call) if agent.brain == "model" else e164(bookings.who(made).get("number", ""), agent.country)
    if not number:
        return False
    at = made.starts_at.astimezone(ZoneInfo(agent.time_zone))
    when = (
        f"{at:%A} {at.day} {at:%B at %H:%M}"
        if agent.language == "en-GB"
        else f"{at:%A, %B} {at.day} at {at.hour % 12 or 12}:{at:%M %p}"
    )
    words = f"{agent.business}: your appointment ({made.service}) is on {when}. Reply STOP to get no more messages."
    subject = subject_for_number(call.workspace_id, number)
    row = TextMessage(
        workspace_id=call.workspace_id, subject=subject, call=call.id, number=ours, direction="out", once=f"booking:{made.id}"
    )
    row.sealed = seal_json(
        call.workspace_id, subject.id, TEXT, row.id, {"number": number, "text": words, "agreed_to": TEXT_QUESTION}
    )
    if TextMessage.objects.filter(workspace_id=call.workspace_id, once=row.once).exists():
        return True
    row.save(force_insert=True)
    send_text.defer(message_id=str(row.id))
    return True


def send(message_id: UUID | str, now: datetime | None = None) -> str:
    """One try. Returns the state after it; "" when it was not due. Opens its own transactions."""
    at = now or timezone.now()
    with system_scope("a job knows only the message's id"):
        due = TextMessage.objects.filter(id=message_id, state="waiting", next_at__lte=at)
        if not due.update(state="sending", next_at=at + STALE):
            return ""
        row = TextMessage.objects.select_related("number__line_account").get(id=message_id)
    with workspace_scope(row.workspace_id):
        return _send(row, at)


def _send(row: TextMessage, at: datetime) -> str:
    try:
        held = open_json(row.workspace_id, row.subject_id, TEXT, row.id, row.sealed)
        number = row.number
        if number is None:
            return _mark(row, "failed", "no_number")
        account = number.line_account
        module: Any = finding.part(account.line, "messages")
        if module is None or at - row.created_at > LATEST:
            return _mark(row, "failed", "too_late" if module else "line_cannot")
        subprocessors.require(row.workspace_id, account.line)
        if code := permits.refusal(row.workspace_id, held["number"]):
            return _mark(row, "refused", code)
        order = TextOrder(
            number=held["number"], ours=number.number, text=held["text"], status_url=hook_urls(account.line)["text-status"]
        )
        reference = module.send(account.account_ref, credentials_of(account), order)
    except (KeyDestroyed, InvalidToken, subprocessors.NotRegistered) as problem:
        return _mark(row, "failed", type(problem).__name__)
    except TextDeferred:
        TextMessage.objects.filter(id=row.id).update(state="waiting", next_at=at + AGAIN)
        return "waiting"
    except TextUnknown:
        return _mark(row, "unknown", "no_answer_from_carrier")
    except TextFailed as problem:
        if problem.opted_out:
            # Afterwards: two that hold this transaction's shared lock and want it alone would wait for each other.
            transaction.on_commit(lambda: stop_calling_number(row.workspace_id, held["number"], "text") and None)
        return _mark(row, "failed", "opted_out" if problem.opted_out else str(problem))
    return _mark(row, "sent", reference=reference)


def take_up(now: datetime | None = None) -> None:
    """Messages whose time has come, and those whose process died while it sent: of these nobody knows, and they are not sent again."""
    at = now or timezone.now()
    with system_scope("messages of every workspace are sent by one job"):
        TextMessage.objects.filter(state="sending", next_at__lt=at).update(state="unknown", code="process_died")
        due = list(TextMessage.objects.filter(state="waiting", next_at__lte=at).values_list("id", flat=True)[:200])
    for one in due:
        send(one, at)


def note_status(workspace_ids: set[UUID], event: CarrierEvent) -> None:
    """What the carrier tells of one that we sent, in any order: nothing follows "delivered" or "failed"."""
    with system_scope(
        "a webhook names the message by the carrier's reference; only workspaces whose account signed are looked at"
    ):
        rows = TextMessage.objects.filter(workspace_id__in=workspace_ids, direction="out", reference=event.call_ref)
        if event.text_status in ("delivered", "failed"):
            rows.filter(Q(state="sent") | Q(state="unknown")).update(state=event.text_status, code=event.code[:30])


def received(workspace_id: UUID, number: PhoneNumber, event: CarrierEvent) -> bool:
    """Somebody wrote to our number. True where it was a wish not to be contacted any more. Needs the scope; once for each message."""
    sender = e164(event.from_number)
    if not sender:
        return False
    stops = bool(STOP.match(event.text)) or "opt_out" in recognise(event.text)
    if stops:
        stop_calling_number(workspace_id, sender, "text")
    subject = subject_for_number(workspace_id, sender)
    row = TextMessage(
        workspace_id=workspace_id, subject=subject, number=number, direction="in", state="received", reference=event.call_ref,
        once=f"in:{event.call_ref}", code="opt_out" if stops else "",
    )  # fmt: skip
    allowed = keeps(str(effective(workspace_id, "storage.mode").value))
    kept = allowed.messages and not allowed.redacted  # otherwise only that somebody wrote
    row.sealed = seal_json(
        workspace_id, subject.id, TEXT, row.id, {"number": sender, "text": event.text[:LONGEST]} if kept else {"number": sender}
    )
    row.save(force_insert=True)
    if not stops:
        _tell_business(row, number)
    log.info("text received", message=str(row.id), stops=stops)
    return stops


def _tell_business(row: TextMessage, number: PhoneNumber) -> None:
    """By mail, with what it says only where that is kept and mails may say so."""
    held = what_it_says(row)
    told = held if "text" in held and effective(row.workspace_id, "notifications.detail").value != "link_only" else {}
    version = current(number.agent) if number.agent is not None else None
    agent = snapshot_of(version) if version is not None else None
    tell_text(
        TextNews(
            workspace_id=row.workspace_id, workspace_slug=row.workspace.slug, subject_id=row.subject_id,
            business=agent.business if agent else row.workspace.name, time_zone=agent.time_zone if agent else row.workspace.time_zone,
            at=row.created_at, number=told.get("number", ""), text=told.get("text", ""),
        )
    )  # fmt: skip


def switch(agent: Agent, on: bool) -> None:
    """Needs the scope."""
    if on:
        TextSettings.objects.get_or_create(workspace_id=agent.workspace_id, agent=agent)
    else:
        TextSettings.objects.filter(agent=agent).delete()


def what_it_says(row: TextMessage) -> dict[str, str]:
    """{"number", "text"}; {} where the person's key is gone. Needs the scope."""
    try:
        told: dict[str, str] = open_json(row.workspace_id, row.subject_id, TEXT, row.id, row.sealed)
    except KeyDestroyed:
        return {}
    return told


def _theirs(call: Call) -> str:
    """The number of who speaks with us, E.164; "" where it is withheld."""
    return e164(kept_numbers(call).get("from_number" if call.direction == "inbound" else "to_number", ""))


def _ours(call: Call) -> PhoneNumber | None:
    """Our number in this call, where its carrier takes messages."""
    numbers = kept_numbers(call)
    ours = numbers.get("to_number" if call.direction == "inbound" else "from_number", "")
    found = PhoneNumber.objects.filter(workspace_id=call.workspace_id, number=ours).select_related("line_account").first()
    return found if found is not None and finding.part(found.line_account.line, "messages") is not None else None


def _mark(row: TextMessage, state: str, code: str = "", *, reference: str = "") -> str:
    TextMessage.objects.filter(id=row.id).update(state=state, code=code[:30], reference=reference)
    log.info("text", message=str(row.id), state=state, code=code)
    return state
