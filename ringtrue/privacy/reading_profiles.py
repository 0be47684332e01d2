"""Profiles: files that read like the policies they keep. Each value stands under the section it comes from; where a policy is
silent, the value that we propose stands under `silent`, and what is not named there either is Ringtrue's own default."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ringtrue.privacy.policy_keys import UnknownSetting, check

PROFILES = Path(__file__).parent / "profiles"
SILENT = "where its policy is silent"


@cache
def profile(name: str) -> dict[str, Any]:
    """{"name", "title", "fixed": {key: value}, "defaults": {key: value}, "where": {key: "§6"}, "sections", "source"}.

    Raises UnknownSetting."""
    path = PROFILES / f"{name}.yaml"
    if not name.isidentifier() or not path.exists():
        raise UnknownSetting(f"There is no profile {name!r}. There are: {', '.join(profile_names())}.")
    held: dict[str, Any] = yaml.safe_load(path.read_text())
    fixed, defaults, where = dict(held.get("fixed", {})), dict(held.get("defaults", {})), {}
    for section in held.get("sections", []):
        for key, value in section["values"].items():
            if key in where and defaults[key] != value:
                raise UnknownSetting(f"Profile {name} says two things about {key}.")
            defaults[key], where[key] = value, section["section"]
    if "sections" in held:
        silent = {**profile("default")["defaults"], **held.get("silent", {})}
        for key, value in silent.items():
            if key not in defaults and key not in fixed:
                defaults[key], where[key] = value, SILENT
    for part in (fixed, defaults, *held.get("plans", {}).values()):
        for key, value in part.items():
            check(key, value)
    for key in fixed:
        defaults.pop(key, None)
    return {**held, "fixed": fixed, "defaults": defaults, "where": where}


def profile_names() -> list[str]:
    return sorted(path.stem for path in PROFILES.glob("*.yaml"))


def plan_names() -> list[str]:
    """Of all profiles; a plan that the chosen profile does not know changes nothing."""
    return sorted({plan for name in profile_names() for plan in profile(name).get("plans", {})})


def check_name(name: Any) -> None:
    """Raises UnknownSetting."""
    if name not in profile_names():
        raise UnknownSetting(f"There is no profile {name!r}. There are: {', '.join(profile_names())}.")
