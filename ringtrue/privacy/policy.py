"""The effective policy: what holds for a workspace, an agent or a call, and where that comes from.

Order: law floor > signed agreement > profile (what it fixes) > plan > workspace > agent > call. For storage, consent and
retention the more protective value wins, whoever set it; a statutory minimum can only be raised above by the law floor.
For all other settings a fixed value of the profile wins; else the nearest to the call that is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import yaml

from ringtrue.privacy.modes import MODES
from ringtrue.privacy.periods import PERPETUAL, in_words, shorter, subtract

PROFILES = Path(__file__).parent / "profiles"

# From the least to the most protective.
ORDERS: dict[str, tuple[Any, ...]] = {
    "storage.mode": MODES,
    "storage.audio": (True, False),
    "storage.transcript": (True, False),
    "storage.summary": (True, False),
    "storage.logs": (True, False),
    "recording.flow": ("announce", "ask", "off"),
    "recording.on_withdrawal": ("keep", "delete_prior"),
    "transcript.on_refusal": ("keep", "drop"),
    "training.on_calls": ("allow", "deidentified", "never"),
    "voice.enabled": (True, False),
}

CHOICES: dict[str, tuple[Any, ...]] = {
    **ORDERS,
    "recording.on_refusal": ("continue_unrecorded", "end"),
    "notifications.detail": ("full", "link_only"),
    "profile": (),  # the names of the files
}

RETENTION_KEYS = (
    "retention.recordings", "retention.transcripts", "retention.call_metadata", "retention.contacts", "retention.mails",
    "retention.deliveries", "retention.webhooks", "retention.sign_ins", "retention.ip", "retention.jobs",
)  # fmt: skip

KEYS = (*CHOICES, *RETENTION_KEYS)

LAW_FLOOR: dict[str, Any] = {"training.on_calls": "never"}  # until a controller's signed instruction exists (issue 5)


class Effective(msgspec.Struct, frozen=True):
    value: Any
    origin: str  # "profile default", "workspace setting", "agent", "call", "law floor"

    @property
    def sentence(self) -> str:
        return f"{in_words(self.value)}, from {self.origin}"


class UnknownSetting(ValueError):
    """There is no such setting, or it cannot have this value."""


@cache
def profile(name: str) -> dict[str, Any]:
    """{"name", "title", "fixed": {key: value}, "defaults": {key: value}}. Raises UnknownSetting."""
    path = PROFILES / f"{name}.yaml"
    if not name.isidentifier() or not path.exists():
        raise UnknownSetting(f"There is no profile {name!r}.")
    held: dict[str, Any] = yaml.safe_load(path.read_text())
    for part in ("fixed", "defaults"):
        held.setdefault(part, {})
        for key, value in held[part].items():
            check(key, value)
    return held


def profile_names() -> list[str]:
    return sorted(path.stem for path in PROFILES.glob("*.yaml"))


def check(key: str, value: Any) -> None:
    """Raises UnknownSetting, in words for a person."""
    if key == "profile":
        if value not in profile_names():
            raise UnknownSetting(f"There is no profile {value!r}. There are: {', '.join(profile_names())}.")
    elif key in CHOICES:
        if not any(value is choice or (value == choice and type(value) is type(choice)) for choice in CHOICES[key]):
            raise UnknownSetting(f"{key} can be {', '.join(str(choice) for choice in CHOICES[key])}, not {value!r}.")
    elif key in RETENTION_KEYS:
        try:
            in_words(value)
            if value != PERPETUAL:
                subtract(datetime(2026, 1, 1, tzinfo=None), value)  # noqa: DTZ001 - only whether it can be read
        except (ValueError, TypeError):
            raise UnknownSetting(f"{key} is a period such as P30D, P12M or P2Y, or {PERPETUAL!r}; not {value!r}.") from None
    else:
        raise UnknownSetting(f"There is no setting {key!r}.")


def settings_of(workspace_id: UUID | str) -> dict[str, Any]:
    """What the workspace itself has set. Needs a scope that may see it."""
    from ringtrue.privacy.models import PolicySetting

    return dict(PolicySetting.objects.filter(workspace_id=workspace_id).values_list("key", "value"))


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

    Raises UnknownSetting."""
    if key not in KEYS:
        raise UnknownSetting(f"There is no setting {key!r}.")
    own = settings_of(workspace_id) if workspace is None else workspace
    name = own.get("profile", "default")
    if key == "profile":
        return Effective(name, "workspace setting" if "profile" in own else "the installation's default")
    chosen = profile(name)
    asked: list[Effective] = []
    for level, values in (
        (f"profile {name}", chosen["fixed"]),
        (f"profile {name}", chosen["defaults"]),
        ("plan", plan or {}),
        ("workspace setting", own),
        ("agent", agent or {}),
        ("call", call or {}),
    ):
        if key in values:
            try:
                check(key, values[key])
            except UnknownSetting:
                continue  # a value that nobody can read does not loosen anything
            asked.append(Effective(values[key], level))
    if not asked:
        raise UnknownSetting(f"No profile says anything about {key!r}.")
    if key in LAW_FLOOR:
        asked.insert(0, Effective(LAW_FLOOR[key], "law floor"))
    if key in ORDERS or key in RETENTION_KEYS:
        return _most_protective(key, asked)
    if key in LAW_FLOOR or key in chosen["fixed"]:
        return asked[0]
    return asked[-1]


def _most_protective(key: str, asked: list[Effective]) -> Effective:
    best = asked[0]
    for other in asked[1:]:
        if key in ORDERS:
            order = ORDERS[key]
            better = order.index(other.value) > order.index(best.value)
        else:
            better = shorter(other.value, best.value)
        if better:
            best = other
    return best


def call_policy(
    workspace_id: UUID | str, *, agent: Mapping[str, Any] | None = None, call: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """All that a `GateCall` and a call order need, as {key: value}: storage.* , recording.*, transcript.on_refusal."""
    own = settings_of(workspace_id)
    wanted = [key for key in KEYS if key.startswith(("storage.", "recording.", "transcript."))]
    return {key: effective(workspace_id, key, agent=agent, call=call, workspace=own).value for key in wanted}


def cutoff(workspace_id: UUID | str, key: str, now: datetime) -> datetime | None:
    """What is older than this is expired; None when the class is kept for ever."""
    value = effective(workspace_id, key).value
    return None if value == PERPETUAL else subtract(now, value)
