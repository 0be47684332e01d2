"""What this feature keeps: of the business only. Calls, their words and their sound are where those of every line are."""

from __future__ import annotations

from ringtrue.privacy.data_map import declare

declare(
    store="hosted_hostedagent", what="which agents stand at which hosted engine, by the engine's own names", category="configuration",
    subject="none", retention="while_active", purpose="receiving and placing calls",
)  # fmt: skip
