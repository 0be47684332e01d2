"""What the installation itself declares, and what a profile promises that it does not: a profile is a promise about it too."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from ringtrue.core.configuring import CONFIG
from ringtrue.privacy.policy_keys import UnknownSetting
from ringtrue.privacy.reading_profiles import profile

WITHIN: dict[str, tuple[str, ...]] = {
    "anywhere": (),
    "eu_or_us": ("eu", "us"),
    "eu": ("eu",),
    "us": ("us",),
    "eu-central-1": ("eu-central-1",),
}


class InstallationLacks(UnknownSetting):
    """The installation does not declare what this profile promises."""


def declared_region() -> str:
    """RINGTRUE_REGION: where data lies, such as "eu-central-1", "us-east-1"; "" where the operator has not said."""
    return CONFIG.region


def lies_within(wanted: str) -> bool:
    """Whether data lies where `residency.at_rest` says; what nobody declared lies nowhere."""
    places, region = WITHIN[wanted], declared_region()
    return not places or any(region == place or region.startswith(f"{place}-") for place in places)


def lacks(name: str) -> list[str]:
    """Sentences: what the profile `name` promises and this installation does not declare. Raises UnknownSetting."""
    held: dict[str, Any] = profile(name)
    wanted = {**held["defaults"], **held["fixed"]}.get("residency.at_rest", "anywhere")
    found = []
    if not lies_within(wanted):
        places, region = WITHIN[wanted], declared_region()
        said = f"it declares {region}" if region else "it does not say where its data lies"
        found.append(
            f"{held['title']} promises that data lies in {' or '.join(places)}; {said}. The operator sets RINGTRUE_REGION where it is so."
        )
    if "redis" not in settings.CACHES["default"]["BACKEND"]:
        found.append(f"{held['title']} promises sessions in Redis; this installation has none.")
    return found
