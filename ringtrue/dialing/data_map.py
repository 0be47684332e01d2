"""What this feature keeps, declared. Called numbers are keyed hashes; what telemarketing law wants kept stays after an erasure."""

from ringtrue.privacy.data_map import declare

RECORDS = "telemarketing records must be kept for five years (16 CFR 310.5); a row holds a keyed hash, times and rule ids only"
LISTS = "a do-not-call list only protects people as long as it is kept; it holds keyed hashes"

for store, what, why in (
    ("dialing_importedlist", "which do-not-call lists were imported, and when", LISTS),
    ("dialing_listednumber", "keyed hashes of numbers on imported do-not-call lists", LISTS),
    ("dialing_reassignedanswer", "keyed hash of a number and what the reassigned numbers database said", RECORDS),
    ("dialing_decision", "verdicts on calls out, with rule ids and words", RECORDS),
    ("dialing_attempt", "calls that were placed: keyed hash, agent, purpose, times, result", RECORDS),
):
    declare(
        store=store, what=what, category="call_metadata", subject="caller", retention="law",
        purpose="calling only whom the law lets us call", kept_because=why,
    )  # fmt: skip

declare(
    store="dialing_dialingsettings", what="countries that a workspace may call", category="configuration", subject="none",
    retention="while_active", purpose="stopping toll fraud",
)  # fmt: skip
declare(
    store="dialing_verifiedcallerid", what="numbers of the business that it may show", category="configuration", subject="none",
    retention="while_active", purpose="truthful caller ID",
)  # fmt: skip
declare(
    store="dialing_calleridcode", what="a code told in a call to a number of the business, encrypted", category="configuration",
    subject="none", retention="while_active", purpose="truthful caller ID",
)  # fmt: skip
declare(
    store="file:rules", what="an operator's rules pack", category="configuration", subject="none", retention="while_active",
    purpose="calling only when the law lets us call",
)  # fmt: skip
