"""What a caller will hear first, for the preview beside the form. The words are the loop's own, so the preview cannot differ."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from ringtrue.privacy.policy import effective
from ringtrue.voice.agent import Agent as Snapshot
from ringtrue.voice.call import wording


def heard_first(draft: dict[str, Any], workspace_id: UUID) -> list[str]:
    """Sentences in their order. [] for a draft that cannot be read. Needs the workspace's scope."""
    try:
        agent = msgspec.convert(draft, Snapshot)
    except msgspec.ValidationError:
        return []
    flow = effective(workspace_id, "recording.flow").value
    notice = {"announce": wording.NOTICE, "ask": wording.QUESTION}.get(flow, "")
    greeting = agent.greeting or wording.HOW_ELSE
    return [sentence for sentence in (wording.disclosure(agent), notice, greeting) if sentence]
