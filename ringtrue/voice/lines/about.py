"""What the folder of a line states about itself, in its module `about` as `ABOUT`; and how an operator's entries are read.

The console's form, the register of sub-processors, the list of connections to the outside, the words of the pages and the table
`docs/providers.md` are made from it. Folders are found by `voice/lines/finding.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Where = Literal["stand-in", "peer", "trace", "live"]
"""Where an ability was seen: at a stand-in that speaks the documented protocol, with a real peer on this machine, against a recorded trace
of the provider, at the provider itself."""

ABILITIES = {
    "inbound": "takes calls",
    "outbound": "places calls",
    "hang_up": "ends calls",
    "transfer": "puts callers through",
    "warm_transfer": "rings a colleague first, and tells them who calls",
    "digits_in": "hears keys",
    "digits_out": "presses keys",
    "clear": "stops what it says at once",
    "marks": "tells what was heard of it",
    "hold": "notices being put on hold",
    "machine_detection": "tells answering machines from people",
    "encrypted_media": "encrypts the sound on its way",
    "own_recording": "leaves the recording to us",
    "signed": "signs what it tells us, so that nothing can be changed on the way",
    "numbers": "finds, buys and gives back numbers",
    "messages": "text messages",
    "cost": "tells what a call cost",
}
"""Every line states each of them as something that it can or that it cannot do."""


class Checked(msgspec.Struct, frozen=True):
    """Where an ability was seen, and the test that shows it (a path below `ringtrue/`; "" where the conformance suite does)."""

    where: Where
    by: str = ""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the form by which an account is connected.

    `is_account` marks the one that names the account at the carrier (at most one); what is `secret` is never shown again. The whole
    entry, without spaces around it, has to fit `pattern`; if it does not, `wrong` is said. `name` "name" is what the operator calls it.
    """

    name: str
    label: str
    hint: str = ""
    placeholder: str = ""
    secret: bool = False
    is_account: bool = False
    required: bool = True
    pattern: str = ""
    wrong: str = ""
    options: tuple[tuple[str, str], ...] = ()  # (value, words): chosen from these
    rows: int = 0  # of a text of several lines


class Step(msgspec.Struct, frozen=True):
    """One thing to do at the carrier once the account is connected. `copied`: what is to be entered there; in it stand {voice},
    {status}, {after}, {transferred} for the addresses of our webhooks, {media} for that of sound, {host} for ours, {sip_port} for that of
    SIP."""

    text: str
    copied: str = ""


class Company(msgspec.Struct, frozen=True):
    """Who gets data when this line is used, as the register of sub-processors names it."""

    name: str
    does: str  # "carries calls"
    kind: str = "telephony"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`can`, `cannot`: words of ABILITIES; `cannot` says why in a sentence. `connections`: each module of the folder that opens a
    connection to the outside, and what goes through it.

    `gateway`: the folder of a line whose process carries the calls ("sip"), "" where the carrier opens a websocket to us by itself.
    Adapters of such a line get `desk` (the path of that process's socket) and `trunk` (the id of the account) beside the credentials,
    and its calls go by our own id instead of a reference of the carrier's.
    """

    title: str
    company: Company | None = None  # None: nobody outside gets anything
    documentation: tuple[str, ...] = ()  # the pages that were followed
    called: str = ""  # in lists of calls; "" means "Phone (title)"
    fields: tuple[Field, ...] = ()  # none: there is nothing to connect
    steps: tuple[Step, ...] = ()
    can: Mapping[str, Checked] = {}
    cannot: Mapping[str, str] = {}
    connections: Mapping[str, str] = {}
    gateway: str = ""
    note: str = ""  # beside the table: what one has to know before choosing it


class NotEntered(ValueError):
    """An entry cannot be used. `str(self)` is a sentence for the person at the form; `field` names the entry."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a form. `account`: the carrier's name of the account, at most 80 characters, by which its webhooks name it too.
    `credentials`: JSON values; kept encrypted."""

    account: str
    name: str
    credentials: dict[str, Any]


class Verdict(msgspec.Struct, frozen=True):
    """What a line's module `checking` found out about an account: `check(account, credentials) -> Verdict`, asked while the operator
    waits, 8 s at most. "unknown": the carrier could not be asked. `sentence`: what it says, and what to do where it is not good."""

    state: Literal["good", "wrong", "unknown"]
    sentence: str
    field: str = ""  # of the form, if it is wrong


def read(about: About, given: Mapping[str, str]) -> Entered:
    """The entries as they are kept, without those that were left empty, where the folder has no module `entering` with a `read(given)` of
    its own. Raises NotEntered."""
    held: dict[str, Any] = {}
    account = ""
    for field in about.fields:
        value = given.get(field.name, "").strip()
        if field.required and not value:
            raise NotEntered(field.name, field.wrong or f"Enter this: {field.label}.")
        if value and field.pattern and not re.fullmatch(field.pattern, value):
            raise NotEntered(field.name, field.wrong)
        if value and field.options and value not in dict(field.options):
            raise NotEntered(field.name, f"Choose one of these: {', '.join(words for _, words in field.options)}.")
        if field.is_account:
            account = value
        elif value and field.name != "name":
            held[field.name] = value
    return Entered(account=account[:80], name=given.get("name", "").strip()[:80] or about.title, credentials=held)
