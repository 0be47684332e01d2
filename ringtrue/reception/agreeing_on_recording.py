"""How recording is agreed on in a call: by the workspace's setting, the agent's own, and the law of each party's place; the strictest
wins. What the person said before (`privacy/ledger.py`) and says in the call is asked where it is served (`media/gating.py`, the guards).
"""

from __future__ import annotations

from uuid import UUID

from ringtrue.dialing.locating import locate
from ringtrue.dialing.rules_pack import PackRefused, current_pack
from ringtrue.numbers.reading import e164
from ringtrue.privacy import recording_law
from ringtrue.privacy.policy import effective
from ringtrue.privacy.recording_law import Place
from ringtrue.voice.agent import Agent


def flow_of(workspace_id: UUID, agent: Agent, *, ours: str = "", theirs: str = "", is_test: bool = False) -> str:
    """One of "announce", "ask", "off". ours, theirs: numbers (E.164) of the business and of the other party, "" where withheld or none.

    A test call without a number is between people of the business, in its own place. Needs the workspace's scope."""
    places = [place_of_business(agent, ours)]
    if theirs or not is_test:
        places.append(place_of(theirs))
    own = {"recording.flow": agent.recording} if agent.recording else {}
    law = {"recording.flow": recording_law.strictest(places)}
    return str(effective(workspace_id, "recording.flow", agent=own, call=law).value)


def place_of_business(agent: Agent, ours: str = "") -> Place:
    """By the telephone number that it tells its callers; where that tells no place, by the number of the call, then its country only."""
    for number in (e164(agent.phone, agent.country), ours):
        place = place_of(number)
        if place.country and (place.state or place.country != "US"):
            return place
    return Place(agent.country)


def place_of(number: str) -> Place:
    """A number may have moved with its owner; what it does not tell is unknown, and an unreadable rules pack tells nothing."""
    if not number:
        return Place()
    try:
        found = locate(number, current_pack())
    except PackRefused:
        return Place()
    return Place(found.country, found.state)
