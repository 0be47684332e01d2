"""How the receptionist puts things: short sentences in the tone of the business. Varied, and the same again for the same call."""

from __future__ import annotations

import re

from ringtrue.voice.agent import Agent

_LINES: dict[str, dict[str, tuple[str, ...]]] = {
    "anything_else": {
        "warm": ("Is there anything else I can help you with?", "What else can I do for you?", "Anything else I can help with?"),
        "brisk": ("Anything else?", "What else?"),
        "formal": ("May I help you with anything else?", "Is there anything further I can do for you?"),
    },
    "not_known": {
        "warm": ("I'm sorry, I don't have that information.", "I'm afraid I don't have that information."),
        "brisk": ("I don't have that information.",),
        "formal": ("I regret that I do not have that information.", "I am afraid I do not have that information."),
    },
    "offer_message": {
        "warm": ("Shall I take a message so that someone can call you back?", "Would you like me to take a message?"),
        "brisk": ("Shall I take a message?",),
        "formal": ("May I take a message so that someone can return your call?",),
    },
    "not_heard": {
        "warm": ("Sorry, I didn't quite get that. How can I help you?", "I'm sorry, could you say that another way?"),
        "brisk": ("Sorry, say that again?", "Could you put that another way?"),
        "formal": ("I beg your pardon, I did not understand. How may I help you?", "Could you kindly put that another way?"),
    },
    "how_help": {"warm": ("How can I help you?",), "brisk": ("What can I do for you?",), "formal": ("How may I help you?",)},
    "thanks": {"warm": ("You're welcome!", "My pleasure."), "brisk": ("Sure.",), "formal": ("You are most welcome.",)},
    "all_right": {"warm": ("All right.", "No problem.", "Okay."), "brisk": ("Okay.",), "formal": ("Very well.", "Certainly.")},
    "of_course": {"warm": ("Of course.", "Sure, I can do that.", "Happy to."), "brisk": ("Sure.",), "formal": ("Certainly.", "By all means.")},
    "goodbye": {
        "warm": ("Thank you for calling {business}. Goodbye!",),
        "brisk": ("Thanks for calling. Bye!",),
        "formal": ("Thank you for calling {business}. Goodbye.",),
    },
    "ask_name": {"warm": ("May I have your name, please?",), "brisk": ("Your name, please?",), "formal": ("May I ask for your full name, please?",)},
    "ask_name_again": {
        "warm": ("Sorry, I didn't get your name. Could you say it, or spell it for me?",),
        "brisk": ("I didn't get the name. Could you spell it?",),
        "formal": ("I am sorry, I did not catch your name. Would you spell it for me, please?",),
    },
    "ask_number": {
        "warm": ("What's the best number to reach you?",),
        "brisk": ("What number can we reach you on?",),
        "formal": ("On which number may we reach you?",),
    },
    "ask_caller_id": {
        "warm": ("Is the number you're calling from the best one to reach you?",),
        "brisk": ("Is the number you're calling from the best one?",),
        "formal": ("May we reach you on the number you are calling from?",),
    },
    "ask_called_id": {
        "warm": ("Is the number I called you on the best one to reach you?",),
        "brisk": ("Is this number the best one?",),
        "formal": ("May we reach you on this number?",),
    },
    "ask_number_again": {
        "warm": ("Sorry, I didn't get the whole number. Could you say it once more, digit by digit?",),
        "brisk": ("I didn't get the whole number. Digit by digit, please?",),
        "formal": ("I am sorry, I did not get the whole number. Would you say it again, digit by digit?",),
    },
    "ask_reason": {
        "warm": ("What would you like me to pass on?", "And what is it about?"),
        "brisk": ("What's the message?",),
        "formal": ("What message may I pass on?",),
    },
    "what_to_change": {
        "warm": ("What should I change: the name, the number, or the {other}?",),
        "brisk": ("What's wrong: name, number, or {other}?",),
        "formal": ("What may I correct: the name, the number, or the {other}?",),
    },
    "still_there": {"warm": ("Are you still there?",), "brisk": ("Are you still there?",), "formal": ("Are you still there?",)},
}  # fmt: skip


class Style:
    """One per call: which wording comes next is counted, not drawn."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._used: dict[str, int] = {}

    def __call__(self, key: str, **values: str) -> str:
        lines = _LINES[key][self._agent.tone]
        at = self._used.get(key, 0)
        self._used[key] = at + 1
        return lines[at % len(lines)].format(business=self._agent.business, **values)


def tidy(text: str) -> str:
    """One space between words, one stop at the end of a sentence ("5 p.m.." becomes "5 p.m.")."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\.\.+(?!\w)", ".", text)


def listed(things: list[str], last: str = "and") -> str:
    if len(things) < 2:
        return "".join(things)
    return ", ".join(things[:-1]) + f" {last} {things[-1]}"


def minutes_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} minutes"
    if rest == 30:
        return "an hour and a half" if hours == 1 else f"{hours} and a half hours"
    said = "an hour" if hours == 1 else f"{hours} hours"
    return said if not rest else f"{said} and {rest} minutes"


def sentence(text: str) -> str:
    """Ends with a stop, begins with a capital."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else f"{text}."
