"""Taking a message: name, number, reason, read-back, and only then the tool. Nothing is said to be done before it is done."""

from __future__ import annotations

import re

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, Ask, Note, Say, Use
from ringtrue.voice.brains.collecting import TRIES, Contact, Turn, given_up
from ringtrue.voice.brains.phrases import plain
from ringtrue.voice.brains.style import Style, sentence, tidy

_ABOUT_NOTHING = re.compile(
    r"\b(?:can|could|would|may|i|id|like|to|want|please|you|leave|take|a|an|message|for|have|someone|somebody|call|me|back|get|the|ask|them|her|him|us|need|if|"
    r"just|possible|is|it|callback|ring|with|will|do|so|ok|yes|hi|hello|and|that|give|of|course|my|number|return|phone|this|on|be|great|shall|lets|let)\b"
)


def reason_in(text: str) -> str:
    """What a request for a message already says it is about, as it was said; "" when it says only that a message is wanted."""
    words = plain(text)
    for pattern in (
        r"\b(?:tell|let) (?:him|her|them|the [a-z]+|dr\.? \w+|doctor \w+|mr\.? \w+|mrs\.? \w+|ms\.? \w+|\w+) (?:know )?(?:that )?(.+)",
        r"\b(?:about|regarding|because|concerning|saying|that says?) (.+)",
    ):
        if match := re.search(pattern, text, re.I):
            return match.group(1).strip(" .?!")
    left = [word for word in _ABOUT_NOTHING.sub(" ", words).split() if len(word) > 2]
    return text.strip(" .?!") if len(left) >= 3 else ""


class MessageForm:
    """`finished` when it is over, `taken` when the message was stored. `after` gets the tool's result."""

    kind = "message"

    def __init__(self, order: CallOrder, style: Style, *, reason: str = "", name: str = "", number: str = "") -> None:
        self._style = style
        self.contact = Contact(order, style, name, number)
        self.reason = reason
        self.step = ""
        self.finished = False
        self.taken = False
        self.failed = ""
        self._tries: dict[str, int] = {}

    def start(self) -> list[Act]:
        return self._go_on(self._style("of_course"))

    def prompt(self) -> list[Act]:
        """The question that is open, after something else was answered in between."""
        return self._go_on("")

    def fits(self, turn: Turn) -> bool:
        if self.step == "contact":
            return self.contact.fits(turn)
        if self.step == "confirm":
            return turn.yes() or turn.no()
        return self.step == "reason" and not re.match(r"(?:what|when|where|how|who|do|does|are|is|can|could)\b", turn.words)

    def take(self, turn: Turn) -> list[Act]:
        if given_up(turn) and not turn.digits:
            self.finished = True
            return [Note("message_dropped"), Ask(f"{self._style('all_right')} {self._style('anything_else')}")]
        if self.step == "contact":
            self.contact.take(turn)
            lead = f"Thank you, {self.contact.name.split()[0]}." if self.contact.step == "name" and self.contact.name else ""
            return self._go_on(lead)
        if self.step == "reason":
            said = re.sub(
                r"^(?:um+|uh+|well|so|yes|yeah|just|please|sure|okay|ok)[, ]+", "", turn.text.strip(), flags=re.I
            ).strip(" .")
            if len(plain(said).split()) >= 1 and not (turn.no() and len(plain(said).split()) <= 2):
                self.reason = said
            elif self._failed("reason"):
                self.reason = "a call back"
            return self._go_on("")
        if self.step == "confirm":
            return self._confirmed(turn)
        return self._go_on("")

    def _confirmed(self, turn: Turn) -> list[Act]:
        if turn.clear_yes() and not turn.digits:
            if turn.cut and not self._failed("heard_out"):
                return self._read_back("")  # a yes to half a read-back is none, the first time
            return self._save()
        if self.contact.correct(turn):
            return self._go_on("Thank you.")
        words = turn.words
        for what in ("name", "number"):
            if re.search(rf"\b{what}\b", words):
                self.contact.forget(what)
                return self._go_on(self._style("all_right"))
        if re.search(r"\b(?:message|reason|about)\b", words):
            self.reason = ""
            return self._go_on(self._style("all_right"))
        if turn.no():
            if self._failed("confirm"):
                return self._lost()
            return [Ask(self._style("what_to_change", other="message"))]
        if self._failed("confirm"):
            return self._lost()
        return self._read_back("Sorry.")

    def _go_on(self, lead: str) -> list[Act]:
        if ask := self.contact.ask(lead):
            self.step = "contact"
            return [ask]
        if not self.contact.number:
            return self._lost()
        if not self.reason:
            self.step = "reason"
            return [Ask(f"{lead} {self._style('ask_reason')}".strip())]
        return self._read_back(lead)

    def _read_back(self, lead: str) -> list[Act]:
        self.step = "confirm"
        who = self.contact.read_back()
        said = f"{lead} Let me read that back: {who}. Your message: {sentence(self.reason)} Is that right?"
        return [Ask(tidy(said), "yes_no")]

    def _save(self) -> list[Act]:
        self.step = "saving"
        arguments = {"name": self.contact.name, "number": self.contact.number, "reason": self.reason}
        return [Use("take_message", arguments, filler="One moment.")]

    def after(self, tool: str, result: dict[str, str], failure: str) -> list[Act]:
        if not failure and result.get("taken") == "true":
            self.finished = self.taken = True
            thanks = f"Thank you, {self.contact.name.split()[0]}." if self.contact.name else "Thank you."
            return [
                Note("message", "tool:take_message", 1.0),
                Say(f"{thanks} I have taken your message and will pass it on."),
                Ask(self._style("anything_else")),
            ]
        if not self._failed("save"):
            return self._save()
        self.finished = True
        self.failed = "tool"
        return []

    def _lost(self) -> list[Act]:
        """Without a number nobody can call back: the form ends, and the receptionist says what can be done instead."""
        self.finished = True
        self.failed = "contact"
        return []

    def _failed(self, step: str) -> bool:
        self._tries[step] = self._tries.get(step, 0) + 1
        return self._tries[step] >= TRIES


def next_step(name: str, number: str) -> str:
    return f"call {name or 'the caller'} back on {number}" if number else ""
