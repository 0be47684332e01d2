"""Street addresses: a house number, a name, a word for a street; and what follows "I live at"."""

from __future__ import annotations

import re

from ringtrue.privacy.spans import Span
from ringtrue.privacy.spoken import Run, Token, digit_runs

STREETS = frozenset(
    """street st road rd avenue ave av lane ln drive dr boulevard blvd court ct way place pl close terrace highway hwy square sq
    crescent parkway pkwy circle cir trail row mews grove groves hill gardens walk alley loop plaza route mount ridge run view
    heights green turnpike expressway crossing path pike""".split()
)
_STATES = frozenset(
    """al ak az ar ca co ct de fl ga ia id il ks ky la ma md mi mn mo ms mt nc nd ne nh nj nm nv ny oh ok pa ri sc sd tn tx ut
    va vt wa wi wv wy alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana
    nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming usa uk
    england scotland wales""".split()
)
_UNIT = frozenset("apt apartment suite unit flat floor building room number no box".split())
_STOP = frozenset(
    """and my is contact phone number name email so please i i'm it's it that that's the at in the where what when how you your
    can could would will do does near from with for""".split()
)
_LIVE = re.compile(
    r"\b(?:(?:my |the |home |billing |mailing |postal |street )?address(?: is|'s|:)?|(?:i )?live (?:at|in|on)|i(?:'m| am) (?:at|on)"
    r"|located at|come to|delivered? to)\s+", re.I
)  # fmt: skip


def find(text: str, toks: list[Token], asked: bool = False) -> list[Span]:
    found = []
    runs = {run.first: run for run in digit_runs(text, toks)}
    for first, run in runs.items():
        if len(run.value) > 6 or first + 1 >= len(toks):
            continue
        street = _street_after(text, toks, run.last)
        if street is not None:
            last = _to_the_end(text, toks, street, runs)
            found.append(Span("ADDRESS", run.start, toks[last].end))
    for match in _LIVE.finditer(text):
        i = next((n for n, t in enumerate(toks) if t.start >= match.end()), None)
        if i is not None and i in runs and len(runs[i].value) <= 6:
            found.append(Span("ADDRESS", toks[i].start, toks[_to_the_end(text, toks, runs[i].last, runs)].end))
    if asked:
        found += [Span("ADDRESS", run.start, toks[_to_the_end(text, toks, run.last, runs)].end) for run in runs.values()]
    return found


def _street_after(text: str, toks: list[Token], last: int) -> int | None:
    for i in range(last + 1, min(last + 6, len(toks))):
        between = text[toks[i - 1].end : toks[i].start]
        if re.search(r"[?!;]", between) or (toks[i].text in _STOP and i > last + 1) or toks[i].text in ("minutes", "dollars"):
            return None
        if toks[i].text in STREETS and i > last + 1:
            return i
    return None


def _to_the_end(text: str, toks: list[Token], last: int, runs: dict[int, Run]) -> int:
    """On over unit, town, state and postcode: up to eight words, as long as none of them begins something else."""
    best = last
    i, steps = last + 1, 0
    while i < len(toks) and steps < 9:
        word = toks[i].text
        if re.search(r"[?!;]|\.\s", text[toks[i - 1].end : toks[i].start]) or word in _STOP:
            break
        run = runs.get(i)
        if run is not None:
            length = len(run.value)
            if length > 6:
                break
            best = i = run.last
            if length >= 4:
                break
        elif word in _STATES or word in _UNIT or word in STREETS or toks[i].raw[:1].isupper():
            best = i
        i, steps = i + 1, steps + 1
    return best
