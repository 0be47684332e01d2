"""All checks of all lines."""

from __future__ import annotations

from ringtrue.conforming import api_checks, hook_checks, media_checks, statement_checks  # noqa: F401 - they enter their checks
from ringtrue.conforming.checks import CHECKS, Check
from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines import finding

__all__ = ["CHECKS", "of_lines"]


def of_lines(*names: str) -> list[tuple[Line, Check]]:
    """Each line of these names (all, if none is given) with each check that concerns it."""
    lines = [Line(name) for name in finding.lines() if not names or name in names]
    return [(line, check) for line in lines for check in CHECKS if check.concerns(line)]
