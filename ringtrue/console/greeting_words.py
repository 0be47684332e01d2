"""What a caller will hear first, for the preview beside the form. The words are the loop's own, so the preview cannot differ."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from ringtrue.privacy.listening import may_be_listened_to
from ringtrue.privacy.policy import call_policy
from ringtrue.reception.agreeing_on_recording import flow_of
from ringtrue.voice.agent import Agent as Snapshot
from ringtrue.voice.call import wording


def heard_first(draft: dict[str, Any], workspace_id: UUID) -> list[str]:
    """Sentences in their order, for a caller from the business's own place. [] for a draft that cannot be read. Needs the workspace's scope."""
    try:
        agent = msgspec.convert(draft, Snapshot)
    except msgspec.ValidationError:
        return []
    policy = call_policy(workspace_id, call={"recording.flow": flow_of(workspace_id, agent, is_test=True)})
    listening = may_be_listened_to(policy)
    said = {"announce": wording.notice(listening), "ask": wording.questions(listening)[0]}
    notice = said.get(policy["recording.flow"], "") if policy["storage.mode"] != "metadata_only" else ""
    greeting = agent.greeting or wording.HOW_ELSE
    return [sentence for sentence in (wording.disclosure(agent), notice, greeting) if sentence]
