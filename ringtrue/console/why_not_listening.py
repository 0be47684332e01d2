"""Why nobody may listen to a running call, as its page says it."""

from __future__ import annotations

from ringtrue.calls.models import Call
from ringtrue.console.templatetags.console_parts import origin_words
from ringtrue.privacy.policy import effective
from ringtrue.reception import joining_tickets
from ringtrue.reception.tickets import TicketRefused


def why_not(call: Call) -> str:
    """In a sentence for the page; "" when a member may listen to this call. Needs the workspace's scope."""
    try:
        joining_tickets.refuse_unless_allowed(call)
    except TicketRefused as refused:
        return sentence(call, str(refused))
    return ""


def sentence(call: Call, code: str) -> str:
    if code == "not_live":
        return "This call is over."
    if code == "nothing_recorded":
        return "Nobody can listen to this call: nothing of it is recorded, so the caller was not told that anybody might hear it."
    origin = origin_words(effective(call.workspace_id, "recording.listening").origin)
    return (
        f"Listening to running calls is not allowed here; this comes from {origin}. Where it can be allowed, that is done under Settings, "
        "Privacy, and every caller is told of it from then on."
    )
