"""The register of checks. One is a function of a `Line`; what fails raises AssertionError."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines.about import ABILITIES


class Check(NamedTuple):
    ability: str  # that it shows; "" for what every line has to do
    parts: tuple[str, ...]  # modules of the folder that it needs
    run: Callable[[Line], None]

    @property
    def name(self) -> str:
        return self.run.__name__

    def concerns(self, line: Line) -> bool:
        stated = not self.ability or self.ability in line.about.can
        return stated and all(line.part(part) is not None for part in self.parts)


CHECKS: list[Check] = []


def shows(ability: str, *parts: str) -> Callable[[Callable[[Line], None]], Callable[[Line], None]]:
    assert not ability or ability in ABILITIES, ability

    def enter(run: Callable[[Line], None]) -> Callable[[Line], None]:
        CHECKS.append(Check(ability, parts, run))
        return run

    return enter


def must(parts: str) -> Callable[[Callable[[Line], None]], Callable[[Line], None]]:
    """Of every line with these modules, whatever it states."""
    return shows("", *parts.split())
