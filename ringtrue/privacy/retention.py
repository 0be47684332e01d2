"""Expiry: what has been kept for as long as the policy says goes. Safe to kill and to repeat: each store of each workspace is a
transaction of its own, and what is left goes with the next run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.privacy import legal_holds
from ringtrue.privacy.data_map import Removed, Store, stores
from ringtrue.privacy.periods import PERPETUAL, in_words, shorter, subtract
from ringtrue.privacy.policy import RETENTION_KEYS, effective

log = structlog.get_logger(__name__)
NOBODY = UUID(int=0)  # the workspace of a store that belongs to the installation


def expire(now: datetime) -> dict[str, Removed]:
    """Run over all workspaces and stores. {"store": what was removed}, stores with nothing removed left out."""
    total: dict[str, Removed] = {}
    with system_scope("retention runs over every workspace"):
        workspaces = list(Workspace.objects.values_list("id", flat=True))
    for workspace_id in workspaces:
        gone = expire_workspace(workspace_id, now)
        for name, removed in gone.items():
            total[name] = total.get(name, Removed()) + removed
        with workspace_scope(workspace_id):
            audit.record("retention.ran", actor="system:retention", workspace_id=workspace_id, stores=len(gone))
    for store in _expiring(installation=True):
        cutoff = _installation_cutoff(store, now)
        if cutoff is not None and store.expire is not None:
            with system_scope("stores of the installation itself"):
                removed = store.expire(NOBODY, cutoff)
            if removed != Removed():
                total[store.store] = removed
    return total


def expire_workspace(workspace_id: UUID, now: datetime) -> dict[str, Removed]:
    gone: dict[str, Removed] = {}
    for store in _expiring(installation=False):
        try:
            with workspace_scope(workspace_id):
                if store.subject == "caller" and legal_holds.on_workspace(workspace_id) is not None:
                    continue
                cutoff = _cutoff(workspace_id, store, now)
                if cutoff is None or store.expire is None:
                    continue
                removed = store.expire(workspace_id, cutoff)
                if removed == Removed():
                    continue
                audit.record(
                    "retention.expired", actor="system:retention", workspace_id=workspace_id, target=store.store,
                    rows=removed.rows, files=removed.files,
                )  # fmt: skip
                gone[store.store] = removed
        except Exception:
            # One store that fails must not keep the others from expiring; the next run tries it again.
            log.exception("retention failed", store=store.store, workspace=str(workspace_id))
    return gone


def preview(workspace_id: UUID, key: str, value: str, now: datetime) -> list[str]:
    """What a new value of a retention setting would remove at the next run, in sentences. Needs the workspace's scope."""
    from ringtrue.privacy.policy import settings_of

    own = {**settings_of(workspace_id), key: value}
    after = effective(workspace_id, key, workspace=own)
    sentences = [f"Kept for {in_words(after.value)}." if after.value != PERPETUAL else "Kept without end."]
    if after.value != value:
        asks = "asks for more than" if shorter(value, after.value) else "asks for less than"
        sentences = [f"It stays at {in_words(after.value)}: {after.origin} {asks} {in_words(value)}."]
    return sentences + would_go(workspace_id, key, after.value, now)


def would_go(workspace_id: UUID, key: str, value: str, now: datetime) -> list[str]:
    """Sentences: what the next run would remove if this class were kept for `value`. Needs the workspace's scope."""
    if value == PERPETUAL:
        return []
    hold = legal_holds.on_workspace(workspace_id)
    if hold is not None:
        return [f"Nothing is deleted while a hold stands: {hold.law}."]
    cutoff, at, sentences = subtract(now, value), next_run(now), []
    for store in _expiring(installation=False):
        if f"retention.{store.retention}" == key and store.count is not None:
            number = store.count(workspace_id, cutoff)
            if number:
                sentences.append(
                    f"{number} {'is' if number == 1 else 'are'} older and will be removed in the night of {at:%B} {at.day}: {store.what}."
                )
    return sentences


def next_run(now: datetime) -> datetime:
    """When expiry runs next (`privacy/jobs.py`), UTC."""
    today = now.astimezone(UTC).replace(hour=2, minute=37, second=0, microsecond=0)
    return today if now <= today else today + timedelta(days=1)


def _expiring(*, installation: bool) -> list[Store]:
    return [s for s in stores() if s.expire is not None and (s.scope == "installation") is installation]


def _cutoff(workspace_id: UUID, store: Store, now: datetime) -> datetime | None:
    key = f"retention.{store.retention}"
    if key not in RETENTION_KEYS:
        return None
    value = effective(workspace_id, key).value
    return None if value == PERPETUAL else subtract(now, value)


def _installation_cutoff(store: Store, now: datetime) -> datetime | None:
    """The default profile speaks for the installation: these rows belong to no workspace."""
    key = f"retention.{store.retention}"
    value = effective(NOBODY, key, workspace={}).value if key in RETENTION_KEYS else PERPETUAL
    return None if value == PERPETUAL else subtract(now, value)
