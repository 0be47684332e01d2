"""The agent as a call sees it: one frozen snapshot, made when a version is published.

The same structure is what the console's forms edit and what `agents.AgentVersion.document` stores as JSON, so
there is one description of a business and no translation between them. It holds nothing about any caller.
"""

from __future__ import annotations

from typing import Literal

import msgspec

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Span = tuple[str, str]  # ("09:00", "17:00"), local time of the business, 24-hour clock; "24:00" is midnight at the end


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    date: str  # ISO 8601 date
    name: str
    spans: list[Span] = []  # empty: closed all day


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    weekly: dict[str, list[Span]] = {}  # day name from DAYS -> open spans; a missing day is closed
    holidays: list[Holiday] = []
    public_holidays: str = ""  # "US", "US-NJ", "GB-ENG": closed on that place's public holidays; "" means none


class Service(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    minutes: int = 30
    price: str = ""  # as it is to be said: "$120", "from £45"
    description: str = ""
    bookable: bool = True


class Faq(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    question: str
    answer: str


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """When something is said or happens, who is to be reached. `number` is E.164; only these can be transferred to."""

    id: str
    situation: str  # "emergency", "billing", "a person", ... as people say it
    words: list[str] = []  # phrases that trigger it
    person: str
    number: str
    hours: Literal["always", "open", "closed"] = "always"
    transfer: Literal["warm", "blind"] = "warm"  # warm: they are rung first, told who is calling, and may leave the caller


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    take_messages: bool = True
    book: bool = True
    transfer: bool = True
    refuse: list[str] = []  # kinds of calls to turn away politely: "sales", "surveys", "recruiters"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits that code enforces; no brain can move them."""

    max_call_s: int = 900
    silence_prompt_s: float = 8.0  # first "are you still there?"
    silence_hang_up_s: float = 24.0
    max_turns: int = 80
    max_spend_usd: float = 2.0  # on models and companies of speech; a call that has cost this much is ended. 0: no limit
    longest_hold_s: float = 300.0  # on hold (music), before the call is ended
    model_spend_usd: float = 0.50  # a language model that has cost this much in a call is asked nothing more in it
    model_tokens: int = 300_000  # the same where no price is known: tokens read and written


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What the recording gate does. `flow`: announce = say it and go on, ask = wait for a yes, off = never record."""

    flow: Literal["announce", "ask", "off"] = "announce"
    on_refusal: Literal["continue_unrecorded", "end"] = "continue_unrecorded"


StorageMode = Literal["everything", "excluding_pii", "metadata_only"]


class ModelChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A language model that may answer, and the key to it. It travels with the order of a call only: never in an agent's document,
    an event or a log line, and its representation does not show the key."""

    provider: Literal["anthropic", "openai", "compatible"]
    model: str  # as the provider names it
    base_url: str = ""  # of an OpenAI-compatible server; "" for the provider's own
    key: str = ""

    def __repr__(self) -> str:
        return f"ModelChoice({self.provider}, {self.model})"


class SpeechChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A company that hears or speaks in this call with a key of the business's own. It travels as `ModelChoice` does."""

    company: str  # a file of voice/speech/providers
    settings: dict[str, str]  # by name, as in its `ABOUT`; what is not there has its default

    def __repr__(self) -> str:
        return f"SpeechChoice({self.company})"


USUAL_VOICE = "heart"
"""Of an agent for which nobody chose one: the installation's order of voices then decides."""


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    version: int = 0
    version_id: str = ""  # UUID of the published version; a call names it
    business: str
    kind: str = ""  # "dental practice"
    agent_name: str = "the assistant"
    language: Literal["en-US", "en-GB"] = "en-US"
    time_zone: str = "America/New_York"
    country: str = "US"  # ISO 3166-1; how numbers without a country code are read
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    hours: Hours = Hours()
    services: list[Service] = []
    area: list[str] = []  # towns, postcodes or ZIP codes served; empty: not limited
    area_note: str = ""
    faqs: list[Faq] = []
    greeting: str = ""  # what follows the disclosure: "How can I help you today?"
    tone: Literal["warm", "brisk", "formal"] = "warm"
    voice: str = USUAL_VOICE
    handling: Handling = Handling()
    escalations: list[Escalation] = []
    limits: Limits = Limits()
    brain: Literal["receptionist", "model"] = "receptionist"  # `model`: a language model, with the receptionist behind it
    recording: Literal["", "announce", "ask", "off"] = ""  # stricter than the workspace asks for; "": as the workspace


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What an outbound call is for when it is made for one person, and what may be agreed in it without asking them."""

    on_behalf_of: str  # as it is said: "Emily Carter"
    wish: str  # as it follows "I would like to book": "a drain cleaning"
    step: Literal["ask", "book"] = "ask"  # ask: find out and agree to nothing
    number: str = ""  # E.164, where the person may be called back; "" is not told
    questions: list[str] = []  # to be asked word for word, besides price and time
    earliest: str = ""  # ISO 8601 dates, both included; "" is no limit
    latest: str = ""
    part: Literal["", "morning", "afternoon", "evening"] = ""
    most: float | None = None  # the spending limit, in `currency`; None is no limit
    currency: Literal["$", "£", "€"] = "$"
    agrees: bool = True  # within these limits without asking; False: always ask first
    chosen: str = ""  # local time "2026-11-26T10:00": the offer of an earlier call that is to be booked
    price: float | None = None  # what an earlier call said that it costs
    voicemail: Literal["message", "hang_up"] = "message"
    patience_s: float = 60.0  # how long the called party is asked to wait while the person is asked
    longest_hold_s: float = 600.0


Goal = Literal["book", "qualify", "remind", "survey", "code"]


class Mission(msgspec.Struct, frozen=True, kw_only=True):
    """What an outbound call of a campaign is for. `reason` is said word for word after the agent's name; `facts` may be said when
    asked; `called`: what the list knows of the called person, by field."""

    goal: Goal
    reason: str
    facts: str = ""
    questions: list[str] = []
    voicemail: str = ""  # said to an answering machine; "" hangs up
    time_zone: str = ""  # of the called person; "" where nobody knows it
    called: dict[str, str] = {}
    appointment: str = ""  # the service that is booked, where the call reminds of it; then goal is "remind"


TEXT_QUESTION = "Shall I send you the appointment as a text message?"
"""Asked of whoever booked, where the order offers it; kept with what is sent."""

REMINDER_QUESTION = "May I call you before it, to remind you?"
"""Asked of whoever booked, where the order offers it; kept with the consent."""


class CallOrder(msgspec.Struct, frozen=True, kw_only=True):
    """All that the loop needs to serve one call. Made by the scribe when a ticket is redeemed."""

    call_id: str
    agent: Agent
    line: str  # "twilio", "browser", "simulated"
    direction: Literal["inbound", "outbound"] = "inbound"
    from_number: str = ""  # E.164, or "" when withheld
    to_number: str = ""
    storage_mode: StorageMode = "everything"
    recording: Recording = Recording()
    listening: bool = False  # the caller is told that somebody of the business may listen, and then somebody may
    now: float = 0.0  # POSIX seconds at which the call began, for "are you open now?"
    models: tuple[ModelChoice, ...] = ()  # in the order in which they are asked; () where no model may be, or none is connected
    speech: tuple[SpeechChoice, ...] = ()  # asked before the companies of the installation, in this order
    withheld: tuple[str, ...] = ()  # providers of hearing and speaking ("deepgram") that may not get this call
    mission: Mission | None = None  # of a call that a campaign places
    errand: Errand | None = None  # of a call that is made for a person; then no agent's own work is done in it
    to_colleague: bool = False  # the far end is one of the business's own people, who is asked to take a call
    answered_by: Literal["", "person", "machine", "machine_done", "fax"] = ""  # as the carrier heard it before it connected us
    carrier_listens: bool = False  # it is still finding that out; the tool `who_answered` tells
    offers_text: bool = False  # whoever books is asked whether they want it as a text message
    offers_reminder: bool = False  # whoever books is asked whether they may be called before it

    @property
    def their_number(self) -> str:
        """Of the person we speak with."""
        return self.to_number if self.direction == "outbound" else self.from_number
