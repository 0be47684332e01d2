"""A workspace with something in every table, and words in it that no other workspace may ever be shown."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from ringtrue.accounts import keys, tickets
from ringtrue.accounts.models import Invitation, Membership, StaffGrant, User, Workspace
from ringtrue.accounts.roles import ROLES, SCOPES
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents import notes
from ringtrue.agents.models import LanguageModel, SpeechCompany
from ringtrue.agents.starters import starter_workspace
from ringtrue.api.models import IdempotentAnswer
from ringtrue.calendars.models import Booking
from ringtrue.call_us.models import ButtonCall, CallButton
from ringtrue.calls import messages, recording, reviewing
from ringtrue.calls.models import CallCount, ImprovementFigure
from ringtrue.concierge.tests.planting import plant_errand
from ringtrue.console.tests.planting_parts import (
    plant_campaign,
    plant_dialing,
    plant_leads,
    plant_line,
    plant_registers,
    plant_text,
    plant_told,
)
from ringtrue.contacts import gathering
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing import models as dialing
from ringtrue.privacy.models import (
    Closure,
    ConsentEvent,
    Erasure,
    Hold,
    OptOut,
    PolicyChange,
    PolicyNotice,
    PolicySetting,
    Restriction,
)
from ringtrue.privacy.vault import seal_json
from ringtrue.reception.models import LineWebhook, Ticket
from ringtrue.reminders.models import Reminder, ReminderSettings
from ringtrue.rights.models import Disclosure, Handover, Incident
from ringtrue.rights.receiving import receive


class Planted(NamedTuple):
    workspace: Workspace
    owner: User
    people: dict[str, User]  # role -> a member with it
    token: str  # an API key with every scope
    values: dict[str, Any]  # what an address may ask for: keyword of the URL pattern -> the value in this workspace
    words: list[str]  # each planted in another place, none in an address
    name: str  # the caller's: to search for
    number: str


WORDS = (
    "said", "heard", "reason", "note", "booked", "mail", "hook", "text", "faq", "invited", "key", "change", "hold", "asked", "register",
    "campaign", "lead", "support", "grant", "given", "heir", "breach", "errand", "button",
)  # fmt: skip


def plant(starter: str, slug: str, mark: str, digits: str) -> Planted:
    """`mark`: a made-up word of one's own; `digits`: four, the end of the caller's number."""
    made = starter_workspace(starter, owner_email=f"owner@{mark}.example", slug=slug)
    workspace, owner = made.workspace, made.owner
    name, number = f"{mark.capitalize()} Caller", f"+1212555{digits}"
    words = {key: f"{mark}{key}" for key in WORDS}
    with system_scope("a test plants"):
        Workspace.objects.filter(id=workspace.id).update(name=f"{mark} business")
        workspace.refresh_from_db()
        made.agent.name = f"{mark} agent"
        made.agent.draft = {**made.agent.draft, "greeting": words["faq"], "business": f"{mark} business"}
        made.agent.save()
        people = {"owner": owner}
        for role in ROLES[1:]:
            people[role] = User.objects.create_user(f"{role}@{mark}.example", name=f"{mark} {role}")
            membership = Membership.objects.create(workspace=workspace, user=people[role], role=role)
        invitation = Invitation.objects.create(
            workspace=workspace,
            email=f"{words['invited']}@{mark}.example",
            role="viewer",
            token_hash=secrets.token_hex(32),
            invited_by=owner,
            expires_at=timezone.now() + timedelta(days=3),
        )
    key, token = keys.make(workspace, words["key"], sorted(SCOPES), owner)
    with workspace_scope(workspace.id):
        IdempotentAnswer.objects.create(
            workspace=workspace,
            api_key=key,
            key_hash=hashlib.sha256(b"same-key-in-both").hexdigest(),
            request_hash=secrets.token_hex(32),
            status=200,
            locked=lock_credentials({"answer": words["faq"]}),
        )

    call = recording.begin_call(made.version, line="simulated", from_number=number, to_number="+12125550100")
    subject = call.subject
    events: list[tuple[str, dict[str, Any]]] = [
        ("answered", {"at_ms": 0, "started_at": timezone.now().timestamp(), "line": "simulated", "sample_rate": 8000}),
        ("disclosed", {"at_ms": 900}),
        ("consent", {"at_ms": 1200, "granted": True, "method": "announced", "wording": "This call is recorded."}),
        ("said", {"at_ms": 2000, "turn": 0, "start_ms": 100, "end_ms": 2000, "text": words["said"], "complete": True}),
        ("heard", {"at_ms": 4000, "turn": 1, "start_ms": 2500, "end_ms": 4000, "text": f"I am {name} {words['heard']}"}),
        ("tool", {"at_ms": 5000, "turn": 1, "name": "take_message", "ok": True, "arguments": {"name": name, "number": number}}),
        ("turn_times", {"at_ms": 5000, "turn": 1, "endpoint_ms": 9, "recognize_ms": 9, "think_ms": 9, "voice_ms": 9, "reply_ms": 36}),
        ("ended", {"at_ms": 9000, "reason": "caller_hung_up", "duration_ms": 9000, "goal": "message"}),
    ]  # fmt: skip
    for seq, (kind, fields) in enumerate(events):
        recording.store_event(call, seq, kind, fields)
    pcm = hashlib.sha256(mark.encode()).digest() * 100
    piece = recording.store_piece(call, 0, 0, 200, 8000, pcm)
    assert piece is not None
    message = messages.take(call, name=name, number=number, reason=words["reason"])
    call = recording.end_call(call)
    with workspace_scope(workspace.id):
        contact = gathering.remember(subject, name=name, number=number, at=timezone.now())
        contact = gathering.correct(contact, note=words["note"])
        calendar = made.agent.calendars.get()
        starts = timezone.now().replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=1)
        booking = Booking(
            workspace=workspace,
            calendar=calendar,
            subject=subject,
            service=words["booked"],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=30),
            call_id=call.id,
        )
        booking.sealed = seal_json(
            workspace.id, subject.id, "calendars.Booking", booking.id, {"name": name, "number": number, "note": words["booked"]}
        )
        booking.save()
        ReminderSettings.objects.create(workspace=workspace, agent=made.agent, hours_before=24)
        button = CallButton.objects.create(
            workspace=workspace, agent=made.agent, label=words["button"], color="#14574a", language="en", origins=["https://site.example"]
        )  # fmt: skip
        ButtonCall.objects.create(workspace=workspace, button=button, call=call, label=button.label, origin=button.origins[0])
        verified = dialing.VerifiedCallerId.objects.create(
            workspace=workspace, number="+12125550100", proof="a call was answered"
        )
        dialing.CallerIdCode.objects.create(
            workspace=workspace, agent=made.agent, number=f"+1212556{digits}", locked=lock_credentials({"code": "123456"}),
            expires_at=timezone.now() + timedelta(minutes=5),
        )  # fmt: skip
        Reminder.objects.create(workspace=workspace, booking=booking, subject=subject, state="done", next_at=timezone.now())
        mail, delivery = plant_told(subject, call.id, mark, words["mail"], words["hook"])
        account, phone, order, deletion = plant_line(made.agent, owner, mark, digits)
        model = LanguageModel.objects.create(
            workspace=workspace,
            provider="compatible",
            model=f"{mark}-model",
            base_url=f"https://models.{mark}.internal/v1",
            key_locked=lock_credentials({"key": f"sk-{mark}"}),
        )
        speech = SpeechCompany.objects.create(
            workspace=workspace, company="deepgram", settings_locked=lock_credentials({"KEY": f"dg-{mark}"}), hears=True, speaks=True,
            voices=[f"deepgram-{mark}"],
        )  # fmt: skip
        plant_text(phone, subject, mark, {"number": number, "text": words["text"]})
        consent = ConsentEvent.objects.create(
            workspace=workspace, subject=subject, purpose="recording", granted=True, method="announced", call_id=call.id
        )
        opt_out = OptOut.objects.create(workspace=workspace, number_hash=secrets.token_hex(32), call_id=call.id)
        PolicySetting.objects.update_or_create(
            workspace=workspace, key="retention.recordings", defaults={"value": 90, "set_by": owner.id}
        )
        erasure = Erasure.objects.create(
            workspace=workspace, subject_hash=secrets.token_hex(32), reason="request", requested_by=f"user:{owner.id}"
        )
        ticket = Ticket.objects.create(
            workspace=workspace, call=call, token_hash=secrets.token_hex(32), expires_at=timezone.now() + timedelta(minutes=1)
        )
        change = PolicyChange.objects.create(
            workspace=workspace, key="storage.mode", value="everything", sentences=[words["change"]],
            effective_at=timezone.now() + timedelta(days=9),
        )  # fmt: skip
        PolicyNotice.objects.create(workspace=workspace, change=change, user=owner)
        hold = Hold.objects.create(
            workspace=workspace, reason="legal", law=words["hold"], owner=owner, review_at=timezone.now() + timedelta(days=90),
            lifted_at=timezone.now(),
        )  # fmt: skip
        Restriction.objects.create(workspace=workspace, subject=subject, purpose="marketing")
        subprocessor = plant_registers(workspace, owner, words["register"])
        Closure.objects.create(
            workspace=workspace,
            asked_by=owner.id,
            grace_until=timezone.now(),
            delete_by=timezone.now(),
            taken_up_at=timezone.now(),
        )
        plant_dialing(workspace, subject, made.agent.id)
        upload, lead, lead_segment = plant_leads(workspace, owner, words["lead"])
        campaign = plant_campaign(workspace, subject, made.agent, call.id, words["campaign"])
        target = campaign.targets.get()
        errand, question = plant_errand(made.agent, owner, call.id, words["errand"])
        rights_request, rights_token = receive(
            workspace.id, "access", channel="web", place="DE", name=words["asked"], email=f"{words['asked']}@{mark}.example"
        )
        written = tickets.open_ticket(workspace.id, owner, "help", words["support"])
        grant = StaffGrant.objects.create(
            workspace=workspace, staff=owner, ticket=written, reason=words["grant"], until=timezone.now(), ended_at=timezone.now()
        )
        given = Disclosure.objects.create(
            workspace=workspace, kind="legal", subject=subject, recipient=words["given"], reason="case 1", scope=["calls_call"]
        )
        passing = Handover.objects.create(
            workspace=workspace, to_company=words["heir"], to_email=f"heir@{mark}.example", effective_at=timezone.now(),
            objected_at=timezone.now(),
        )  # fmt: skip
        breach = Incident.objects.create(
            workspace=workspace, what=words["breach"], stores=["calls_call"], noticed_at=timezone.now(), due_at=timezone.now()
        )
        reviewing.review(call, owner, {"understood": "yes"}, words["note"])
        kept_note = notes.write(workspace.id, owner, words["note"], words["note"])
        ImprovementFigure.objects.create(workspace=workspace, month="2025-11", what="outcome", value="message", calls=12)
        CallCount.objects.create(workspace=workspace, month="2025-11", calls=12, seconds=600)
        LineWebhook.objects.create(workspace=workspace, line="twilio", event_key=f"twilio:{mark}:{secrets.token_hex(4)}")
    values = {
        "slug": workspace.slug,
        "agent_slug": made.agent.slug,
        "agent_id": made.agent.id,
        "version_id": made.version.id,
        "version": made.version.number,
        "number": made.version.number,
        "call_id": call.id,
        "note_id": kept_note.id,
        "contact_id": contact.id,
        "message_id": message.id,
        "booking_id": booking.id,
        "calendar_id": calendar.id,
        "mail_id": mail.id,
        "webhook_id": delivery.endpoint_id,
        "endpoint_id": delivery.endpoint_id,
        "delivery_id": delivery.id,
        "line_account_id": account.id,
        "account_id": account.id,
        "number_id": phone.id,
        "order_id": order.id,
        "model_id": model.id,
        "speech_company_id": speech.id,
        "deletion_id": deletion.id,
        "phone_number_id": phone.id,
        "subject_id": subject.id,
        "erasure_id": erasure.id,
        "consent_id": consent.id,
        "opt_out_id": opt_out.id,
        "piece_id": piece.id,
        "ticket_id": ticket.id,
        "key_id": key.id,
        "invitation_id": invitation.id,
        "membership_id": membership.id,
        "change_id": change.id,
        "hold_id": hold.id,
        "subprocessor_id": subprocessor.id,
        "request_id": rights_request.id,
        "campaign_id": campaign.id,
        "errand_id": errand.id,
        "button_id": button.id,
        "verified_id": verified.id,
        "question_id": question.id,
        "target_id": target.id,
        "support_ticket_id": written.id,
        "grant_id": grant.id,
        "disclosure_id": given.id,
        "incident_id": breach.id,
        "upload_id": upload.id,
        "segment_id": lead_segment.id,
        "lead_list_id": upload.lead_list_id,
        "lead_id": lead.id,
        "handover_id": passing.id,
        "rights_token": rights_token,
    }
    planted_words = [
        *words.values(),
        name,
        f"{mark} business",
        f"{mark} agent",
        f"{mark} carrier",
        f"{mark}-model",
        f"{mark}.example",
    ]
    return Planted(workspace, owner, people, token, values, planted_words, name, number)
