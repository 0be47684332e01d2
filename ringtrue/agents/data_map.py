"""What this feature keeps, declared: what a business says about itself."""

from ringtrue.privacy.data_map import declare

declare(
    store="agents_agent",
    what="how a business wants its calls answered (draft): its facts, its staff's names and numbers for transfers",
    category="configuration",
    subject="user",
    retention="while_active",
    purpose="answering the business's calls",
)
declare(
    store="agents_agentversion",
    what="published versions of that, which never change: a call names the one that served it",
    category="configuration",
    subject="user",
    retention="while_active",
    purpose="answering the business's calls",
)
declare(
    store="agents_note",
    what="notes of a business for its own people, sealed under the key of the workspace",
    category="configuration",
    subject="user",
    retention="while_active",
    purpose="keeping notes of the business",
)
declare(
    store="agents_languagemodel",
    what="which language models answer a business's calls; keys are encrypted (Fernet)",
    category="credentials",
    subject="none",
    retention="while_active",
    purpose="answering the business's calls",
)
declare(
    store="agents_speechcompany",
    what="which companies hear and speak in a business's calls; keys are encrypted (Fernet)",
    category="credentials",
    subject="none",
    retention="while_active",
    purpose="answering the business's calls",
)
