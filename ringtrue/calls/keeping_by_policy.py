"""What the privacy settings allow of one call, with what was settled for it when it began."""

from __future__ import annotations

from typing import Any

from ringtrue.calls.models import UNASKED, Call
from ringtrue.privacy.policy import call_policy


def policy_of(call: Call) -> dict[str, Any]:
    """{key: value}, see `privacy/policy.call_policy`. Needs the workspace's scope.

    Who would have had to be asked, and could not be, has not agreed: no sound is kept, and words as after a no."""
    unasked = call.recording_flow == UNASKED
    held = call_policy(
        call.workspace_id, call={"storage.mode": call.storage_mode, "recording.flow": "off" if unasked else call.recording_flow}
    )
    if unasked and held["transcript.on_refusal"] == "drop":
        held["storage.transcript"] = False
    return held
