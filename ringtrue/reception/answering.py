"""Answering: the one way in which a call comes to be, whatever the line: a subject, a call, and a ticket to serve it."""

from __future__ import annotations

import structlog

from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.agents.publishing import current, snapshot_of
from ringtrue.calls.models import Call
from ringtrue.calls.recording import begin_call
from ringtrue.numbers.reading import e164
from ringtrue.privacy.policy import effective
from ringtrue.reception import tickets
from ringtrue.reception.agreeing_on_recording import flow_of

log = structlog.get_logger(__name__)


NOT_READY = {
    "voice_off": "Answering and calling is switched off in the privacy settings.",
    "not_published": "The agent has not been published yet.",
    "not_live": "The agent is switched off.",
}


class CallRefused(Exception):
    """No call is made and nothing is stored. `str(self)`: a key of NOT_READY."""

    @property
    def words(self) -> str:
        """For the person who wanted the call."""
        return NOT_READY[str(self)]


def open_call(
    agent: Agent,
    *,
    line: str,
    from_number: str = "",
    to_number: str = "",
    direction: str = "inbound",
    provider_ref: str = "",
    is_test: bool = False,
) -> tuple[Call, str]:
    """The call and the token of its ticket, which works once and for a minute. Needs the workspace's scope.

    `from_number` may be in any form a carrier sends; one that is not a number counts as withheld. Raises CallRefused.
    """
    version = may_answer(agent, is_test=is_test)
    workspace_id = agent.workspace_id
    caller, called = e164(from_number), e164(to_number)
    ours, theirs = (called, caller) if direction == "inbound" else (caller, called)
    call = begin_call(
        version,
        line=line,
        from_number=caller,
        to_number=called or to_number,
        direction=direction,
        storage_mode=effective(workspace_id, "storage.mode").value,
        recording_flow=flow_of(workspace_id, snapshot_of(version), ours=ours, theirs=theirs, is_test=is_test),
        provider_ref=provider_ref,
        is_test=is_test,
    )
    log.info("call opened", call=str(call.id), line=line)
    return call, tickets.issue(call)


def may_answer(agent: Agent, *, is_test: bool = False) -> AgentVersion:
    """The version that will serve. Raises CallRefused."""
    if not effective(agent.workspace_id, "voice.enabled").value:
        raise CallRefused("voice_off")
    version = current(agent)
    if version is None:
        raise CallRefused("not_published")
    if not agent.live and not is_test:
        raise CallRefused("not_live")
    return version
