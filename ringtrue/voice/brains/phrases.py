"""Phrases that guardrails act on, whatever the brain makes of the turn.

`recognise` is generous about refusals ("take me off your list", in any words) and strict about emergencies: it must fire for a
person in danger and not for "an emergency appointment". It is called on every turn, so it is regular expressions over
normalised words, and for opt-outs a sum of weights; well under a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ringtrue.voice.brains.opting_out import ENGLISH, SPANISH
from ringtrue.voice.brains.phrase_lists import ALARM, CHILD, FAREWELL, PERSON, RECORDING, REPEAT, ROBOT
from ringtrue.voice.brains.weighing_opt_outs import weighs_as_opt_out

FILLERS = re.compile(r"\b(?:um+|uh+|er+m?|ah+|hm+|mm+|you know|i mean|kind of|sort of)\b")
_JOINED = (
    (re.compile(r"\bdo not\b"), "dont"),
    (re.compile(r"\bdoes not\b"), "doesnt"),
    (re.compile(r"\bdid not\b"), "didnt"),
    (re.compile(r"\bwill not\b"), "wont"),
    (re.compile(r"\bshould not\b"), "shouldnt"),
    (re.compile(r"\b(?:cannot|can not)\b"), "cant"),
    (re.compile(r"\bwould not\b"), "wouldnt"),
    (re.compile(r"\bi am\b"), "im"),
    (re.compile(r"\b(it|that|there|what|who|he|she) is\b"), r"\1s"),
    (re.compile(r"\byou are\b"), "youre"),
    (re.compile(r"\bi would\b"), "id"),
    (re.compile(r"\b(?:wanna|wan na)\b"), "want to"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"\bu\b"), "you"),
    (re.compile(r"\b(?:pls|plz)\b"), "please"),
    (re.compile(r"\b(?:phone|telephone) (?=(?:me|us|here|again|back)\b)"), "call "),
)


def plain(text: str) -> str:
    """Lower case, apostrophes dropped ("don't" and "do not" both become "dont"), fillers and punctuation gone."""
    words = text.lower().replace("’", "'").replace("'", "")
    words = re.sub(r"\b(?:uh|mm|um)[ -]h(?:uh|mm)\b", "uhhuh", words)
    words = re.sub(r"[^a-z0-9áéíóúñ@+$£%.]+|\.(?!\d)", " ", words)
    words = FILLERS.sub(" ", words)
    words = re.sub(r"\s+", " ", words).strip()
    for pattern, put in _JOINED:
        words = pattern.sub(put, words)
    return re.sub(r"\s+", " ", words).strip()


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b")


def _found(patterns: tuple[str, ...], but_not: tuple[str, ...] = ()) -> Callable[[str], bool]:
    """Found outside of every stretch that `but_not` explains away."""

    def look(words: str) -> bool:
        if but_not:
            words = _compiled(but_not).sub(" , ", words)
        return bool(_compiled(patterns).search(words))

    return look


_YES_HEAD = re.compile(
    r"^(?:(?:oh|well|ah|okay|ok|so|right) )*(?:yes|yeah|yea|yep|yup|ya|aye|sure|certainly|absolutely|definitely|of course|"
    r"correct|thats (?:right|correct|fine|ok|okay|good|great|it|the one|perfect)|right|ok|okay|alright|all right|fine|go ahead|"
    r"go for it|please do|i do|i am|it is|i agree|i consent|that works|that would be (?:great|good|fine|lovely|perfect)|"
    r"sounds (?:good|great|fine|perfect)|perfect|great|lovely|exactly|indeed|mhm|uhhuh|why not|no problem|"
    r"by all means|thatll do|that will do|works for me|you can|you may|id like that|id love (?:to|that)|please$)(?:\b|$)"
)
_NO_HEAD = re.compile(
    r"^(?:(?:oh|well|ah|okay|ok|so|actually|sorry|yeah|hmm) )*(?:no|nope|nah|na|no way|never|not really|not at all|negative|"
    r"i dont(?! (?:mind|see why not))|i do not|id rather (?:not|you didnt)|id prefer (?:not|you didnt)|please dont|dont|"
    r"absolutely not|of course not|not (?:now|today|right|correct|yet|quite|exactly|okay|ok)|thats (?:not|wrong|incorrect)|wrong|"
    r"that isnt|it isnt|its not|incorrect|im (?:good|fine)|i (?:refuse|decline)|certainly not|definitely not)\b"
)
_NOT_NO = re.compile(
    r"^(?:(?:oh|well) )*(?:no problem|no worries|not a problem|no objection|no that would be (?:great|good|fine))\b"
)
_NOT_YES = re.compile(
    r"^(?:right (?:now|away)|okay but|yes but no|please (?:dont|stop)|sure you|i do have|im (?:good|fine) thanks)\b"
)


def _says_no(words: str) -> bool:
    return bool(_NO_HEAD.search(words)) and not _NOT_NO.search(words)


def _says_yes(words: str) -> bool:
    if _NOT_NO.search(words) or re.match(r"(?:i dont|no i dont|not) mind", words):
        return True
    if (
        _NOT_YES.search(words)
        or re.match(r"(?:absolutely|certainly|definitely|of course) not\b", words)
        or re.match(r"(?:yes|yeah|ok|okay|well|right)? ?no\b", words)
        or re.match(r"\w+ dont\b", words)
    ):
        return False
    return bool(_YES_HEAD.search(words)) and not re.search(r"\bid rather (?:not|you didnt)\b|^\w+ please dont\b", words)


def _says_goodbye(words: str) -> bool:
    if not _found(*FAREWELL)(words):
        return False
    # "bye" in the middle of a long turn is reported speech; at its end it is a farewell.
    return len(words.split()) <= 12 or bool(_found(*FAREWELL)(" ".join(words.split()[-5:])))


def _in_danger(words: str) -> bool:
    return _found(*ALARM)(words)


UNACCENTED = str.maketrans("áéíóú", "aeiou")


def _opts_out(words: str) -> bool:
    return _found(*ENGLISH)(words) or _found(*SPANISH)(words.translate(UNACCENTED))


_RULES: dict[str, Callable[[str], bool]] = {
    "opt_out": _opts_out,
    "emergency": _in_danger,
    "stop_recording": _found(*RECORDING),
    "robot": _found(*ROBOT),
    "person": _found(*PERSON),
    "repeat": _found(*REPEAT),
    "goodbye": _says_goodbye,
    "child": _found(*CHILD),
    "no": _says_no,
    "yes": _says_yes,
}


def recognise(text: str, language: str = "en-US", *, outbound: bool = False) -> set[str]:
    """Which of robot, opt_out, emergency, goodbye, stop_recording, no, yes, person, repeat, child this turn says.

    `language` is "en-US" or "en-GB"; both are understood whatever it says, since callers do not ask which one they speak.
    A turn that asks not to be recorded is not an opt-out, unless it says that too. `outbound`: we called them; then an opt-out is also
    found by the weights of its words, which take about one ordinary sentence in a hundred for one: too many for people who call us.
    """
    words = plain(text)
    if not words:
        return set()
    found = {name for name, says in _RULES.items() if says(words)}
    if outbound and not found & {"opt_out", "stop_recording"} and weighs_as_opt_out(words.translate(UNACCENTED)):
        found.add("opt_out")
    return found
