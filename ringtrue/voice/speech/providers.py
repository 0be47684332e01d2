"""Which recognizers and voices an installation has, in the order in which they are asked."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence

from ringtrue.voice.speech.kinds import Connected

PROVIDERS = {
    "openai": "ringtrue.voice.speech.openai_speech",
    "deepgram": "ringtrue.voice.speech.deepgram",
}
"""name -> module with `connect(settings) -> Connected`; its settings are named RINGTRUE_<NAME>_..."""


class ProviderUnknown(Exception):
    """`str(self)` says which, and which there are."""


class ProviderNotSet(Exception):
    """Something is missing that a provider needs; `str(self)` says what, never a key."""


def connect(names: Sequence[str], settings: Mapping[str, str]) -> list[Connected]:
    """One for each name, in order; "local" is left out, it is always there as the last. Nothing is sent to anybody by this.

    Raises ProviderUnknown, ProviderNotSet.
    """
    made = []
    for name in names:
        if name == "local":
            continue
        if name not in PROVIDERS:
            raise ProviderUnknown(f"no speech provider {name!r}; there are: {', '.join(sorted(PROVIDERS))}, local")
        own = {key: value for key, value in settings.items() if key.startswith(f"RINGTRUE_{name.upper()}_")}
        try:
            made.append(importlib.import_module(PROVIDERS[name]).connect(own))
        except ImportError as error:
            raise ProviderNotSet(f"speech provider {name!r} needs a package that is not installed: {error.name}") from None
        except KeyError as error:
            raise ProviderNotSet(f"speech provider {name!r} needs RINGTRUE_{name.upper()}_{error.args[0]}") from None
    return made
