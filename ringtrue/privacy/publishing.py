"""Publishing a policy: a new version with its hash and what changed, announced where it is material, in force on its day.

Accepting one: by saying so, or by going on to use the service after its day, as the policy of the workspace has it."""

from __future__ import annotations

import difflib
import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ringtrue.accounts.models import User
from ringtrue.core import audit
from ringtrue.privacy import announcing, changing, policies
from ringtrue.privacy.models import PolicyChange
from ringtrue.privacy.periods import add, in_words
from ringtrue.privacy.policy import effective
from ringtrue.privacy.register_models import PolicyVersion, Signature

SHOWN_CHANGES = 12


class NotPublishable(ValueError):
    """Why not, in sentences."""


def publish(
    workspace_id: UUID, kind: str, name: str, *, material: bool, by: str, effective_at: datetime | None = None
) -> PolicyVersion:
    """Publish what holds now. `effective_at`: later than the day that is promised; None is that day, or now where it is not material.

    Raises NotPublishable, announcing.TooSoon, ValueError for an unknown kind. Needs the workspace's scope."""
    text = policies.write(workspace_id, kind, name)
    if wrong := policies.faults(workspace_id, text):
        raise NotPublishable(" ".join(wrong))
    now = timezone.now()
    before = newest(workspace_id, kind)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if before is not None and before.sha256 == digest:
        raise NotPublishable("Nothing has changed since the last version.")
    notice = str(effective(workspace_id, "policy.notice").value)
    # The first version changes nothing for anybody.
    told = material and before is not None
    earliest = add(now, notice) if told else now
    if effective_at is not None and effective_at < earliest:
        raise announcing.TooSoon(f"The policy promises {in_words(notice)} of notice.")
    if told and (effective_at or earliest) <= now:
        raise announcing.TooSoon("A material change is told before it holds: choose a later day.")
    changed = changes(before.text if before else "", text)
    with transaction.atomic():
        version = PolicyVersion.objects.create(
            workspace_id=workspace_id, kind=kind, number=before.number + 1 if before else 1, text=text, sha256=digest,
            changed=changed, material=material, published_by=changing.user_of(by), published_at=now, effective_at=effective_at or earliest,
        )  # fmt: skip
        if told:
            title = policies.TITLES_OF[kind]
            sentences = [f"{title}, version {version.number}.", *changed[:SHOWN_CHANGES]]
            version.announced = announcing.tell(workspace_id, "document", str(version.id), sentences, version.effective_at, by)
            version.save(update_fields=["announced"])
        audit.record(
            "policy.published", actor=by, workspace_id=workspace_id, target=f"policy:{kind}:{version.number}", sha256=digest,
            material=material, effective_at=version.effective_at.isoformat(),
        )  # fmt: skip
    return version


def changes(before: str, after: str) -> list[str]:
    """Lines that went and came: ["- old", "+ new"]."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [
        f"{line[0]} {line[1:]}" for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---")) and line[1:].strip()
    ]


def newest(workspace_id: UUID, kind: str) -> PolicyVersion | None:
    return PolicyVersion.objects.filter(workspace_id=workspace_id, kind=kind, withdrawn_at=None).order_by("-number").first()


def in_force(workspace_id: UUID, kind: str, now: datetime | None = None) -> PolicyVersion | None:
    """The version that holds now; None before the first one. Needs the workspace's scope."""
    rows = PolicyVersion.objects.filter(
        workspace_id=workspace_id, kind=kind, withdrawn_at=None, effective_at__lte=now or timezone.now()
    )
    return rows.order_by("-number").first()


def coming(workspace_id: UUID, kind: str) -> PolicyVersion | None:
    """Published, and not yet in force."""
    version = newest(workspace_id, kind)
    return version if version is not None and version.effective_at > timezone.now() else None


def outstanding(workspace_id: UUID, user: User, now: datetime | None = None) -> PolicyVersion | None:
    """The privacy policy that this person has yet to accept. Needs the workspace's scope."""
    version = in_force(workspace_id, "privacy", now)
    if version is None or Signature.objects.filter(user=user, kind="policy", version=version).exists():
        return None
    return version


def accept(version: PolicyVersion, user: User, method: str) -> Signature:
    """Idempotent. `method`: "explicit" or "continued_use". Needs the workspace's scope."""
    signature, made = Signature.objects.get_or_create(
        workspace_id=version.workspace_id, user=user, kind="policy", sha256=version.sha256,
        defaults={"version": version, "method": method},
    )  # fmt: skip
    if not made and signature.version_id != version.id:  # the same words again, under another number
        signature.version = version
        signature.save(update_fields=["version"])
    if made:
        audit.record(
            "policy.accepted", actor=f"user:{user.id}", workspace_id=version.workspace_id,
            target=f"policy:{version.kind}:{version.number}", method=method,
        )  # fmt: skip
    return signature


def enter(workspace_id: UUID, user: User) -> PolicyVersion | None:
    """A member uses the workspace. The version that they must accept first; None when they may go on.

    Where going on counts as acceptance, that is written down, save for whoever never accepted any version: they are asked.
    Needs the workspace's scope."""
    version = outstanding(workspace_id, user)
    if version is None:
        return None
    by_use = effective(workspace_id, "policy.acceptance").value == "continued_use"
    if by_use and Signature.objects.filter(workspace_id=workspace_id, user=user, kind="policy").exists():
        accept(version, user, "continued_use")
        return None
    return version


def _withdrawn(change: PolicyChange) -> None:
    PolicyVersion.objects.filter(id=change.value).update(withdrawn_at=timezone.now())


# On its day nothing has to be done: `in_force` looks at the clock.
announcing.MATTERS["document"] = announcing.Matter(due=lambda _: None, withdrawn=_withdrawn)
