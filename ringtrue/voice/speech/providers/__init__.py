"""Companies that hear and speak over the network: one file each in this folder, found by its name.

A file has `ABOUT` (what it says of itself) and `connect(settings) -> Connected`; its settings are the variables RINGTRUE_<NAME>_...
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from types import ModuleType

from ringtrue.voice.speech.kinds import About, Connected, Price


class ProviderUnknown(Exception):
    """`str(self)` says which, and which there are."""


class ProviderNotSet(Exception):
    """Something is missing that a provider needs; `str(self)` says what, for whoever runs the installation, never a key."""


class PackageMissing(ProviderNotSet):
    """A package of Python that it needs is not installed."""


def names() -> list[str]:
    """Of the files in this folder, in the order of the alphabet."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.ispkg)


def about(name: str) -> About:
    """Raises ProviderUnknown."""
    said = _module(name).ABOUT
    assert isinstance(said, About), name
    return said


def connect(chosen: Sequence[str], settings: Mapping[str, str]) -> list[Connected]:
    """One for each name, in order; "local" is left out, it is always there as the last. Nothing is sent to anybody by this.

    settings: the environment, or the like; each provider sees its own part, with the prefix off and its defaults in.
    Raises ProviderUnknown, ProviderNotSet.
    """
    return [_connect(name, settings) for name in chosen if name != "local"]


def _connect(name: str, settings: Mapping[str, str]) -> Connected:
    module, prefix = _module(name), f"RINGTRUE_{name.upper()}_"
    said = about(name)
    given = {setting.name: settings.get(prefix + setting.name, setting.default) for setting in said.settings}
    for setting in said.settings:
        if setting.needed and not given[setting.name] and not given.get(setting.unless):
            raise ProviderNotSet(f"{said.title} ({name}) needs {prefix}{setting.name}: {setting.says}")
    try:
        made = module.connect(given)
    except ImportError as error:
        raise PackageMissing(
            f"{said.title} ({name}) needs a package that is not installed: {said.package or error.name}"
        ) from None
    except (ValueError, AttributeError):  # its words may hold a key
        raise ProviderNotSet(f"{said.title} ({name}): one of its settings is not what it should be") from None
    assert isinstance(made, Connected)
    hearing, speaking = _listed(said, given.get("HEARING", "")), _listed(said, given.get("SPEAKING", ""))
    if agreed := settings.get(f"{prefix}HEARING_PRICE"):
        hearing = Price(usd=_dollars(agreed, said), per="hour", as_of="")
    if agreed := settings.get(f"{prefix}SPEAKING_PRICE"):
        speaking = Price(usd=_dollars(agreed, said), per="1000 characters", as_of="")
    prices = {one.name: hearing for one in made.recognizers} | {one.name: speaking for one in made.voices}
    return made._replace(prices=prices)


def voices(chosen: Sequence[str], settings: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, the company's title) of every voice of those that are set up, in their order."""
    found = []
    for name in chosen:
        try:
            found += [(voice.name, about(name).title) for made in connect([name], settings) for voice in made.voices]
        except (ProviderUnknown, ProviderNotSet):
            continue  # the doctor tells of it
    return found


def _listed(said: About, model: str) -> Price | None:
    fitting = [beginning for beginning in said.prices if model.startswith(beginning)]
    return said.prices[max(fitting, key=len)] if fitting else None


def _dollars(agreed: str, said: About) -> float:
    try:
        return float(agreed)
    except ValueError:
        raise ProviderNotSet(f"the price agreed with {said.title} is not a number") from None


def _module(name: str) -> ModuleType:
    if name not in names():
        raise ProviderUnknown(f"no speech provider {name!r}; there are: {', '.join(names())}, local")
    return importlib.import_module(f"{__name__}.{name}")
