"""Why a call ended, in words: for pages and for the terminal."""

ENDING_WORDS = {
    "caller_hung_up": "the caller hung up",
    "agent_hung_up": "the agent said goodbye",
    "transferred": "handed over",
    "silence": "nobody spoke",
    "too_long": "the longest time was reached",
    "refused": "turned away",
    "line_failed": "the line broke",
    "stopped": "stopped",
    "lost": "something of ours failed",
    "busy": "the line was busy",
    "no_answer": "nobody answered",
    "declined": "the call was declined",
    "no_such_number": "there is no such number",
    "no_common_codec": "the other side takes none of our sound formats",
    "login_refused": "the carrier refused our user name or password",
    "carrier_refused": "the carrier did not allow this call",
    # of a colleague who was to take a call
    "voicemail": "an answering machine answered",
    "not_permitted": "the rules for calling out did not allow it",
    "closed": "not at this hour",
    "open": "not at this hour",
    "full": "too many calls at once",
    "emergency": "the caller spoke of an emergency",
}
NOT_REACHED = frozenset({"busy", "no_answer", "declined", "no_such_number"})
"""Of calls that we placed: nothing is broken, and nobody was spoken to."""
BROKEN = frozenset({"line_failed", "stopped", "lost", "no_common_codec", "login_refused", "carrier_refused"})
