"""Our published agent as a hosted engine is given it: one description of a business, and no second one to keep in step."""

from __future__ import annotations

import hashlib

import msgspec
from django.conf import settings

from ringtrue.agents.models import AgentVersion
from ringtrue.agents.publishing import snapshot_of
from ringtrue.hosted.engine import Definition
from ringtrue.hosted.finding import engines
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy.policy import effective
from ringtrue.voice.agent import Agent as Snapshot
from ringtrue.voice.brains.model.instructions import instructions
from ringtrue.voice.call import wording

ABOUT_THIS_CALL = "{{about_this_call}}"
"""Where an engine puts what only one call knows: the day, whether it is open, why we call."""

_BY_WORDS = """
What code cannot see to in this call, so you must
- You have said who you are and that the call is recorded, if it is. Never take it back.
- Asked whether you are a robot, a computer or a person: say that you are an AI assistant, not a person.
- When somebody is in danger or speaks of an emergency: say first that they should hang up and call {emergency}.
- When somebody wants no more calls, in whatever words: say that their number goes on the do-not-call list, and end the call.
- When somebody does not want the call recorded: say that it will not be kept, and go on.
- You take no messages and book nothing. Never say that you did."""


def hook_url(account: LineAccount) -> str:
    return f"{settings.PUBLIC_URL}/engines/{account.line}/{account.id}"


def define(account: LineAccount, version: AgentVersion) -> Definition:
    """Needs the workspace's scope."""
    agent = snapshot_of(version)
    flow = effective(account.workspace_id, "recording.flow").value
    keeps_sound = effective(account.workspace_id, "storage.audio").value
    records = flow == "announce" and effective(account.workspace_id, "storage.mode").value == "everything" and bool(keeps_sound)
    return Definition(
        name=agent.business,
        first_words=first_words(agent, records=flow == "announce", then=agent.greeting or wording.HOW_ELSE),
        instructions=_instructions(agent),
        language=agent.language,
        records=records,
        longest_s=agent.limits.max_call_s,
        silence_s=round(agent.limits.silence_hang_up_s),
        transfers=agent.handling.transfer and bool(agent.escalations),
        hook_url=hook_url(account),
        words_url=f"{settings.MEDIA_SOCKET_URL}/{account.line}",
    )


def first_words(agent: Snapshot, *, records: bool, then: str) -> str:
    """Disclosure before everything else, then the notice: what is kept begins after it."""
    return " ".join([wording.disclosure(agent), *([wording.notice(listening=False)] if records else []), then])


def digest(account: LineAccount, definition: Definition) -> str:
    """Equal as long as nothing has to be taken there anew."""
    held = msgspec.json.encode([engines()[account.line].title, definition, account.credentials], order="sorted")
    return hashlib.sha256(held).hexdigest()


def _instructions(agent: Snapshot) -> str:
    people = ", ".join(f"{one.person} ({one.situation})" for one in agent.escalations) if agent.handling.transfer else ""
    able = [f"You can put the caller through with your transfer tool, to: {people}."] if people else []
    number = wording.EMERGENCY_NUMBERS.get(agent.country, "112")
    messageless = msgspec.structs.replace(agent, handling=msgspec.structs.replace(agent.handling, take_messages=False))
    return f"{instructions(messageless, able, keeps=False)}\n{_BY_WORDS.format(emergency=number)}\n\n{ABOUT_THIS_CALL}"
