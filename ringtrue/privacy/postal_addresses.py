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
_ABBREVIATED = frozenset("apt st ave rd dr ln blvd ste no p o n s e w mt ft".split())
_BOX = re.compile(
    r"\b(?:psc \d+,? )?(?:p\.? ?o\.? )?box (?:no\.? |number )?\d+\b(?:,?\s+ap[oa] [a-z]{2} \d{5})?|\b(?:suite|apt\.?|apartment|flat|unit) (?:no\.? )?\d+\w?\b",
    re.I,
)
_CORNER = re.compile(r"\b(?:at |on )?the corner of [^.,;?!\n]{2,40}? and (?:[^\s.,;?!]+ ?){1,3}", re.I)
_LIVE = re.compile(
    r"\b(?:(?:my |the |home |billing |mailing |postal |street )?address(?: is|'s|:)?|(?:i )?live (?:at|in|on)|i(?:'m| am) (?:at|on)"
    r"|located at|come to|delivered? to)\s+", re.I
)  # fmt: skip


def find(text: str, toks: list[Token], asked: bool = False) -> list[Span]:
    found = [Span("ADDRESS", *m.span()) for place in (_BOX, _CORNER) for m in place.finditer(text)]
    runs = {run.first: run for run in digit_runs(text, toks)}
    for run in runs.values():
        if len(run.value) <= 6 or (len(run.value) <= 9 and any(t.text in STREETS for t in toks[run.last + 2 : run.last + 5])):
            last = _to_the_end(text, toks, run.last, runs)
            if last is not None:
                found.append(Span("ADDRESS", run.start, toks[last].end))
    for match in _LIVE.finditer(text):
        i = next((n for n, t in enumerate(toks) if t.start >= match.end()), None)
        if i is not None and i in runs and len(runs[i].value) <= 6:
            last = _to_the_end(text, toks, runs[i].last, runs)
            end = last if last is not None else _words_on(text, toks, runs[i].last)
            found.append(Span("ADDRESS", toks[i].start, toks[end].end))
    if asked and toks and not text.rstrip().endswith("?") and len(toks) <= 24:
        firsts = [run.start for run in runs.values()]
        if firsts:
            found.append(Span("ADDRESS", min(firsts), toks[-1].end))
    return found


def _to_the_end(text: str, toks: list[Token], last: int, runs: dict[int, Run]) -> int | None:
    """From a house number on: index of the last word of the address, or None when what follows is none. It needs a word for a
    street, a unit with its number, a state or a postcode, with something between it and the house number; it ends where a
    word begins something else, or after five words that say nothing of a place."""
    best, i, blank = None, last + 1, 0
    while i < len(toks) and i < last + 18:
        word, gap = toks[i].text, text[toks[i - 1].end : toks[i].start]
        if re.search(r"[?!;]", gap) or (re.search(r"\.\s", gap) and toks[i - 1].text not in _ABBREVIATED) or word in _STOP:
            break
        run = runs.get(i)
        if run is not None:
            if len(run.value) > 9 or (best is None and i == last + 1):
                break
            if len(run.value) >= 5 or toks[i - 1].text in _UNIT or best is not None:
                best, blank = run.last, 0
            i = run.last + 1
            continue
        if (word in STREETS or word in _STATES) and i > last + 1:
            best, blank = i, 0
        elif toks[i].raw[:1].isupper():
            best = i if best is not None else None
        else:
            blank += 1
            if blank > 5:
                break
        i += 1
    return best


def _words_on(text: str, toks: list[Token], last: int) -> int:
    """ "I live at 452 Kambur": up to three words after the number."""
    i = last
    while (
        i + 1 < len(toks)
        and i < last + 3
        and toks[i + 1].text not in _STOP
        and not re.search(r"[?!;,.]", text[toks[i].end : toks[i + 1].start])
    ):
        i += 1
    return i
