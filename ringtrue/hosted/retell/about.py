from ringtrue.hosted.engine import About
from ringtrue.voice.lines.about import Company, Field

ABOUT = About(
    title="Retell",
    company=Company("Retell AI", "carries calls, hears callers and speaks what our agent says"),
    documentation=(
        "https://docs.retellai.com/api-references/create-agent",
        "https://docs.retellai.com/api-references/create-phone-call",
        "https://docs.retellai.com/api-references/llm-websocket",
        "https://docs.retellai.com/features/webhook",
        "https://docs.retellai.com/features/secure-webhook",
        "https://docs.retellai.com/features/inbound-call-webhook",
    ),
    fields=(
        Field(
            name="key", label="API key", secret=True, pattern=r"[\w-]{10,200}",
            hint="In Retell’s dashboard under API Keys: the one with the webhook badge, for Retell signs its webhooks with it. It is stored "
            "encrypted and never shown again.",
            wrong="A key of Retell is letters, digits, hyphens and underscores, such as key_…",
        ),
        Field(
            name="voice", label="Voice", required=False, placeholder="retell-Cimo", pattern=r"[\w -]{1,80}",
            hint="The id of a voice in your account.", wrong="Write the id of a voice as Retell does, such as retell-Cimo.",
        ),
    ),
    cannot={
        "wait_for_consent": "It hears a call from its first second and cannot begin a recording in mid-call, so it is refused where "
        "the privacy settings ask every caller first. A call in which only the law does, or an earlier no, is held without recording.",
        "listening_in": "Its sound does not pass through here.",
        "recording_cut": "What we keep begins after the notice; its copy begins with the call and is deleted after we have fetched ours. "
        "Where nothing is recorded it is told to keep only that the call happened.",
        "warm_transfer": "Callers are put through to the agent’s own people without a word before.",
    },
)  # fmt: skip
