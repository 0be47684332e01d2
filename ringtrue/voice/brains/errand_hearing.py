"""What a business says when it is asked for something: prices, free times, no, a menu, hold, voicemail, and questions of its own.

English, by patterns; in doubt nothing is heard, and the call asks again or leaves it to the person.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Literal

from ringtrue.voice.brains.dates import date_in
from ringtrue.voice.brains.numbers_spoken import TEENS, TENS, UNITS
from ringtrue.voice.brains.phrases import plain, recognise
from ringtrue.voice.brains.times import in_hours, time_in

DAYTIME = [("07:00", "19:00")]  # in which a business means a time without a.m. or p.m.

Asked = Literal[
    "name",
    "number",
    "same_number",
    "message",
    "confirm",
    "choose",
    "offer",
    "day",
    "wish",
    "book",
    "who",
    "anything_else",
    "other",
    "",
]

_AMOUNT = re.compile(
    r"[$£€] ?(\d[\d,]*(?:\.\d+)?)(?! ?(?:million|thousand))|(\d[\d,]*(?:\.\d+)?) ?(?:dollars?|bucks|pounds?|quid|euros?)\b"
)
_WORDS = "|".join(sorted({*UNITS, *TEENS, *TENS, "hundred", "thousand", "and", "a"} - {"o", "oh", "nil"}, key=len, reverse=True))
_SPOKEN = re.compile(rf"\b((?:(?:{_WORDS})[ -]+)+)(?:dollars?|bucks|pounds?|quid|euros?)\b")


def price_in(text: str) -> float | None:
    """The highest amount of money that is named: a limit must hold for "between 80 and 100 pounds" too. None when there is none."""
    words = text.lower()
    found = [float((match[1] or match[2]).replace(",", "")) for match in _AMOUNT.finditer(words)]
    found += [amount for match in _SPOKEN.finditer(words) if (amount := _spoken_amount(match[1])) is not None]
    return max(found, default=None)


def _spoken_amount(words: str) -> float | None:
    """Of one amount, or the highest of "one hundred and twenty and one hundred and fifty"."""
    if len(amounts := re.split(r"\band (?=\w+ hundred)", words)) > 1:
        return max((amount for one in amounts if (amount := _spoken_amount(one)) is not None), default=None)
    total, part, heard = 0, 0, False
    for word in re.findall(r"[a-z]+", words):
        if word in ("and", "a"):
            continue
        heard = True
        if word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            total, part = total + max(part, 1) * 1000, 0
        else:
            part += UNITS.get(word, 0) or TEENS.get(word, 0) or TENS.get(word, 0)
    return float(total + part) if heard else None


def slots_in(text: str, today: date, language: str = "en-US") -> list[datetime]:
    """The times that are named together with a day, in the order of the text. A day holds for the times around it: "9 a.m. or noon
    on Thursday", "Thursday at 9, or Friday at noon"."""
    sentences = [one for one in re.split(r"(?<![ap]\.m)[.?!](?=\s|$)", text) if not _HOURS.search(one.lower())]
    pieces = [piece for one in sentences for piece in re.split(r",| or |;|\band\b", one) if piece.strip()]
    heard = [(piece, date_in(piece, today, language=language), time_in(piece)) for piece in _joined(pieces, today, language)]
    found: list[datetime] = []
    waiting: list[time] = []
    day: date | None = None
    for piece, named, wish in heard:
        day = named or day
        if named is not None:
            found += [datetime.combine(named, clock) for clock in waiting]
            waiting = []
        if wish.hour < 0 or not (wish.sure or _CLOCK.search(piece.lower())):
            continue
        clock = time(*in_hours(wish, DAYTIME))
        if day is None:
            waiting.append(clock)
        else:
            found.append(datetime.combine(day, clock))
    return list(dict.fromkeys(found))


_HOURS = re.compile(r"\b(?:open|opens|opening|close|closes|closed)\b")  # when a business is open is no offer
_CLOCK = re.compile(
    r"\d[:.]\d\d|o.?clock|\b(?:at|around|half|quarter|noon|midday)\b"
)  # else a digit is one of a telephone number


def _joined(pieces: list[str], today: date, language: str) -> list[str]:
    """ "Thursday, November 26th at 10 a.m." is one piece: a date that only says the weekday again belongs to it."""
    joined: list[str] = []
    for piece in pieces:
        said = re.match(
            r"\s*(?:january|february|march|april|may|june|july|august|september|october|november|december)\b", piece.lower()
        )
        before = date_in(joined[-1], today, language=language) if joined else None
        if said and before is not None and time_in(joined[-1]).hour < 0:
            joined[-1] = re.sub(r"(?i)\b(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", " ", joined[-1]) + piece
        else:
            joined.append(piece)
    return joined


_NONE = re.compile(
    r"\b(?:(?:fully|completely|all) booked|booked (?:up|solid|out)|nothing (?:is |at all )?(?:free|available|left|open|until|before|this|next|on)|"
    r"no (?:free |open )?(?:slots?|appointments?|availability|openings?|times?|space|room)|dont have (?:anything|any|a slot|a free)|havent got (?:anything|any)|"
    r"isnt anything|not available|not (?:able|taking) |cant (?:do|fit|help|offer|take|manage|come)|(?:is|are) full|no longer (?:do|offer|take)|"
    r"dont (?:do|offer) (?:that|those|it)|couldnt find (?:a|any))\b"
)


def says_none(text: str) -> bool:
    """That there is nothing to be had."""
    return bool(_NONE.search(plain(text)))


_MENU = re.compile(
    r"\b(?:press|dial|enter|select|choose) (?:the )?(?:option )?(?:number )?(zero|one|two|three|four|five|six|seven|eight|nine|\d|star|pound|hash)\b"
)
_KEYS = {**{word: str(value) for word, value in UNITS.items()}, "star": "*", "pound": "#", "hash": "#"}
_WANTED = (
    r"book|appointment|schedul|reserv|new (?:customer|client|patient)|quote|price|availab|visit",
    r"sales|enquir|inquir|service",
    r"reception|operator|someone|speak|representative|agent|team|all other|anything else|other",
)


def menu_key(text: str, wish: str) -> str:
    """The key that leads on to what is wished for; "" when this is no menu. Only what is said of each key decides."""
    sentences = [plain(sentence) for sentence in re.split(r"[.;?!]\s", f"{text} ")]
    options = [option for sentence in sentences for option in _options(sentence)]
    if not options:
        return ""
    own = [word for word in re.findall(r"[a-z]{4,}", wish.lower()) if word not in ("with", "that", "from", "appointment")]
    patterns = ("|".join(map(re.escape, own)), *_WANTED) if own else _WANTED
    for pattern in patterns:
        for key, about in options:
            if re.search(rf"\b(?:{pattern})", about) and not re.search(r"\b(?:emergenc|opening hours|spanish)", about):
                return key
    return "0" if any(key == "0" for key, _ in options) else ""


def _options(words: str) -> list[tuple[str, str]]:
    """(key, what is said of it). "for bookings press one", or "press one for bookings, two ...": as the sentence begins."""
    found = list(_MENU.finditer(words))
    if not found:
        return []
    begins, ends = [0, *(match.end() for match in found)], [*(match.start() for match in found), len(words)]
    parts = [words[begin:end] for begin, end in zip(begins, ends, strict=True)]
    leading = bool(re.search(r"\b(?:for|to|if)\b", parts[0]))
    return [(_KEYS.get(match[1], match[1]), about) for match, about in zip(found, parts if leading else parts[1:], strict=False)]


_HOLD = re.compile(
    r"\b(?:please hold|hold (?:on|the line|please|for)|on hold|stay on the line|one (?:moment|second|minute|sec)|just a (?:moment|second|minute|sec)|"
    r"bear with me|let me (?:check|see|look|have a look|ask)|your call is important|(?:all|our) (?:of our )?(?:agents|lines|operators|representatives|staff|advisors)"
    r" are (?:currently )?(?:busy|on)|next available|in a queue|in the queue|position in|connect you|put you through|transfer you|"
    r"thank you for (?:holding|waiting|your patience)|still here just a moment|a moment longer)\b"
)
_VOICEMAIL = re.compile(
    r"\b(?:(?:after|at) the (?:tone|beep|signal)|leave (?:a|your|us a|me a) (?:brief )?(?:message|name|number|voicemail)|voice ?mail|answering machine|"
    r"record (?:your|a) message|(?:cant|unable to|not able to) (?:take|answer|come to|get to) (?:your call|the phone)|you know what to do|"
    r"mailbox (?:is|of|belongs)|(?:reached|is) the mailbox|call (?:has been|is being) forwarded|"
    r"(?:person|party|subscriber|customer) (?:at extension|you (?:are|have|were))(?: \w+){0,8} (?:is|are) (?:\w+ )?(?:unavailable|not available|on the phone)|"
    r"(?:im|were|we are) (?:not (?:in|here|home|available)|unavailable|away from (?:my|the|our) (?:phone|desk)) (?:right now|at the moment|at present|to take))\b"
)


def asks_to_wait(text: str) -> bool:
    return bool(_HOLD.search(plain(text))) and asked_in(text) in ("", "other")


def is_voicemail(text: str) -> bool:
    words = plain(text)
    return bool(_VOICEMAIL.search(words)) and not re.search(r"\b(?:shall i|may i|can i|should i|would you like)\b", words)


_ASKED: tuple[tuple[Asked, str], ...] = (
    ("anything_else", r"anything else|anything further|what else|else i can"),
    ("same_number", r"(?:is|may we|can we|should we) .{0,20}number (?:that )?you(?:re| are)? call\w*|on the number you"),
    ("number", r"(?:number|phone).{0,24}(?:reach|call|contact|best)|(?:which|what|your|the best|best|a|callback|contact) (?:phone |telephone |whole |best )?number|digit by digit"),
    ("name", r"(?:your|full|last|first|whats the|a) name|name (?:please|for|is it|under)|who (?:is it|is this|am i|shall i|would it be)(?: for| booking)|spell (?:it|that|the name|your)"),
    ("message", r"take (?:a|your) message|leave (?:a|your) message|someone (?:can |to )?call you back|pass (?:it|that) on|what message|whats the message|what is it about"),
    ("confirm", r"shall i book|(?:is|are) (?:that|this|it|those) (?:right|correct|ok|okay|all right)|book (?:it|that) (?:for you|in)|should i book|all correct|confirm (?:it|that)"),
    ("book", r"(?:like|want) to book|book (?:it|that|one)"),
    ("choose", r"which (?:would|one|of|do|suits)|which$"),
    ("day", r"(?:what|which) (?:day|time|date)|which (?:other )?(?:day|date)|when (?:would|do|should|shall|is|are|works|suits)"),
    ("offer", r"does (?:that|it) (?:work|suit)|would (?:that|it) (?:work|suit|be)|is (?:that|it) (?:good|ok|okay|fine|any good|all right)|how (?:about|does)|suit you$"),
    ("wish", r"(?:how (?:can|may) i help|what can i do|what (?:would|do) you (?:like|need|want)|help you|what is it you|which service|the issue|the problem|what for|reason for)"),
    ("who", r"(?:who is|whos|who am i|where are you) (?:this|calling|speaking)|calling from|speaking to"),
)  # fmt: skip


def asked_in(text: str) -> Asked:
    """What the business wants to know of us, by its last question; "" when it asks nothing."""
    sentences = [sentence for sentence in re.split(r"(?<=[?!])\s+|(?<=[a-z]\.)\s+(?=[A-Z])", text) if sentence.strip()]
    for sentence in reversed(sentences):
        words = plain(sentence)
        if not (
            sentence.rstrip().endswith("?")
            or re.match(r"(?:and |so |may|can|could|would|what|which|when|who|whats|your name)", words)
        ):
            continue
        for kind, pattern in _ASKED:
            if re.search(rf"\b(?:{pattern})", words):
                return kind
        return "other"
    return ""


def says_done(text: str) -> bool:
    """That it is booked."""
    words = plain(text)
    done = r"\b(?:(?:youre|you are|thats|that is|its|all|i have|ive|weve|we have|is|are) (?:now )?(?:booked|confirmed|all set|scheduled|got you|put you|down)|all set|booked you|got you (?:in|down)|see you (?:then|on)|well see you|your appointment is)\b"
    return bool(re.search(done, words)) and not re.search(r"\b(?:not|isnt|cant|couldnt|fully|all booked)\b", words)


def took_message(text: str) -> bool:
    """That a message was taken down."""
    return bool(re.search(r"\b(?:taken your message|(?:will|ill) (?:pass|let)|passed (?:it|that) on|noted)\b", plain(text)))


def says_no(text: str) -> bool:
    return "no" in recognise(text)
