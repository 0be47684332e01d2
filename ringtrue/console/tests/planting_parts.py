"""Parts of a planted workspace (`planting.py`): what belongs together in several tables."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.models import User, Workspace
from ringtrue.agents.models import Agent
from ringtrue.billing import ledger as books
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing import models as dialing
from ringtrue.hosted.models import HostedAgent
from ringtrue.leads.importing import REJECTED
from ringtrue.leads.models import Lead, LeadList, RejectedRow, Segment, Upload
from ringtrue.leads.reading import LeadDetails, seal
from ringtrue.leads.uploading import receive as receive_file
from ringtrue.notifications.models import Mail, WebhookDelivery, WebhookEndpoint
from ringtrue.numbers.models import LineAccount, NumberOrder, PhoneNumber
from ringtrue.privacy.models import PageCount, PolicyVersion, ProviderDeletion, Signature, Subject, Subprocessor
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import seal_json
from ringtrue.reception.models import CostAwaited, TextMessage, TextSettings


def plant_told(subject: Subject, call_id: UUID, mark: str, mailed: str, hooked: str) -> tuple[Mail, WebhookDelivery]:
    """What the business was told of a call, by mail and by a webhook."""
    about = {"workspace": subject.workspace, "subject": subject, "call_id": call_id}
    mail = Mail(**about, to=f"{mailed}@{mark}.example", template="call_ended")
    letter = {"subject": mailed, "text": mailed}
    mail.sealed = seal_json(subject.workspace_id, subject.id, "notifications.Mail", mail.id, letter)
    mail.save()
    endpoint = WebhookEndpoint.objects.create(
        workspace=subject.workspace, url=f"https://{hooked}.example/in", secret=lock_credentials("whsec_" + "A" * 32)
    )
    delivery = WebhookDelivery(**about, endpoint=endpoint, event="call.ended")
    body = {"type": "call.ended", "data": hooked}
    delivery.sealed = seal_json(subject.workspace_id, subject.id, "notifications.WebhookDelivery", delivery.id, body)
    delivery.save()
    return mail, delivery


def plant_line(
    agent: Agent, owner: User, mark: str, digits: str
) -> tuple[LineAccount, PhoneNumber, NumberOrder, ProviderDeletion]:
    """An account at a carrier, with a number, one that could not be bought, and what was asked of the carrier."""
    workspace = agent.workspace
    account = LineAccount.objects.create(
        workspace=workspace,
        line="twilio",
        name=f"{mark} carrier",
        account_ref="AC" + hashlib.md5(mark.encode(), usedforsecurity=False).hexdigest(),
        credentials=lock_credentials({"token": mark}),
    )
    HostedAgent.objects.create(workspace=workspace, account=account, agent=agent, reference=f"{mark}-there")
    CostAwaited.objects.create(workspace=workspace, line_account=account, reference=f"CA{mark}", next_at=timezone.now())
    number = PhoneNumber.objects.create(workspace=workspace, number=f"+1646555{digits}", line_account=account, agent=agent)
    order = NumberOrder.objects.create(
        workspace=workspace,
        line_account=account,
        number=f"+1646556{digits}",
        asked_by=f"user:{owner.id}",
        price="1.15 USD",
        problem=mark,
    )
    deletion = ProviderDeletion.objects.create(
        workspace=workspace, provider="twilio", kind="call", reference=f"CA{mark}", state="refused", answer="not_connected"
    )
    return account, number, order, deletion


def plant_text(number: PhoneNumber, subject: Subject, mark: str, told: dict[str, Any]) -> None:
    """A text message that somebody wrote to this number."""
    TextSettings.objects.create(workspace=number.workspace, agent=number.agent)
    texted = TextMessage(
        workspace=number.workspace, subject=subject, number=number, direction="in", once=f"in:{mark}", state="received"
    )
    texted.sealed = seal_json(number.workspace_id, subject.id, "reception.TextMessage", texted.id, told)
    texted.save()


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
