"""A mail that something waits for the person, or is done. It holds a link and nothing about anybody."""

from __future__ import annotations

from typing import Literal

from django.conf import settings

from ringtrue.concierge.models import Errand
from ringtrue.notifications.jobs import send_mail
from ringtrue.notifications.models import Mail
from ringtrue.notifications.queueing import MAIL
from ringtrue.privacy.vault import seal_json

WORDS = {
    "question": ("Your errand has a question", "Your assistant is on the phone, or has come to a point, where only you can decide."),
    "done": ("Your errand is done", "Your assistant has finished. The report says what was found, what was agreed and what is left to do."),
}  # fmt: skip


def tell(errand: Errand, what: Literal["question", "done"]) -> None:
    """To whoever wrote the errand down. Needs the workspace's scope."""
    user = errand.created_by
    if user is None or not user.is_active or not user.email:
        return
    subject, text = WORDS[what]
    link = f"{settings.PUBLIC_URL}/w/{errand.workspace.slug}/errands/{errand.id}/"
    mail = Mail(workspace_id=errand.workspace_id, subject_id=errand.subject_id, to=user.email, template=f"errand_{what}")
    letter = {"subject": subject, "text": f"{text}\n\n{link}\n"}
    mail.sealed = seal_json(errand.workspace_id, errand.subject_id, MAIL, mail.id, letter)
    mail.save(force_insert=True)
    send_mail.defer(mail_id=str(mail.id))
