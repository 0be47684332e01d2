"""Every line, through the same checks. A new folder under `voice/lines` is found here by itself."""

from __future__ import annotations

import pytest

from ringtrue.conforming import table
from ringtrue.conforming.checks import Check
from ringtrue.conforming.suite import of_lines
from ringtrue.conforming.under_test import Line


@pytest.mark.parametrize(
    ("line", "check"), [pytest.param(line, check, id=f"{line.name}-{check.name}") for line, check in of_lines()]
)
def test_a_line_conforms(line: Line, check: Check) -> None:
    check.run(line)


def test_the_table_is_what_the_suite_says() -> None:
    assert table.PAGE.read_text() == table.page(), "run: python -m ringtrue.conforming"
