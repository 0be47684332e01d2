from ringtrue.hosted.engine import About
from ringtrue.voice.lines.about import Company, Field

ABOUT = About(
    title="Vapi",
    company=Company("Vapi", "carries calls, hears callers and speaks what our agent says"),
    documentation=(
        "https://docs.vapi.ai/api-reference/assistants/create",
        "https://docs.vapi.ai/api-reference/calls/create",
        "https://docs.vapi.ai/server-url/events",
        "https://docs.vapi.ai/server-url/server-authentication",
        "https://docs.vapi.ai/assistants/retrieve-call-artifacts",
        "https://docs.vapi.ai/customization/custom-llm/using-your-server",
        "https://docs.vapi.ai/customization/tool-calling-integration",
        "https://docs.vapi.ai/assistants/flush-syntax",
        "https://docs.vapi.ai/assistants/idle-messages",
    ),
    fields=(
        Field(
            name="key", label="Private API key", secret=True, pattern=r"[\w-]{20,200}",
            hint="In Vapi’s dashboard under API Keys. The private one; it is stored encrypted and never shown again.",
            wrong="A private key of Vapi is letters, digits and hyphens, such as 12345678-abcd-…",
        ),
        Field(
            name="voice", label="Voice", required=False, placeholder="Elliot", pattern=r"[\w -]{1,60}",
            hint="One of Vapi’s own voices.", wrong="Write the name of one of Vapi’s voices, such as Elliot.",
        ),
    ),
    cannot={
        "wait_for_consent": "It hears and writes down a call from its first second, so it is refused where the privacy settings ask every "
        "caller first. A call in which only the law does, or an earlier no, is held without recording.",
        "keep_nothing": "It keeps what was said until we delete the call there, minutes after its end.",
        "redact_first": "It keeps names and numbers as they were said until we delete the call there.",
        "listening_in": "The call does not pass through here.",
        "recording_cut": "What we keep begins after the notice; its copy begins with the call and is deleted after we have fetched ours.",
        "warm_transfer": "Callers are put through to the agent’s own people without a word before.",
    },
)  # fmt: skip
