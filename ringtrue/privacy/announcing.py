"""Changes that weaken protection: an owner asks for them, the people of the workspace are told, and they hold from the promised
day on, not before. What protects more holds at once (`changing.change`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.privacy import changing
from ringtrue.privacy.installation import InstallationLacks, lacks
from ringtrue.privacy.models import PolicyChange, PolicyNotice
from ringtrue.privacy.periods import add, in_words, shorter
from ringtrue.privacy.policy import KEYS, check, effective, settings_of
from ringtrue.privacy.policy_keys import more_protective_wins, protects_more

log = structlog.get_logger(__name__)


class Matter(NamedTuple):
    """Something other than a setting that is announced: what happens on its day, and when it is taken back."""

    due: Callable[[PolicyChange], None]
    withdrawn: Callable[[PolicyChange], None]


MATTERS: dict[str, Matter] = {}
"""Key of a change -> its matter. Filled by the modules that announce one; every other key is a setting."""

PLAN_NOTICE = "P14D"  # between the news of another plan and what it deletes


class OnlyAnOwner(Exception):
    """A change that weakens protection needs the owner."""


class TooSoon(Exception):
    """The policy promises more days between the notice and the change."""


def weakened(workspace_id: UUID, key: str, value: Any) -> list[str]:
    """Keys whose effective value would protect less. Needs the workspace's scope. Raises policy.UnknownSetting."""
    check(key, value)
    before = settings_of(workspace_id)
    after = {**before, key: value}
    looked_at = [k for k in KEYS if more_protective_wins(k)] if key in ("profile", "plan", "retention.reason") else [key]
    return [
        k for k in looked_at
        if more_protective_wins(k)
        and protects_more(k, effective(workspace_id, k, workspace=before).value, effective(workspace_id, k, workspace=after).value)
    ]  # fmt: skip


def notice_period(workspace_id: UUID, key: str, value: Any) -> str:
    """The longer of what the policy promises now and what the profile that is chosen promises."""
    now = effective(workspace_id, "policy.notice").value
    if key != "profile":
        return str(now)
    own = {**settings_of(workspace_id), key: value}
    then = effective(workspace_id, "policy.notice", workspace=own).value
    return str(then if shorter(now, then) else now)


def ask(workspace_id: UUID, key: str, value: Any, by: User, role: str, *, at: datetime | None = None) -> PolicyChange | None:
    """Change a setting as the policy promises: at once where it protects no less (None), else announced (the change).

    `at`: a later day than the promised one. Raises OnlyAnOwner, TooSoon, policy.UnknownSetting, InstallationLacks. Needs the workspace's scope."""
    missing = lacks(value) if key == "profile" else []
    if missing:
        raise InstallationLacks(" ".join(missing))
    weaker = weakened(workspace_id, key, value)
    actor = f"user:{by.id}"
    if not weaker and key != "plan":  # a smaller plan deletes: that is told ahead as well
        changing.change(workspace_id, key, value, actor)
        return None
    if role != "owner":
        audit.record("policy.change_refused", actor=actor, workspace_id=workspace_id, target=key, role=role)
        raise OnlyAnOwner
    now = timezone.now()
    notice = notice_period(workspace_id, key, value)
    if key == "plan" and shorter(notice, PLAN_NOTICE):
        notice = PLAN_NOTICE
    earliest = add(now, notice)
    if at is not None and at < earliest:
        raise TooSoon(f"The policy promises {in_words(notice)} of notice.")
    with transaction.atomic():
        PolicyChange.objects.filter(workspace_id=workspace_id, key=key, state="announced").update(state="withdrawn")
        change = _announce(workspace_id, key, value, changing.preview(workspace_id, key, value), at or earliest, by.id, now)
        audit.record(
            "policy.announced", actor=actor, workspace_id=workspace_id, target=key, weaker=weaker,
            asked=str(value), effective_at=change.effective_at.isoformat(),
        )  # fmt: skip
        if change.effective_at <= now:
            _apply(change)
    return change


def tell(workspace_id: UUID, key: str, value: Any, sentences: list[str], effective_at: datetime, by: str) -> PolicyChange:
    """Announce a matter (a key of MATTERS) to every member, by mail and banner. Needs the workspace's scope."""
    with transaction.atomic():
        now = timezone.now()
        change = _announce(workspace_id, key, value, sentences, effective_at, changing.user_of(by), now)
        audit.record("policy.announced", actor=by, workspace_id=workspace_id, target=key, effective_at=effective_at.isoformat())
        if effective_at <= now:
            _apply(change)
    return change


def _announce(
    workspace_id: UUID, key: str, value: Any, sentences: list[str], effective_at: datetime, asked_by: UUID | None, now: datetime
) -> PolicyChange:
    change = PolicyChange.objects.create(
        workspace_id=workspace_id, key=key, value=value, asked_by=asked_by, asked_at=now, effective_at=effective_at,
        sentences=sentences,
    )  # fmt: skip
    members = Membership.objects.filter(workspace_id=workspace_id, user__is_active=True)
    for user_id in members.values_list("user_id", flat=True).distinct():
        PolicyNotice.objects.create(workspace_id=workspace_id, change=change, user_id=user_id)
    return change


def withdraw(change: PolicyChange, by: str) -> None:
    """Before it holds. Needs the workspace's scope."""
    if PolicyChange.objects.filter(id=change.id, state="announced").update(state="withdrawn"):
        if change.key in MATTERS:
            MATTERS[change.key].withdrawn(change)
        audit.record("policy.change_withdrawn", actor=by, workspace_id=change.workspace_id, target=change.key)


def standing(workspace_id: UUID) -> list[PolicyChange]:
    """Announced and not yet in force: what the banner tells."""
    return list(PolicyChange.objects.filter(workspace_id=workspace_id, state="announced").order_by("effective_at"))


def apply_due(now: datetime) -> int:
    """Put into force what was announced for now or before."""
    with system_scope("announced changes of every workspace"):
        due = list(PolicyChange.objects.filter(state="announced", effective_at__lte=now))
    for change in due:
        with workspace_scope(change.workspace_id):
            locked = PolicyChange.objects.select_for_update().get(id=change.id)
            if locked.state == "announced":
                _apply(locked)
    return len(due)


def _apply(change: PolicyChange) -> None:
    if change.key in MATTERS:
        MATTERS[change.key].due(change)
    else:
        changing.change(change.workspace_id, change.key, change.value, f"user:{change.asked_by}")
    PolicyChange.objects.filter(id=change.id).update(state="applied")
    change.state = "applied"


def send_notices() -> int:
    """Mail every notice that was not mailed yet. One UPDATE decides who sends; the file of a mail has the notice's name."""
    with system_scope("notices of every workspace that were not mailed"):
        waiting = list(PolicyNotice.objects.filter(mailed_at=None).select_related("change", "user"))
        names = dict(Workspace.objects.filter(id__in={n.workspace_id for n in waiting}).values_list("id", "name"))
    for notice in waiting:
        with system_scope("one notice is mailed"):
            claimed = PolicyNotice.objects.filter(id=notice.id, mailed_at=None).update(mailed_at=timezone.now())
            if claimed:
                contact = str(effective(notice.workspace_id, "contact.privacy").value)
                _letter(notice, names[notice.workspace_id], contact).send()  # a failure rolls the claim back
    return len(waiting)


def _letter(notice: PolicyNotice, workspace: str, contact: str) -> EmailMessage:
    change = notice.change
    day = f"{change.effective_at:%A, %B} {change.effective_at.day}, {change.effective_at:%Y}"
    lines = [
        f"Something changes in what {workspace} promises to the people it speaks with, or in who handles their data.",
        f"It holds from {day} on, not before.", "", "What it means:",
        *[f"- {sentence}" for sentence in change.sentences], "",
        f"Until then it can be taken back under Settings, Promises at {settings.PUBLIC_URL}.",
        *([f"Questions about privacy: {contact}"] if contact else []), "",
    ]  # fmt: skip
    return EmailMessage(
        subject=f"{workspace}: a change of the privacy policy on {day}",
        body="\n".join(lines),
        to=[notice.user.email],
        headers={
            "Message-ID": f"<policy-{notice.id}@ringtrue>",
            "X-Ringtrue-Mail": f"account-policy-{notice.id}",
            "Auto-Submitted": "auto-generated",
        },
    )
