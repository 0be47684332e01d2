"""What we give each call at an engine to carry: it comes back with every webhook, and when we are asked what to say. The ticket begins a
call once."""

OURS = "ringtrue_call"
TICKET = "ringtrue_ticket"


def metadata(call_id: str, ticket: str) -> dict[str, str]:
    return {OURS: call_id, TICKET: ticket}
