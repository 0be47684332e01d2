"""Which engines there are: the folders beside this file that have a module `about`. A new one is found by being there."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache
from typing import Any

import ringtrue.hosted
from ringtrue.hosted.engine import About

_HERE = "ringtrue.hosted"


@cache
def engines() -> dict[str, About]:
    """Name of the folder -> what it states, in alphabetical order."""
    folders = sorted(module.name for module in pkgutil.iter_modules(ringtrue.hosted.__path__) if module.ispkg)
    found = [name for name in folders if importlib.util.find_spec(f"{_HERE}.{name}.about")]
    return {name: importlib.import_module(f"{_HERE}.{name}.about").ABOUT for name in found}


def part(engine: str, name: str) -> Any:
    """A module of an engine's folder. Raises ModuleNotFoundError."""
    if engine not in engines():
        raise ModuleNotFoundError(engine)
    return importlib.import_module(f"{_HERE}.{engine}.{name}")
