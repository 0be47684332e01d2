"""A message that the agent took for the business."""

from __future__ import annotations

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call, Message
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.vault import open_json, seal_json

MESSAGE = "calls.Message"


class NotKept(Exception):
    """The storage mode keeps nothing that a caller says, so there can be no message."""


def take(call: Call, *, name: str, number: str, reason: str) -> Message:
    """Raises NotKept where the storage mode keeps no messages. The webhook "message.taken" is told with the tool's event, not here."""
    if not keeps(call.storage_mode).messages:
        raise NotKept
    message = Message(workspace_id=call.workspace_id, call_id=call.id, subject_id=call.subject_id)
    body = {"name": name, "number": number, "reason": reason}
    message.sealed = seal_json(call.workspace_id, call.subject_id, MESSAGE, message.id, body)
    with workspace_scope(call.workspace_id):
        message.save(force_insert=True)
    return message


def read(message: Message) -> dict[str, str]:
    """{"name", "number", "reason"}; {} when the person was erased."""
    held = open_json(message.workspace_id, message.subject_id, MESSAGE, message.id, message.sealed)
    return {key: str(value) for key, value in held.items()}
