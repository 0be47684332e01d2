"""A workspace with something in every table, and words in it that no other workspace may ever be shown."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from ringtrue.accounts import keys, tickets
from ringtrue.accounts.models import Invitation, Membership, StaffGrant, User, Workspace, WorkspaceRow
from ringtrue.accounts.roles import ROLES, SCOPES
from ringtrue.accounts.row_security import tables_with_workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import Agent, LanguageModel
from ringtrue.agents.starters import starter_workspace
from ringtrue.api.models import IdempotentAnswer
from ringtrue.billing import ledger as books
from ringtrue.calendars.models import Booking
from ringtrue.call_us.models import ButtonCall, CallButton
from ringtrue.calls import messages, recording
from ringtrue.calls.models import CallCount
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.concierge.tests.planting import plant_errand
from ringtrue.contacts import gathering
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing import models as dialing
from ringtrue.hosted.models import HostedAgent
from ringtrue.leads.importing import REJECTED
from ringtrue.leads.models import Lead, LeadList, RejectedRow, Segment, Upload
from ringtrue.leads.reading import LeadDetails, seal
from ringtrue.leads.uploading import receive as receive_file
from ringtrue.notifications.models import Mail, WebhookDelivery, WebhookEndpoint
from ringtrue.numbers.models import LineAccount, NumberOrder, PhoneNumber
from ringtrue.privacy.models import (
    Closure,
    ConsentEvent,
    Erasure,
    Hold,
    OptOut,
    PageCount,
    PolicyChange,
    PolicyNotice,
    PolicySetting,
    PolicyVersion,
    ProviderDeletion,
    Restriction,
    Signature,
    Subject,
    Subprocessor,
)
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import seal_json
from ringtrue.reception.models import CostAwaited, LineWebhook, TextMessage, TextSettings, Ticket
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


def plant(starter: str, slug: str, mark: str, digits: str) -> Planted:
    """`mark`: a made-up word of one's own; `digits`: four, the end of the caller's number."""
    made = starter_workspace(starter, owner_email=f"owner@{mark}.example", slug=slug)
    workspace, owner = made.workspace, made.owner
    name, number = f"{mark.capitalize()} Caller", f"+1212555{digits}"
    words = {
        key: f"{mark}{key}"
        for key in (
            "said",
            "heard",
            "reason",
            "note",
            "booked",
            "mail",
            "hook",
            "text",
            "faq",
            "invited",
            "key",
            "change",
            "hold",
            "asked",
            "register",
            "campaign",
            "lead",
            "support",
            "grant",
            "given",
            "heir",
            "breach",
            "errand",
            "button",
        )
    }
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
        mail = Mail(
            workspace=workspace, subject=subject, to=f"{words['mail']}@{mark}.example", template="call_ended", call_id=call.id
        )
        mail.sealed = seal_json(
            workspace.id, subject.id, "notifications.Mail", mail.id, {"subject": words["mail"], "text": words["mail"]}
        )
        mail.save()
        endpoint = WebhookEndpoint.objects.create(
            workspace=workspace, url=f"https://{words['hook']}.example/in", secret=lock_credentials("whsec_" + "A" * 32)
        )
        delivery = WebhookDelivery(workspace=workspace, endpoint=endpoint, subject=subject, event="call.ended", call_id=call.id)
        delivery.sealed = seal_json(
            workspace.id, subject.id, "notifications.WebhookDelivery", delivery.id, {"type": "call.ended", "data": words["hook"]}
        )
        delivery.save()
        account = LineAccount.objects.create(
            workspace=workspace,
            line="twilio",
            name=f"{mark} carrier",
            account_ref="AC" + hashlib.md5(mark.encode(), usedforsecurity=False).hexdigest(),
            credentials=lock_credentials({"token": mark}),
        )
        model = LanguageModel.objects.create(
            workspace=workspace,
            provider="compatible",
            model=f"{mark}-model",
            base_url=f"https://models.{mark}.internal/v1",
            key_locked=lock_credentials({"key": f"sk-{mark}"}),
        )
        HostedAgent.objects.create(workspace=workspace, account=account, agent=made.agent, reference=f"{mark}-there")
        deletion = ProviderDeletion.objects.create(
            workspace=workspace, provider="twilio", kind="call", reference=f"CA{mark}", state="refused", answer="not_connected"
        )
        phone = PhoneNumber.objects.create(
            workspace=workspace, number=f"+1646555{digits}", line_account=account, agent=made.agent
        )
        order = NumberOrder.objects.create(
            workspace=workspace,
            line_account=account,
            number=f"+1646556{digits}",
            asked_by=f"user:{owner.id}",
            price="1.15 USD",
            problem=mark,
        )
        CostAwaited.objects.create(workspace=workspace, line_account=account, reference=f"CA{mark}", next_at=timezone.now())
        TextSettings.objects.create(workspace=workspace, agent=made.agent)
        texted = TextMessage(
            workspace=workspace, subject=subject, number=phone, direction="in", once=f"in:{mark}", state="received"
        )
        texted.sealed = seal_json(
            workspace.id, subject.id, "reception.TextMessage", texted.id, {"number": number, "text": words["text"]}
        )
        texted.save()
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
        "contact_id": contact.id,
        "message_id": message.id,
        "booking_id": booking.id,
        "calendar_id": calendar.id,
        "mail_id": mail.id,
        "webhook_id": endpoint.id,
        "endpoint_id": endpoint.id,
        "delivery_id": delivery.id,
        "line_account_id": account.id,
        "account_id": account.id,
        "number_id": phone.id,
        "order_id": order.id,
        "model_id": model.id,
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


def plant_registers(workspace: Workspace, owner: User, word: str) -> Subprocessor:
    """Who gets data, a policy that was published and accepted, a page that was opened."""
    now = timezone.now()
    version = PolicyVersion.objects.create(
        workspace=workspace, kind="cookies", number=1, text=word, sha256=hashlib.sha256(word.encode()).hexdigest(), material=False,
        published_at=now, effective_at=now,
    )  # fmt: skip
    Signature.objects.create(
        workspace=workspace, kind="policy", user=owner, version=version, sha256=version.sha256, method="explicit"
    )
    PageCount.objects.create(workspace=workspace, day=now.date(), page=word, visits=1)
    return Subprocessor.objects.create(
        workspace=workspace, provider="other", name=word, kind="crm", does="keeps records", region="eu", agreement=word,
        agreed_on=now.date(), starts_at=now,
    )  # fmt: skip


def plant_dialing(workspace: Workspace, subject: Subject, agent_id: UUID) -> None:
    """An attempt to call this person, with all that it stands on."""
    dialing.DialingSettings.objects.create(workspace=workspace, countries=["US"])
    listed = dialing.ImportedList.objects.create(workspace=workspace, name="us.national", published_at=timezone.now())
    dialing.ListedNumber.objects.create(workspace=workspace, imported=listed, number_hash=secrets.token_hex(32))
    dialing.ReassignedAnswer.objects.create(workspace=workspace, number_hash=subject.handle_hash, answer="no")
    about = {"workspace": workspace, "number_hash": subject.handle_hash, "agent": agent_id, "purpose": "information"}
    verdict = dialing.Decision.objects.create(**about, verdict="allow", words="Allowed.", pack="p", inputs_hash="0" * 64)
    attempt = dialing.Attempt.objects.create(
        **about, subject=subject, claim="planted", line="twilio", caller_id="+12125550100", decision=verdict, held_micros=900_000
    )
    books.top_up(workspace.id, 5_000_000, "planted")
    books.hold(workspace.id, attempt.id, attempt.held_micros)


def plant_leads(workspace: Workspace, owner: User, word: str) -> tuple[Upload, Lead, Segment]:
    """A list with one lead and a file that waits for its import, with a row that was not taken."""
    leads = LeadList.objects.create(workspace=workspace, name=word, default_country="US", provenance=word)
    lead = Lead(workspace=workspace, lead_list=leads, number_hash=secrets.token_hex(32), country="US")
    lead.subject = subject_for_number(workspace.id, "", kind="lead")
    lead.sealed = seal(lead, LeadDetails(number="+12125550143", name=word, fields={"plan": word}))
    lead.save(force_insert=True)
    upload = receive_file(leads, f"Name,Phone\n{word},212 555 0144\n".encode(), owner)
    row = RejectedRow(workspace=workspace, upload=upload, row=1, problems=["number"])
    row.sealed = seal_json(workspace.id, upload.id, REJECTED, row.id, [word, "12"])
    row.save(force_insert=True)
    return upload, lead, Segment.objects.create(workspace=workspace, name=word, filters={"text": word})


def plant_campaign(workspace: Workspace, subject: Subject, agent: Agent, call_id: UUID, word: str) -> Campaign:
    """A campaign that called this person once."""
    leads = LeadList.objects.create(workspace=workspace, name="Called", default_country="US", provenance="our customers")
    lead = Lead(workspace=workspace, subject=subject, lead_list=leads, number_hash=subject.handle_hash, country="US")
    lead.sealed = seal(lead, LeadDetails(number="+12125550142", name=word))
    lead.save(force_insert=True)
    campaign = Campaign.objects.create(
        workspace=workspace, name=word, agent=agent, reason="I call because of a test.", lists=[str(leads.id)], state="paused",
        started_at=timezone.now(),
    )  # fmt: skip
    about = {"workspace": workspace, "campaign": campaign, "agent": agent}
    target = Target.objects.create(**about, lead=lead, subject=subject, number_hash=subject.handle_hash, tries=1)
    Try.objects.create(
        **about, target=target, n=1, begun_at=timezone.now(), call=call_id, outcome="answered", closed_at=timezone.now()
    )
    return campaign


def tables_without_a_row(planted: Planted) -> list[str]:
    """Tables of a workspace in which nothing was planted."""
    with workspace_scope(planted.workspace.id):
        rows = [m for m in apps.get_models() if issubclass(m, WorkspaceRow)]
        return sorted(m._meta.label for m in rows if not m._default_manager.exists())


def fingerprint(planted: Planted) -> dict[str, str]:
    """Table or file -> a hash of all that this workspace has there: equal before and after means untouched."""
    found = {}
    with workspace_scope(planted.workspace.id), connection.cursor() as cursor:
        for table in tables_with_workspace():
            cursor.execute(f"SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY t.id), '')) FROM \"{table}\" t")  # noqa: S608
            count, digest = cursor.fetchone()
            found[table] = f"{count} {digest}"
    call_folder = Path(settings.DATA_DIR) / "recordings" / str(planted.values["call_id"])
    for file in sorted(call_folder.glob("*")):
        found[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def references_across_workspaces() -> list[str]:
    """Rows that point at a row of another workspace. There must be none, whatever was sent in a form or a body."""
    found = []
    with system_scope("a test looks at all workspaces"), connection.cursor() as cursor:
        for model in apps.get_models():
            if not issubclass(model, WorkspaceRow):
                continue
            for field in model._meta.local_concrete_fields:
                other = field.related_model
                if not (isinstance(other, type) and issubclass(other, WorkspaceRow)):
                    continue
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" a JOIN "{other._meta.db_table}" b '  # noqa: S608
                    f'ON a."{field.column}" = b.id WHERE a.workspace_id <> b.workspace_id'
                )
                (count,) = cursor.fetchone()
                if count:
                    found.append(f"{model._meta.label}.{field.name}: {count}")
    return found
