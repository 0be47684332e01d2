"""Noticing what is odd: many wrong sign-ins at one account, many downloads by one person, many calls refused in a row.

Looked for every minute in what is written down anyway; whoever is concerned gets a mail, once an hour at most for the same thing.
What is tried is stopped elsewhere (`accounts/sign_in_limits.py`, the permit, the cap); this only says that it was tried.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Count

from ringtrue.accounts.limiting import hidden
from ringtrue.accounts.models import Membership, User
from ringtrue.accounts.scoping import system_scope
from ringtrue.core import audit
from ringtrue.core.models import AuditEntry
from ringtrue.dialing.models import Decision

WINDOW = timedelta(minutes=10)
QUIET = timedelta(hours=1)
WRONG_SIGN_INS = 10
DOWNLOADS = 20
REFUSED_CALLS = 20
GIVEN_OUT = ("call.downloaded", "rights.downloaded", "disclosure.given")


class Odd(NamedTuple):
    what: str  # names it in the audit chain, without anybody's address
    words: str
    to: list[str]
    workspace_id: UUID | None = None
    hint: str = "If this was you, nothing is to be done. If not: {url}/accounts/sessions/"


def look(now: datetime) -> list[Odd]:
    """Raise an alarm about everything odd of the last ten minutes that was not told within the hour. Returns what was told."""
    with system_scope("what was odd in any workspace"):
        found = [*_wrong_sign_ins(now), *_downloads(now), *_refused_calls(now)]
    return tell(found, now)


def tell(found: list[Odd], now: datetime) -> list[Odd]:
    """By mail, what was not told within the hour. Returns what was told."""
    with system_scope("alarms of any workspace"):
        fresh = [odd for odd in found if not _told(odd, now)]
        for odd in fresh:
            audit.record("alarm.raised", actor="system:noticing", workspace_id=odd.workspace_id, target=odd.what)
    for odd in fresh:
        for address in odd.to:
            text = f"{odd.words}\n\n{odd.hint.format(url=settings.PUBLIC_URL)}\n"
            EmailMessage(subject="Something odd was noticed", body=text, to=[address]).send()
    return fresh


def _since(now: datetime, *actions: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action__in=actions, at__gt=now - WINDOW, at__lte=now))


def _told(odd: Odd, now: datetime) -> bool:
    return AuditEntry.objects.filter(action="alarm.raised", target=odd.what, at__gt=now - QUIET).exists()


def _wrong_sign_ins(now: datetime) -> list[Odd]:
    tries: dict[str, int] = {}
    for entry in _since(now, "sign_in.failed"):
        account = str(entry.detail.get("account", ""))
        tries[account] = tries.get(account, 0) + 1
    many = {account for account, number in tries.items() if number >= WRONG_SIGN_INS}
    if not many:
        return []
    known = {hidden(email): email for email in User.objects.filter(is_active=True).values_list("email", flat=True)}
    words = "Somebody tried many wrong passwords at your account."
    return [Odd(f"sign_in:{account[:40]}", words, [known[account]] if account in known else []) for account in sorted(many)]


def _downloads(now: datetime) -> list[Odd]:
    entries = AuditEntry.objects.filter(action__in=GIVEN_OUT, at__gt=now - WINDOW, at__lte=now, workspace_id__isnull=False)
    many = entries.values("workspace_id", "actor").annotate(number=Count("seq")).filter(number__gte=DOWNLOADS)
    return [
        Odd(f"downloads:{row['actor']}", f"{row['number']} files were downloaded within ten minutes by one person or key.",
            _owners(row["workspace_id"]), row["workspace_id"])
        for row in many
    ]  # fmt: skip


def _refused_calls(now: datetime) -> list[Odd]:
    refused = Decision.objects.filter(verdict="refuse", at__gt=now - WINDOW, at__lte=now)
    many = refused.values("workspace_id").annotate(number=Count("id")).filter(number__gte=REFUSED_CALLS)
    return [
        Odd(f"refused_calls:{row['workspace_id']}", f"{row['number']} calls were refused within ten minutes: by their price, place or number.",
            _owners(row["workspace_id"]), row["workspace_id"])
        for row in many
    ]  # fmt: skip


def _owners(workspace_id: UUID | None) -> list[str]:
    if workspace_id is None:
        return []
    people = Membership.objects.filter(workspace_id=workspace_id, role__in=("owner", "admin"), user__is_active=True)
    return list(people.values_list("user__email", flat=True))
