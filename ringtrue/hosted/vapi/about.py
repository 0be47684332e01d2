from ringtrue.hosted.engine import About
from ringtrue.voice.lines.about import Company, Field

ABOUT = About(
    title="Vapi",
    company=Company("Vapi", "carries calls, hears, words and speaks what its copy of the agent says"),
    documentation=(
        "https://docs.vapi.ai/api-reference/assistants/create",
        "https://docs.vapi.ai/api-reference/calls/create",
        "https://docs.vapi.ai/server-url/events",
        "https://docs.vapi.ai/server-url/server-authentication",
        "https://docs.vapi.ai/assistants/retrieve-call-artifacts",
    ),
    fields=(
        Field(
            name="key", label="Private API key", secret=True, pattern=r"[\w-]{20,200}",
            hint="In Vapi’s dashboard under API Keys. The private one; it is stored encrypted and never shown again.",
            wrong="A private key of Vapi is letters, digits and hyphens, such as 12345678-abcd-…",
        ),
        Field(
            name="model", label="Model that words the answers", required=False, placeholder="gpt-4.1", pattern=r"[\w.:-]{1,60}",
            hint="A model of OpenAI, as Vapi names it.", wrong="Write the model’s name as Vapi does, such as gpt-4.1.",
        ),
        Field(
            name="voice", label="Voice", required=False, placeholder="Elliot", pattern=r"[\w -]{1,60}",
            hint="One of Vapi’s own voices.", wrong="Write the name of one of Vapi’s voices, such as Elliot.",
        ),
    ),
    model="theirs",
    cannot={
        "wait_for_consent": "It hears and writes down a call from its first second, so it is refused where consent has to be asked for first.",
        "keep_nothing": "It keeps what was said until we delete the call there, minutes after its end.",
        "redact_first": "It keeps names and numbers as they were said until we delete the call there.",
        "our_guardrails": "Disclosure and notice are its first sentence, word for word. Emergency words, “are you a robot?”, limits on what "
        "it may say: instructions that its model can fail to follow.",
        "opt_out_at_once": "An opt-out is found in the words of the call when it is over, and holds from then on.",
        "listening_in": "The call does not pass through here.",
        "recording_cut": "What we keep begins after the notice; its copy begins with the call and is deleted after we have fetched ours.",
        "tools": "Its copy of the agent answers questions and puts callers through; it takes no messages and books nothing.",
        "warm_transfer": "Callers are put through to the agent’s own people without a word before.",
    },
)  # fmt: skip
