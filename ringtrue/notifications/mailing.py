"""Sending the mails of the outbox, each once, also over a crash.

A worker claims a mail (one UPDATE decides who), sends it and marks it. A worker that dies between claim and mark leaves a
claim that grows old; the mail is then sent by another, under the same Message-ID and, where mail goes to a folder, into the
same file: what was already written is not written twice.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope
from ringtrue.notifications.mail_folder import ID_HEADER, file_name_of
from ringtrue.notifications.models import Mail
from ringtrue.notifications.queueing import MAIL
from ringtrue.privacy.vault import open_json

log = structlog.get_logger(__name__)

CLAIM_LASTS = timedelta(minutes=3)
MOST_TRIES = 8


def send(mail_id: UUID | str) -> bool:
    """True when this call sent it. False: somebody else has, or will, or it cannot be sent."""
    mail = _claim(mail_id)
    if mail is None:
        return False
    letter = open_json(mail.workspace_id, mail.subject_id, MAIL, mail.id, mail.sealed) if mail.subject_id else {}
    if not letter:
        _mark(mail, "failed")  # the person was erased before it was sent: there is nothing to tell any more
        return False
    message = EmailMessage(
        subject=letter["subject"],
        body=letter["text"],
        to=[mail.to],
        headers={
            "Message-ID": f"<{mail.id}@{_host()}>",
            ID_HEADER: str(mail.id),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies to us
        },
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as problem:
        state = "failed" if mail.tries >= MOST_TRIES else "queued"
        log.warning("mail not sent", mail=str(mail.id), problem=type(problem).__name__, tries=mail.tries, state=state)
        with system_scope("a mail is tried again later"):
            Mail.objects.filter(id=mail.id).update(state=state)
        return False
    _mark(mail, "sent")
    return True


def waiting() -> list[UUID]:
    """Mails that no worker is busy with: queued and due again, or claimed by a worker that died."""
    now = timezone.now()
    with system_scope("the outbox of all workspaces"):
        rows = Mail.objects.filter(state__in=("queued", "sending")).values_list(
            "id", "state", "tries", "claimed_at", "created_at"
        )
        found = list(rows[:500])
    due = []
    for mail_id, state, tries, claimed_at, created_at in found:
        pause = CLAIM_LASTS if state == "sending" or tries == 0 else timedelta(minutes=2**tries)
        if now - (claimed_at or created_at) >= pause:
            due.append(mail_id)
    return due


def release_old_claims() -> int:
    with system_scope("claims of workers that died"):
        old = Mail.objects.filter(state="sending", claimed_at__lt=timezone.now() - CLAIM_LASTS)
        return old.update(state="queued")


def _claim(mail_id: UUID | str) -> Mail | None:
    with system_scope("a job knows only the mail's id"):
        claimed = Mail.objects.filter(id=mail_id, state="queued").update(
            state="sending", claimed_at=timezone.now(), tries=F("tries") + 1
        )
        return Mail.objects.filter(id=mail_id).first() if claimed else None


def _mark(mail: Mail, state: str) -> None:
    sent = state == "sent"
    in_folder = settings.EMAIL_BACKEND.endswith("MailFolder")
    with system_scope("a job knows only the mail's id"):
        Mail.objects.filter(id=mail.id).update(
            state=state,
            sent_at=timezone.now() if sent else None,
            file_name=file_name_of(str(mail.id)) if sent and in_folder else "",
        )


def _host() -> str:
    from urllib.parse import urlsplit

    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
