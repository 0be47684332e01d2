"""What a line states is whole, and its folder has what it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

import ringtrue
from ringtrue.conforming.checks import CHECKS, must
from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.about import ABILITIES, NotEntered

HERE = Path(ringtrue.__file__).parent
NEEDS = {"outbound": "dialing", "transfer": "controlling"}


@must("about")
def every_ability_is_stated(line: Line) -> None:
    about = line.about
    assert about.title, "give it a title"
    assert not about.can.keys() & about.cannot.keys(), "it can, or it cannot"
    assert {*about.can, *about.cannot} == ABILITIES.keys(), (
        f"state these too, or leave them out: {sorted({*about.can, *about.cannot} ^ ABILITIES.keys())}"
    )
    for ability, why in about.cannot.items():
        assert why, f"say why it cannot: {ability}"
    for ability, checked in about.can.items():
        assert not checked.by or (HERE / checked.by).is_file(), f"{ability}: there is no ringtrue/{checked.by}"
        seen = checked.by or any(check.ability == ability and check.concerns(line) for check in CHECKS)
        assert seen, f"{ability}: no check of the suite shows it; name a test of yours that does"
        part = NEEDS.get(ability)
        assert part is None or line.part(part) is not None or checked.by, f"{ability} needs a module {part}"


@must("about")
def connections_to_the_outside_are_stated(line: Line) -> None:
    about, folder = line.about, Path(str(line.part("about").__file__)).parent
    for file in about.connections:
        assert (folder / file).is_file(), f"there is no {line.name}/{file}"
    assert about.company is not None or not about.fields, "who gets something, if an account is connected?"
    assert about.documentation or not about.fields, "which pages were followed?"


@must("about")
def its_form_reads_what_an_operator_enters(line: Line) -> None:
    fields = line.about.fields
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,19}", line.name), "2 to 20 small letters and digits name a folder"
    if not fields:
        return
    assert len({field.name for field in fields}) == len(fields)
    assert all(field.wrong for field in fields if field.pattern), "what is said where the pattern does not fit?"
    entries = dict(line.stand_in.ENTRIES)
    assert entries.keys() <= {field.name for field in fields}
    entered = line.entered()
    assert 0 < len(entered.account) <= 80
    assert entered.name
    for secret in line.secrets():
        assert secret not in entered.account + entered.name
    problem = None
    try:
        finding.read(line.name, {})
    except NotEntered as refused:
        problem = refused
    assert problem is not None, "an empty form is taken"
    assert problem.field in {field.name for field in fields}
    assert str(problem).endswith("."), "a sentence for a person"
