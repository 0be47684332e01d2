"""Whose data is it? Shown in proportion: opting out needs nothing; seeing, correcting or deleting needs a code that only somebody
with the e-mail address or at the telephone *on record* can know.

The subject is found by the very address or number that was proved, never by another one that the request merely names.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from ringtrue.calls.searching import search
from ringtrue.contacts.gathering import read as read_contact
from ringtrue.contacts.models import Contact
from ringtrue.privacy.models import Subject
from ringtrue.privacy.restricting import restrict
from ringtrue.privacy.vault import blind
from ringtrue.rights.models import RightsRequest
from ringtrue.rights.receiving import hash_of, read, step

NOT_NEEDED = ("objection", "withdrawal", "opt_out_sale", "limit_sensitive")
"""Kinds that only protect: California forbids asking for proof (§ 7060(b)), and nothing is given out."""
CODE_LASTS = timedelta(hours=48)
MOST_TRIES = 5


def begin(request: RightsRequest, *, business: str) -> str:
    """Start to verify. Returns the code for a call-back (the requester is shown it, and is asked for it on the telephone),
    or "" where a mail was sent or nothing is needed. Tells nobody whether the person is known. Needs the workspace's scope."""
    held = read(request)
    if request.kind in NOT_NEEDED and not request.by_agent:
        request.subject = find(request.workspace_id, email=held["email"], number=held["number"])
        _verified(request, "system:rights", "not_needed")
        return ""
    code = f"{secrets.randbelow(10**8):08}"
    request.code_hash, request.code_until, request.code_tries = _code_hash(request, code), timezone.now() + CODE_LASTS, 0
    request.save(update_fields=["code_hash", "code_until", "code_tries"])
    if held["email"]:
        _letter(held["email"], code, business).send()
        step(request, "system:rights", "code_mailed")
        return ""
    step(request, "system:rights", "code_shown")
    return code


def check(request: RightsRequest, code: str, *, how: str = "email_code", by: str = "system:rights") -> bool:
    """Once, and five tries. `how`: "call_back" when the person at the number on record has said it to `by`."""
    locked = RightsRequest.objects.select_for_update().get(id=request.id)
    if locked.state != "unverified" or not locked.code_hash or locked.code_tries >= MOST_TRIES:
        return False
    if locked.code_until is None or locked.code_until < timezone.now():
        return False
    RightsRequest.objects.filter(id=locked.id).update(code_tries=locked.code_tries + 1)
    if not hmac.compare_digest(locked.code_hash, _code_hash(locked, "".join(code.split()))):
        step(locked, by, "code_wrong", tries=locked.code_tries + 1)
        return False
    held = read(locked)
    proved_by_mail = how == "email_code"
    if proved_by_mail != bool(held["email"]):
        return False  # a code that was shown on the page proves nothing until it was said on the telephone
    locked.subject = (
        find(locked.workspace_id, email=held["email"]) if proved_by_mail else find(locked.workspace_id, number=held["number"])
    )
    _verified(locked, by, how)
    request.refresh_from_db()
    return True


def by_documents(request: RightsRequest, subject: Subject | None, by: str) -> None:
    """The people of the workspace have seen who it is (a visit, papers that are not kept)."""
    request.subject = subject
    _verified(request, by, "documents")


def see_permission(request: RightsRequest, by: str) -> None:
    """The agent's signed permission was seen; the person has to confirm as well, with the code."""
    request.permission_seen_at = timezone.now()
    request.save(update_fields=["permission_seen_at"])
    step(request, by, "permission_seen")


def find(workspace_id: UUID, *, email: str = "", number: str = "") -> Subject | None:
    """The person on record under this e-mail address or number. Needs the workspace's scope."""
    if number:
        handle = blind(workspace_id, "number", number)
        known = Subject.objects.filter(workspace_id=workspace_id, handle_hash=handle, erased_at=None).first()
        if known is not None or not email:
            return known
    if not email:
        return None
    for contact in Contact.objects.filter(id__in=search(workspace_id, email).contacts).select_related("subject"):
        if str(read_contact(contact).get("email", "")).lower() == email.lower():
            return contact.subject
    return None


def opt_out_by_signal(request: RightsRequest) -> None:
    """The browser of whoever asks sends Global Privacy Control: their data is not sold or shared, whatever else they ask for and
    before anybody answers (California Code of Regulations, title 11, § 7025). Needs the workspace's scope."""
    held = read(request)
    person = find(request.workspace_id, email=held["email"], number=held["number"])
    if person is not None:
        restrict(person, "sale", "system:gpc")
        step(request, "system:gpc", "opted_out")


def _verified(request: RightsRequest, by: str, how: str) -> None:
    request.state, request.verified_at, request.verified_how, request.code_hash = "open", timezone.now(), how, ""
    request.save(update_fields=["state", "verified_at", "verified_how", "code_hash", "subject"])
    step(request, by, "verified", how=how, found=request.subject_id is not None)


def _code_hash(request: RightsRequest, code: str) -> str:
    return hash_of(f"{request.id}:{code}:{settings.SECRET_KEY}")


def _letter(to: str, code: str, business: str) -> EmailMessage:
    text = (
        f"Somebody asked {business} about the data that is kept under this e-mail address.\n\n"
        f"If it was you, type this code into the page on which you asked: {code[:4]} {code[4:]}\n\n"
        "It works for two days. If it was not you, do nothing: without the code nobody learns anything.\n"
    )
    return EmailMessage(subject=f"Your request to {business}", body=text, to=[to], headers={"Auto-Submitted": "auto-generated"})
