"""Which lines there are: the folders beside this file that have a module `about`. A new one is found by being there."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType

import ringtrue.voice.lines
from ringtrue.voice.lines.about import About, Entered
from ringtrue.voice.lines.about import read as read_fields

_HERE = "ringtrue.voice.lines"


@cache
def lines() -> dict[str, About]:
    """Name of the folder -> what it states, in alphabetical order."""
    folders = sorted(module.name for module in pkgutil.iter_modules(ringtrue.voice.lines.__path__) if module.ispkg)
    return {name: importlib.import_module(f"{_HERE}.{name}.about").ABOUT for name in folders if _has(name, "about")}


def about(line: str) -> About:
    """What a line states; of one whose folder is gone, only its name."""
    return lines().get(line) or About(title=line)


def carried_by(line: str) -> list[str]:
    """The lines whose calls arrive over this one: itself, and those that name it as their `gateway`."""
    return [line, *(name for name, held in lines().items() if held.gateway == line != name)]


def part(line: str, name: str) -> ModuleType | None:
    """A module of a line's folder; None where there is no such line, or it has no such module."""
    return importlib.import_module(f"{_HERE}.{line}.{name}") if line in lines() and _has(line, name) else None


def read(line: str, given: Mapping[str, str]) -> Entered:
    """What is kept of an operator's entries. Raises `about.NotEntered`."""
    own = part(line, "entering")
    if own is None:
        return read_fields(lines()[line], given)
    entered: Entered = own.read(given)
    return entered


def _has(line: str, name: str) -> bool:
    return importlib.util.find_spec(f"{_HERE}.{line}.{name}") is not None
