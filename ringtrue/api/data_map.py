from ringtrue.privacy.data_map import declare

declare(
    store="api_idempotentanswer",
    what="answers of the API to requests with an Idempotency-Key, encrypted, for a day",
    category="operations",
    subject="none",
    retention="none",
    purpose="acting once on a request that is sent twice",
)
