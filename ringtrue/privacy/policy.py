"""The effective policy: what holds for a workspace, an agent or a call, and where that comes from.

Order: law floor > signed agreement > profile (what it fixes) > plan > workspace > agent > call. For storage, consent and
retention the more protective value wins, whoever set it, except that a statutory minimum keeps its records. For all other
settings the signed agreement wins, then what the profile fixes; else the nearest to the call that is set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ringtrue.privacy import installation
from ringtrue.privacy.periods import PERPETUAL, in_words, shorter, subtract
from ringtrue.privacy.policy_keys import (
    CHOICES,
    KEYS,
    ORDERS,
    RETENTION_KEYS,
    UnknownSetting,
    more_protective_wins,
    protects_more,
)
from ringtrue.privacy.policy_keys import check as check_value
from ringtrue.privacy.reading_profiles import check_name, plan_names, profile, profile_names

__all__ = [
    "CHOICES", "KEYS", "ORDERS", "RETENTION_KEYS", "Effective", "UnknownSetting", "call_policy", "check", "cutoff", "effective",
    "profile", "profile_names", "settings_of",
]  # fmt: skip

LAW_FLOOR: dict[str, Any] = {
    "training.on_calls": "never",  # until a controller's signed instruction exists
    "signals.gpc": "honour",  # California Code of Regulations, title 11, § 7025
    "closure.days": "P90D",
    "rights.due": "P1M",  # GDPR Art. 12(3); the desk knows the clocks of the other laws
    "min_age": 13,  # COPPA
}
MINIMUMS: dict[str, tuple[str, str]] = {
    "retention.requests": ("P24M", "law: requests are kept for 24 months (California Code of Regulations, title 11, § 7101)"),
}
"""Key -> the shortest period that a law allows, and that law."""

UNREASONED = "P24M"
NO_REASON = "law floor: nothing is kept without end unless a reason is written down (GDPR Art. 5(1)(e))"


class Effective(msgspec.Struct, frozen=True):
    value: Any
    origin: (
        str  # "profile callixo §6", "profile default", "signed agreement ...", "workspace setting", "agent", "call", "law ..."
    )

    @property
    def sentence(self) -> str:
        return f"{in_words(self.value)}, from {self.origin}"


def check(key: str, value: Any) -> None:
    """Raises UnknownSetting, in words for a person."""
    if key == "profile":
        check_name(value)
    elif key == "plan" and value not in ("", *plan_names()):
        raise UnknownSetting(f"There is no plan {value!r}. There are: {', '.join(plan_names())}.")
    else:
        check_value(key, value)


_read: ContextVar[dict[str, dict[str, Any]] | None] = ContextVar("policy_settings_read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Inside, a workspace's settings are read from the database once, however many of them are asked for."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def settings_of(workspace_id: UUID | str) -> dict[str, Any]:
    """What the workspace itself has set. Needs a scope that may see it."""
    from ringtrue.privacy.models import PolicySetting

    read = _read.get()
    found = read.get(str(workspace_id)) if read is not None else None
    if found is None:
        found = dict(PolicySetting.objects.filter(workspace_id=workspace_id).values_list("key", "value"))
        if read is not None:
            read[str(workspace_id)] = found
    return found


def effective(
    workspace_id: UUID | str,
    key: str,
    *,
    agent: Mapping[str, Any] | None = None,
    call: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    workspace: Mapping[str, Any] | None = None,
) -> Effective:
    """`agent`, `call` and `plan` map keys to values; `workspace` replaces the stored settings (for previews).

    A signed agreement stands among the workspace's settings under "agreement": {"title", "values"}. Raises UnknownSetting."""
    if key not in KEYS:
        raise UnknownSetting(f"There is no setting {key!r}.")
    own = settings_of(workspace_id) if workspace is None else workspace
    name = own.get("profile", "default")
    if key == "profile":
        return Effective(name, "workspace setting" if "profile" in own else "the installation's default")
    chosen = profile(name)
    of_profile = f"profile {name} {chosen['where'].get(key, '')}".strip()
    agreement = own.get("agreement") or {}
    asked: list[tuple[str, Effective]] = []
    for level, origin, values in (
        ("agreement", f"signed agreement {agreement.get('title', '')}".strip(), agreement.get("values", {})),
        ("fixed", of_profile, chosen["fixed"]),
        ("default", of_profile, chosen["defaults"]),
        ("plan", f"plan {own.get('plan', '')}".strip(), _of_plan(chosen, own) if plan is None else plan),
        ("workspace", "workspace setting", own),
        ("agent", "agent", agent or {}),
        ("call", "call", call or {}),
    ):
        if key in values:
            try:
                check(key, values[key])
            except UnknownSetting:
                continue  # a value that nobody can read does not loosen anything
            asked.append((level, Effective(values[key], origin)))
    if not asked:
        raise UnknownSetting(f"No profile says anything about {key!r}.")
    if key in LAW_FLOOR:
        asked.insert(0, ("law", Effective(LAW_FLOOR[key], "law floor")))
    if more_protective_wins(key):
        return _bounded_by_law(key, _most_protective(key, [held for _, held in asked]), own)
    first_level, first = asked[0]
    return first if first_level in ("law", "agreement", "fixed") else asked[-1][1]


def _of_plan(chosen: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What the profile says for the plan that the workspace has."""
    held: dict[str, Any] = chosen.get("plans", {}).get(own.get("plan"), {})
    return held


def _most_protective(key: str, asked: list[Effective]) -> Effective:
    best = asked[0]
    # The law is named where somebody asked for less than it; where everybody asks for as much, they are.
    unneeded = best.origin == "law floor" and not any(protects_more(key, best.value, other.value) for other in asked)
    for other in asked[1:]:
        if protects_more(key, other.value, best.value) or (unneeded and best.origin == "law floor"):
            best = other
    return best


def _bounded_by_law(key: str, held: Effective, own: Mapping[str, Any]) -> Effective:
    if key in RETENTION_KEYS and held.value == PERPETUAL and not str(own.get("retention.reason", "")).strip():
        return Effective(UNREASONED, NO_REASON)
    if key in MINIMUMS and shorter(held.value, MINIMUMS[key][0]):
        return Effective(*MINIMUMS[key])
    return held


def call_policy(
    workspace_id: UUID | str, *, agent: Mapping[str, Any] | None = None, call: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """All that a `GateCall` and a call order need, as {key: value}: storage.* , recording.*, transcript.on_refusal.

    On an installation that does not lie where the policy promises, only that a call happened is kept."""
    own = settings_of(workspace_id)
    wanted = [key for key in KEYS if key.startswith(("storage.", "recording.", "transcript."))]
    held = {key: effective(workspace_id, key, agent=agent, call=call, workspace=own).value for key in wanted}
    if not installation.lies_within(effective(workspace_id, "residency.at_rest", workspace=own).value):
        # Promised to lie somewhere else: then nothing that was said is stored here.
        held |= {"storage.mode": "metadata_only", "recording.flow": "off"}
    return held


def cutoff(workspace_id: UUID | str, key: str, now: datetime) -> datetime | None:
    """What is older than this is expired; None when the class is kept for ever."""
    value = effective(workspace_id, key).value
    return None if value == PERPETUAL else subtract(now, value)
