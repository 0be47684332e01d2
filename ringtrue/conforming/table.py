"""`docs/providers.md`: what each provider can, cannot, and where that was seen. Written from what providers state and from which checks of
the suite concern them; written only when all of them pass (`__main__.py`), and a test compares."""

from __future__ import annotations

from pathlib import Path

import ringtrue
from ringtrue.conforming import other_kinds
from ringtrue.conforming.suite import CHECKS
from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.about import ABILITIES

PAGE = Path(ringtrue.__file__).parents[1] / "docs" / "providers.md"

HEAD = """# Providers: what each can, and where that was seen

Written by `python -m ringtrue.conforming`, which runs every provider through the same checks (`ringtrue/conforming/`). A provider that fails
one is not in it. What the words mean:

* **stand-in**: a program of ours that speaks the provider's documented protocol. It shows that we do what we read; it does not show that we
  read right.
* **peer**: real software of others, on the machine that runs the tests: a browser, a SIP client, a registrar.
* **trace**: a recording of the real provider.
* **live**: the real provider. Nothing in this table was seen there so far, except where it says so.

How to add one: [a carrier](adding-a-carrier.md), [a company that hears or speaks](speech-providers.md), [a language model](models.md), [a hosted engine](hosted-engines.md).
"""


def lines() -> str:
    known = [Line(name) for name in sorted(finding.lines(), key=lambda name: finding.lines()[name].title)]
    out = ["## Lines", "", "| | " + " | ".join(line.about.title for line in known) + " |", "|---|" + "---|" * len(known)]
    for ability, words in ABILITIES.items():
        out.append(f"| {words} | " + " | ".join(_cell(line, ability) for line in known) + " |")
    for line in known:
        out += ["", *_of(line)]
    return "\n".join(out) + "\n"


def _cell(line: Line, ability: str) -> str:
    checked = line.about.can.get(ability)
    if checked is None:
        return "no"
    seen = {checked.where, *(["stand-in"] if shown(line, ability) else [])}
    return ", ".join(sorted(seen))


def shown(line: Line, ability: str) -> bool:
    """Whether a check of the suite shows it."""
    return any(check.ability == ability and check.concerns(line) for check in CHECKS)


def _of(line: Line) -> list[str]:
    about = line.about
    passed = sum(check.concerns(line) for check in CHECKS)
    out = [f"### {about.title} (`voice/lines/{line.name}`)", ""]
    if about.note:
        out += [about.note, ""]
    company = f"{about.company.name} {about.company.does}." if about.company else "Nobody outside gets anything."
    out.append(f"* {company} {passed} checks of the suite pass.")
    if about.documentation:
        out.append(f"* Follows {', '.join(about.documentation)}.")
    tests = sorted({checked.by for checked in about.can.values() if checked.by})
    if tests:
        out.append("* Seen besides in " + ", ".join(f"`ringtrue/{test}`" for test in tests) + ".")
    for ability, why in about.cannot.items():
        out.append(f"* Cannot: {ABILITIES[ability]}: {why}.")
    return out


def page() -> str:
    return "\n".join([HEAD, lines(), other_kinds.speech(), other_kinds.models(), other_kinds.hosted_engines()])
