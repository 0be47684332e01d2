"""What this feature keeps, declared. No line names a person: it knows a call by its id only."""

from ringtrue.privacy.data_map import declare

WHY = "books must stay whole; a line holds an amount, a time and the id of a call, and nothing about a person"

for store, what in (
    ("billing_book", "how a workspace pays, and its daily cap"),
    ("billing_account", "balances"),
    ("billing_line", "what was topped up, held, spent and given back"),
):
    declare(
        store=store,
        what=what,
        category="operations",
        subject="none",
        retention="law",
        purpose="billing",
        kept_because=WHY,
    )
