"""Counting which pages of the console are opened: by day and page, of nobody in particular, without any cookie.

Where the policy promises consent (`cookies.analytics: after_consent`), only visits of members who said yes are counted."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from ringtrue.accounts.models import User
from ringtrue.core import audit
from ringtrue.privacy.cookies import refuses_counting
from ringtrue.privacy.policy import effective, settings_of
from ringtrue.privacy.register_models import PageCount, Signature

QUESTION = "May we count which pages you open? Only how often a page is opened on a day is kept, not by whom."
KIND = "analytics"


def count(request: HttpRequest, workspace_id: UUID, user: User, page: str) -> bool:
    """Count one visit, where it may be. `page`: the name of its address, never the address. Needs the workspace's scope."""
    own = settings_of(workspace_id)
    if not effective(workspace_id, "usage.count", workspace=own).value:
        return False
    if refuses_counting(request, honour_dnt=effective(workspace_id, "signals.dnt", workspace=own).value == "honour"):
        return False
    if (
        effective(workspace_id, "cookies.analytics", workspace=own).value == "after_consent"
        and choice(workspace_id, user) != "yes"
    ):
        return False
    row, _ = PageCount.objects.get_or_create(workspace_id=workspace_id, day=timezone.now().date(), page=page[:60])
    PageCount.objects.filter(id=row.id).update(visits=F("visits") + 1)
    return True


def choice(workspace_id: UUID, user: User) -> str:
    """ "yes", "no", or "" while nothing was chosen. Needs the workspace's scope."""
    row = Signature.objects.filter(workspace_id=workspace_id, user=user, kind=KIND).first()
    return row.method if row else ""


def choose(workspace_id: UUID, user: User, yes: bool) -> None:
    """Either is as easy as the other, and can be changed at any time. Needs the workspace's scope."""
    answer = "yes" if yes else "no"
    Signature.objects.update_or_create(
        workspace_id=workspace_id, user=user, kind=KIND, sha256=hashlib.sha256(QUESTION.encode()).hexdigest(),
        defaults={"words": QUESTION, "method": answer, "at": timezone.now()},
    )  # fmt: skip
    audit.record("analytics.chosen", actor=f"user:{user.id}", workspace_id=workspace_id, target=f"user:{user.id}", answer=answer)


def asks(request: HttpRequest, workspace_id: UUID, user: User) -> bool:
    """Whether the banner is shown: consent is needed, and neither the person nor their browser has answered yet."""
    own = settings_of(workspace_id)
    return bool(
        effective(workspace_id, "usage.count", workspace=own).value
        and effective(workspace_id, "cookies.analytics", workspace=own).value == "after_consent"
        and not choice(workspace_id, user)
        and not refuses_counting(request, honour_dnt=effective(workspace_id, "signals.dnt", workspace=own).value == "honour")
    )
