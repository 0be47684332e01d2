"""Whether people of the business may listen to a running call. A listener is one more who receives what the caller says: the caller is
told of it in the same breath as of the recording, and where nobody is told, nobody may listen."""

from __future__ import annotations

from typing import Any


def may_be_listened_to(policy: dict[str, Any]) -> bool:
    """`policy`: what holds for the call, see `policy.call_policy`."""
    told = policy["recording.flow"] != "off" and policy["storage.mode"] != "metadata_only"
    return told and bool(policy["recording.listening"] == "after_notice")
