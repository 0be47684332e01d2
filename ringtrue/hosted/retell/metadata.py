"""What we give each call at Retell to carry: it comes back with every webhook and on the websocket. The ticket works once."""

OURS = "ringtrue_call"
TICKET = "ringtrue_ticket"


def metadata(call_id: str, ticket: str) -> dict[str, str]:
    return {OURS: call_id, TICKET: ticket}
