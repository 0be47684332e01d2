"""Names of people: by what stands before them ("my name is"), by the census lists, by capitals, and by having been asked for."""

from __future__ import annotations

import re

from ringtrue.privacy.name_lists import WORDS_TOO, family_names, given_names
from ringtrue.privacy.spans import Span
from ringtrue.privacy.spoken import Token

# What follows is a name, whatever it looks like.
_SURE = re.compile(
    r"\b(?:(?:my|his|her|the|their|your|full|first|last|family|sur|patient'?s?|company|i)\s*name(?:s|'s)?(?:\s+(?:is|was|would be|it's))?"
    r"|name(?:'s| is|:)|your name\?|(?:^|\b(?:and|with|under|for|in)\s+)name|called|call me|speaking with|speak (?:to|with)|spell(?:ed|ing)|mr\.?|mrs\.?|ms\.?|miss|mister|missus"
    r"|dr\.?|doctor|prof(?:essor)?\.?|sir|lady|madam)\s+",
    re.I,
)
# What follows is a name if it is on a list or written like one.
_LIKELY = re.compile(
    r"\b(?:this is|i'?m|i am|im|it'?s|its|that'?s|here is|hi|hello|hey|dear|thanks|thank you|regards|from|with|for|and|sure|yes|"
    r"sincerely|ask for|told|met|see|husband|wife|son|daughter|mother|father|brother|sister|friend|daddy|mom|mum)[\s,.]+", re.I
)  # fmt: skip
NO_NAME = frozenset(
    """a an the and or but so i i'm im you he she it we they me him her us them my your his its our their this that these those is
    am are was were be been being do does did have has had having will would can could should may might must shall not no yes yeah
    yep nope ok okay sure please thanks thank hello hi hey bye goodbye well um uh er erm hmm oh ah like just very really right now
    then there here what when where who whom why how which if because as at by for from in into of off on onto out over to up with
    without about after again before calling call called speaking looking trying going wanting want wanted need needed needing
    having hoping wondering interested ready sorry afraid good great fine morning afternoon evening night today tomorrow yesterday
    appointment account number name first last full maiden spelled spelling email address phone policy booking confirmation claim
    password ssn zip code card date birth new existing patient customer company business sir ma'am madam correct wrong actually also
    all some any one two three four five six seven eight nine ten don't doesn't didn't can't won't isn't it's that's there's
    what's let's back got get give take make book cancel change help see know think mean say said tell told ask asked only
    appears appear changed changes misspelled incorrectly incorrect listed showing shows goes works still already maybe perhaps probably sure soon early late later monday tuesday wednesday thursday friday saturday sunday
    january february april june july august september october november december me too much more""".split()
)
_ANSWERS = frozenset(
    """cleaning checkup check-up filling crown whitening root canal emergency visit pain tooth teeth appointment booking insurance
    billing bill payment price prices cost hours address parking directions message question information help reservation flight
    ticket policy claim quote coverage order delivery upgrade update software license printer network internet laptop computer
    service support agent person human operator representative manager receptionist doctor dentist nurse nothing everything
    anything something none never always maybe great perfect awesome excellent wonderful alright correct right exactly absolutely
    definitely certainly indeed cool nice good fine done finished ready wait hold moment second minute minutes hour today tomorrow
    tonight yesterday morning afternoon evening noon weekday weekend week month year plumbing plumber leak leaking pipe drain toilet
    sink boiler heater water gas yup yea nah pardon repeat again louder slower goodbye bye cheers welcome congratulations sorry
    cash credit debit card visa email phone text mail online website english spanish french german male female single married self
    myself husband wife son daughter basic premium standard economy business class first window aisle vegetarian window-seat
    cancellation refund receipt invoice status problem issue error broken slow fast small medium large black white red blue green
    home work office school car truck house apartment dental vision health life auto whatever whichever either both neither
    confirmed approved agreed accepted affirmative negative invalid appreciated eliminate rescind multiply hiya farewell adios heyo
    wassup roll speak flip shopping list texas florida california
    huh what hmm mm mhm uh-huh yikes ouch wow stop start continue proceed skip next previous main menu options option pizza coffee
    latte tea burger salad veg cheese hours' open closed close available availability free busy urgent asap soon later earlier""".split()
)
"""What people answer in a word or two that is no name."""

_ASKED_SKIP = NO_NAME - {"april", "june", "august", "may"}


def find(text: str, toks: list[Token], asked: bool = False) -> list[Span]:
    """`asked`: the person was just asked for a name, so all that is no function word is taken for one."""
    if asked and not text.rstrip().endswith("?"):
        found = _all_of_it(toks)
        if found:
            return found
    found = []
    for match in _SURE.finditer(text):
        i = next((n for n, t in enumerate(toks) if t.start >= match.end()), len(toks))
        found += _name_from(text, toks, i, sure=True)
    for match in _LIKELY.finditer(text):
        i = next((n for n, t in enumerate(toks) if t.start >= match.end()), len(toks))
        found += _name_from(text, toks, i, sure=False)
    return found + _listed(text, toks)


def _name_from(text: str, toks: list[Token], i: int, *, sure: bool) -> list[Span]:
    last, n = -1, i
    while n < len(toks) and n < i + 4:
        if n > i and re.search(r"[.?!,;:\n]", _inner_gap(text, toks, n)):
            break
        word = toks[n].text
        looks = _looks_like_a_name(toks, n)
        if word in NO_NAME or any(c.isdigit() for c in word):
            break
        if not looks and not (sure and (n == i or word in family_names() or n == i + 1)):
            break
        last, n = n, n + 1
    return [Span("PERSON", toks[i].start, toks[last].end)] if last >= i else []


def _inner_gap(text: str, toks: list[Token], n: int) -> str:
    gap = text[toks[n - 1].end : toks[n].start]
    # The full stop of an initial or a title does not end a name.
    return gap.replace(".", "", 1) if len(toks[n - 1].text) <= 2 else gap


def _looks_like_a_name(toks: list[Token], n: int) -> bool:
    token = toks[n]
    if token.text in WORDS_TOO:
        return token.raw[:1].isupper() and n > 0 and token.text not in NO_NAME and _is_name(toks, n - 1)
    bare = token.text.removesuffix("'s")
    if bare in given_names() or bare in family_names():
        return True
    return token.raw[:1].isupper() and not token.raw.isupper() and n > 0 and token.text not in NO_NAME


def _is_name(toks: list[Token], n: int) -> bool:
    return toks[n].text in given_names()


def _listed(text: str, toks: list[Token]) -> list[Span]:
    """A given name of the list, with the family name or further capitals after it; a short utterance that is all names."""
    found = []
    given, family = given_names(), family_names()
    alone = [t for t in toks if not t.text.isdecimal() and t.text != "and"]
    if 1 <= len(alone) <= 2 and len(toks) <= 4 and not text.rstrip().endswith("?"):
        plain = any(t.text in NO_NAME or t.text in _ANSWERS or len(t.text) < 3 or not t.text.isalpha() for t in alone)
        if not plain and toks[0] is alone[0]:
            # A word or two and nothing else, and no answer of the usual kind: most often a name, often one of no list.
            return [Span("PERSON", alone[0].start, alone[-1].end)]
    named = any(t.text in given or t.text in family for t in toks)
    if named and len(toks) <= 4 and not any(t.text in NO_NAME or any(c.isdigit() for c in t.text) for t in toks):
        return [Span("PERSON", toks[0].start, toks[-1].end)]
    i = 0
    while i < len(toks):
        token = toks[i]
        bare = token.text.removesuffix("'s")
        capital = token.raw[:1].isupper()
        surname = bare in family and capital and i > 0 and bare not in NO_NAME
        if (bare in given and bare not in NO_NAME) or surname:
            last = i
            while last + 1 < len(toks) and last < i + 3 and not re.search(r"[.?!,;:\n]", _inner_gap(text, toks, last + 1)):
                following = toks[last + 1]
                if following.text in NO_NAME or not following.raw[:1].isalpha():
                    break
                if following.text in family or following.text in given or following.raw[:1].isupper() or len(following.text) == 1:
                    last += 1
                else:
                    break
            found.append(Span("PERSON", token.start, toks[last].end))
            i = last + 1
        else:
            i += 1
    return found


def _all_of_it(toks: list[Token]) -> list[Span]:
    found: list[Span] = []
    for token in toks:
        if token.text in _ASKED_SKIP:
            continue
        if found and token.start - found[-1].end <= 2:
            found[-1] = Span("PERSON", found[-1].start, token.end)
        else:
            found.append(Span("PERSON", token.start, token.end))
    return found if len(toks) <= 14 else []


def values_of(name: str) -> list[str]:
    """The words of a name by which it is to be found again: not the everyday ones."""
    words = [w for w in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", name.lower()) if len(w) >= 3 and w not in NO_NAME]
    return [w for w in words if w not in WORDS_TOO] or words
