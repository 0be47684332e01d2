"""Who may do what: roles, capabilities and API scopes as data (P-LEX-3-3). Views name a capability; nothing else decides."""

from __future__ import annotations

ROLES = ("owner", "admin", "builder", "qa", "viewer", "billing", "dpo", "support")

CAPABILITIES: dict[str, frozenset[str]] = {
    "workspace.read": frozenset(ROLES),
    "workspace.change": frozenset({"owner", "admin"}),
    "workspace.close": frozenset({"owner"}),
    "members.read": frozenset({"owner", "admin", "dpo"}),
    "members.change": frozenset({"owner", "admin"}),
    "keys.read": frozenset({"owner", "admin"}),
    "keys.change": frozenset({"owner", "admin"}),
    "agents.read": frozenset({"owner", "admin", "builder", "qa", "viewer", "dpo", "support"}),
    "agents.change": frozenset({"owner", "admin", "builder"}),
    "agents.try": frozenset({"owner", "admin", "builder", "qa"}),
    "calls.list": frozenset({"owner", "admin", "builder", "qa", "viewer", "dpo"}),
    "calls.read": frozenset({"owner", "admin", "qa", "viewer", "dpo"}),
    "calls.download": frozenset({"owner", "admin", "qa", "dpo"}),
    "calls.listen": frozenset({"owner", "admin", "qa"}),  # to a running call
    "calls.speak": frozenset({"owner", "admin"}),  # in a running call: whisper to the agent, take over
    "calls.correct": frozenset({"owner", "admin", "qa"}),
    "calls.review": frozenset({"owner", "admin", "qa"}),
    "messages.handle": frozenset({"owner", "admin", "qa", "viewer"}),  # tick off a message that was taken
    "calls.delete": frozenset({"owner", "admin", "dpo"}),
    "contacts.read": frozenset({"owner", "admin", "qa", "viewer", "dpo"}),
    "contacts.change": frozenset({"owner", "admin", "dpo"}),
    "contacts.erase": frozenset({"owner", "admin", "dpo"}),
    "leads.read": frozenset({"owner", "admin", "qa", "viewer", "dpo"}),
    "leads.change": frozenset({"owner", "admin", "dpo"}),  # also uploads them, and keeps them from being called
    "leads.erase": frozenset({"owner", "admin", "dpo"}),
    "errands.read": frozenset({"owner", "admin", "qa", "dpo"}),
    "errands.change": frozenset({"owner", "admin"}),
    "calendars.read": frozenset({"owner", "admin", "builder", "qa", "viewer"}),
    "calendars.change": frozenset({"owner", "admin", "builder"}),
    "campaigns.read": frozenset({"owner", "admin", "qa", "viewer", "dpo"}),
    "campaigns.change": frozenset({"owner", "admin"}),  # also starts and stops them
    "numbers.read": frozenset({"owner", "admin", "builder"}),
    "numbers.change": frozenset({"owner", "admin"}),
    "models.read": frozenset({"owner", "admin"}),
    "models.change": frozenset({"owner", "admin"}),
    "notes.read": frozenset({"owner", "admin", "builder", "qa", "viewer", "dpo"}),
    "notes.change": frozenset({"owner", "admin"}),  # also downloads them
    "webhooks.read": frozenset({"owner", "admin", "builder"}),
    "webhooks.change": frozenset({"owner", "admin", "builder"}),
    "privacy.read": frozenset({"owner", "admin", "dpo"}),
    "privacy.change": frozenset({"owner", "dpo"}),
    "rights.read": frozenset({"owner", "admin", "dpo"}),
    "rights.handle": frozenset({"owner", "admin", "dpo"}),
    "audit.read": frozenset({"owner", "admin", "dpo"}),
    "billing.read": frozenset({"owner", "billing"}),
    "billing.change": frozenset({"owner", "billing"}),
}

SCOPES: dict[str, frozenset[str]] = {
    "agents:read": frozenset({"agents.read"}),
    "agents:write": frozenset({"agents.read", "agents.change"}),
    "calls:read": frozenset({"calls.list", "calls.read", "calls.download"}),
    "calls:write": frozenset({"calls.delete"}),
    "contacts:read": frozenset({"contacts.read"}),
    "contacts:write": frozenset({"contacts.read", "contacts.change", "contacts.erase"}),
    "campaigns:read": frozenset({"campaigns.read"}),
    "campaigns:write": frozenset({"campaigns.read", "campaigns.change"}),
    "leads:read": frozenset({"leads.read"}),
    "leads:write": frozenset({"leads.read", "leads.change", "leads.erase"}),
    "rights:write": frozenset({"rights.handle"}),
    "webhooks:read": frozenset({"webhooks.read"}),
    "webhooks:write": frozenset({"webhooks.read", "webhooks.change"}),
}
"""API scope -> capabilities that a key with it has."""


def may(role: str, capability: str) -> bool:
    """Raises KeyError for a capability that is not in the matrix: a view with a misspelt one must fail, not pass."""
    return role in CAPABILITIES[capability]


ROLE_WORDS: dict[str, str] = {
    "owner": "Owner: everything, also closing the workspace",
    "admin": "Admin: everything but billing, privacy rules and owners",
    "builder": "Builder: makes and tries agents, lists calls",
    "qa": "Quality: hears and reviews calls, also hears running ones, and tries agents",
    "viewer": "Viewer: reads calls and contacts",
    "billing": "Billing: plans and payments only",
    "dpo": "Data protection: privacy rules, erasure, audit",
    "support": "Support: sees agents, no calls",
}

SCOPE_WORDS: dict[str, str] = {
    "agents:read": "read agents",
    "agents:write": "change agents",
    "calls:read": "read calls, transcripts and recordings",
    "calls:write": "delete calls",
    "contacts:read": "read contacts",
    "contacts:write": "change and erase contacts",
    "campaigns:read": "read campaigns",
    "campaigns:write": "make, start and stop campaigns",
    "leads:read": "read leads",
    "leads:write": "add, change and erase leads",
    "rights:write": "hand on what people ask about their data",
    "webhooks:read": "read webhooks",
    "webhooks:write": "change webhooks",
}
