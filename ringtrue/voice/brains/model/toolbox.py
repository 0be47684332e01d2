"""The tools a model may ask for: typed, few, and without any argument that says whose call, workspace or destination it is.

A transfer names an escalation of the agent by its id; its number is never shown to the model nor taken from it.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.brains.acts import HangUp, Transfer, Use
from ringtrue.voice.brains.model.speakable import clean

Text = Annotated[str, msgspec.Meta(max_length=500)]
Short = Annotated[str, msgspec.Meta(max_length=120)]


class FindSlots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Free times for an appointment. Leave out what the caller has not said."""

    service: Annotated[Short, msgspec.Meta(description="name of the service, exactly as in the facts")]
    day: Annotated[Short, msgspec.Meta(description="YYYY-MM-DD; empty: the next free times on any day")] = ""
    part: Literal["", "morning", "afternoon"] = ""
    time: Annotated[Short, msgspec.Meta(description="HH:MM, 24-hour clock, when a time was wished for")] = ""


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Book an appointment, after the caller has agreed to service, day, time and name."""

    service: Annotated[Short, msgspec.Meta(description="name of the service, exactly as in the facts")]
    start: Annotated[Short, msgspec.Meta(description="YYYY-MM-DDTHH:MM, one of the times that find_slots gave")]
    name: Annotated[Short, msgspec.Meta(min_length=1, description="the caller's name")]
    number: Annotated[Short, msgspec.Meta(description="number to call back; empty: the number of this call")] = ""


class TakeMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take down a message for the business, after reading it back."""

    reason: Annotated[Text, msgspec.Meta(min_length=1, description="what the message says, in one or two sentences")]
    name: Annotated[Short, msgspec.Meta(description="the caller's name")] = ""
    number: Annotated[Short, msgspec.Meta(description="number to call back; empty: the number of this call")] = ""


class OfferText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The caller asks for the booked appointment as a text message. They are asked for their consent in fixed words: say nothing yourself."""


class HangUpNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """End the call, when the caller has said goodbye or the call is to be turned away."""

    goodbye: Annotated[Text, msgspec.Meta(description="one last sentence for the caller")] = "Goodbye."


class BadArguments(Exception):
    """`str(self)` is for the model: what it got wrong."""


Act = Use | Transfer | HangUp | OfferText


class Toolbox:
    """What this agent allows in this call. `schemas`: name -> (description, JSON schema of the arguments)."""

    def __init__(self, order: CallOrder) -> None:
        agent = order.agent
        self._order = order
        self._agent: Agent = agent
        self.keeps = order.storage_mode != "metadata_only"
        self._kinds: dict[str, Any] = {}
        if agent.handling.book and self.keeps and any(service.bookable for service in agent.services):
            self._kinds |= {"find_slots": FindSlots, "book": Book}
            if order.offers_text:
                self._kinds["offer_text"] = OfferText
        if agent.handling.take_messages and self.keeps:
            self._kinds["take_message"] = TakeMessage
        self._kinds["hang_up"] = HangUpNow
        self.schemas: dict[str, tuple[str, dict[str, Any]]] = {
            name: ((kind.__doc__ or "").strip(), _schema(kind)) for name, kind in self._kinds.items()
        }
        self.people = {e.id: e for e in agent.escalations} if agent.handling.transfer else {}
        if self.people:
            whom = "; ".join(f"{e.id}: {e.person}, for {e.situation}" for e in self.people.values())
            to = {"type": "string", "enum": list(self.people)}
            self.schemas["transfer"] = (
                f"Put the caller through, when they ask for it or the situation calls for it. Say so first. {whom}",
                {"type": "object", "properties": {"to": to}, "required": ["to"], "additionalProperties": False},
            )

    def described(self) -> list[str]:
        """For the instructions."""
        words = {
            "find_slots": "Look up free times and book appointments, with the tools find_slots and book.",
            "offer_text": "Have a booked appointment sent as a text message, with the tool offer_text.",
            "take_message": "Take a message for the business, with the tool take_message.",
            "transfer": "Put the caller through to people of the business, with the tool transfer.",
            "hang_up": "End the call, with the tool hang_up.",
        }
        return [text for name, text in words.items() if name in self.schemas]

    def act(self, name: str, arguments: str | dict[str, Any] | None) -> Act:
        """Raises BadArguments."""
        given = _read(arguments)
        if name == "transfer" and self.people:
            to = given.get("to")
            if to not in self.people or len(given) > 1:
                raise BadArguments(f"`to` must be one of: {', '.join(self.people)}.")
            return Transfer(str(to))
        kind = self._kinds.get(name)
        if kind is None:
            raise BadArguments(f"There is no tool `{name}`.")
        try:
            wanted = msgspec.convert(given, kind)
        except msgspec.ValidationError as problem:
            raise BadArguments(str(problem)[:200]) from None
        if isinstance(wanted, OfferText):
            return wanted
        if isinstance(wanted, HangUpNow):
            return HangUp(clean(wanted.goodbye) or "Goodbye.")
        return Use(name, self._checked(wanted), filler=_FILLERS[name])

    def _checked(self, wanted: Any) -> dict[str, str]:
        found: dict[str, str] = msgspec.to_builtins(wanted)
        if "service" in found:
            names = {s.name.casefold(): s.name for s in self._agent.services if s.bookable}
            if found["service"].casefold() not in names:
                raise BadArguments(f"`service` must be one of: {', '.join(names.values())}.")
            found["service"] = names[found["service"].casefold()]
        for field, read in (("day", date.fromisoformat), ("start", datetime.fromisoformat)):
            if found.get(field):
                try:
                    read(found[field])
                except ValueError:
                    raise BadArguments(f"`{field}` is not a date as asked for.") from None
        if found.get("time") and not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", found["time"]):
            raise BadArguments("`time` must be HH:MM.")
        if "number" in found:
            if found["number"] and len(re.sub(r"\D", "", found["number"])) < 5:
                raise BadArguments("`number` is not a telephone number.")
            found["number"] = found["number"] or self._order.their_number
        return found


_FILLERS = {
    "find_slots": "Let me look at the calendar.",
    "book": "One moment, I'm booking that.",
    "take_message": "One moment, I'm writing that down.",
}


def _read(arguments: str | dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(arguments, dict):
        return arguments
    try:
        read = msgspec.json.decode((arguments or "{}").encode())
    except msgspec.DecodeError:
        raise BadArguments("The arguments are not JSON.") from None
    if not isinstance(read, dict):
        raise BadArguments("The arguments are not a JSON object.")
    return read


def _schema(kind: Any) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)
    body: dict[str, Any] = schema["$defs"][kind.__name__]
    for name in ("title", "description"):
        body.pop(name, None)
    for field in body["properties"].values():
        field.pop("default", None)
    return body
