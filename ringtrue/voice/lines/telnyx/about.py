"""What the Telnyx line states about itself (`voice/lines/about.py`)."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

STAND_IN = Checked("stand-in")
CALLS = Checked("stand-in", "voice/lines/telnyx/tests/test_calls.py")
REST = Checked("stand-in", "voice/lines/telnyx/tests/test_rest.py")
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

ABOUT = About(
    title="Telnyx",
    company=Company("Telnyx LLC", "carries calls"),
    documentation=(
        "https://developers.telnyx.com/docs/voice/programmable-voice/texml-fundamentals",
        "https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket",
        "https://developers.telnyx.com/api-reference/texml-rest-commands/initiate-an-outbound-call",
        "https://developers.telnyx.com/docs/development/sdk/python/webhooks",
    ),
    fields=(
        Field(name="name", label="Name", hint="What you call this account.", required=False),
        Field(
            name="account_id",
            label="Account ID",
            is_account=True,
            hint="Of your account at Telnyx, which also calls it AccountSid.",
            placeholder="01234567-89ab-cdef-0123-456789abcdef",
            pattern=UUID,
            wrong="A Telnyx account ID looks like 01234567-89ab-cdef-0123-456789abcdef.",
        ),
        Field(
            name="api_key",
            label="API key",
            secret=True,
            hint="In the Telnyx portal under API Keys. It is stored encrypted and never shown again.",
            pattern="KEY[A-Za-z0-9_-]{20,100}",
            wrong="A Telnyx API key is one long word; it begins with KEY.",
        ),
        Field(
            name="public_key",
            label="Public key",
            hint="In the portal under Keys & Credentials, Public Key. With it, webhooks are known to come from Telnyx.",
            pattern="[A-Za-z0-9+/]{43}=",
            wrong="A Telnyx public key has 44 characters; the last one is =.",
        ),
        Field(
            name="application_id",
            label="ID of the TeXML application",
            hint="Make a TeXML application in the portal, with an outbound voice profile if agents are to call people.",
            pattern="[0-9]{10,25}",
            wrong="The ID of a TeXML application has digits only.",
        ),
        Field(
            name="profile_id",
            label="ID of the messaging profile",
            required=False,
            hint="For text messages.",
            pattern=UUID,
            wrong="The ID of a messaging profile looks like 01234567-89ab-cdef-0123-456789abcdef.",
        ),
    ),
    steps=(
        Step(
            "Buy a number or take one over under “Numbers and limits” of the account: it, the TeXML application and the messaging profile are "
            "set up at Telnyx by themselves. By hand:"
        ),
        Step("In the TeXML application, enter as the webhook URL, with POST:", "{voice}"),
        Step("as the status callback URL, with POST:", "{status}"),
        Step("in the messaging profile, as the inbound webhook URL, with your account ID at its end:", "{text}?account="),
    ),
    can={
        "inbound": STAND_IN,
        "outbound": STAND_IN,
        "hang_up": STAND_IN,
        "transfer": STAND_IN,
        "warm_transfer": CALLS,
        "digits_in": STAND_IN,
        "clear": STAND_IN,
        "marks": STAND_IN,
        "own_recording": STAND_IN,
        "signed": STAND_IN,
        "machine_detection": CALLS,
        "numbers": REST,
        "messages": CALLS,
        "cost": REST,
    },
    cannot={
        "digits_out": "a media stream has no message for keys; they are sent as tones in the sound",
        "hold": "Telnyx tells nothing of it",
        "encrypted_media": "not tried",
    },
    connections={"asking.py": "orders to the carrier, and questions about the account that the business connected"},
    note="Its signature covers what a webhook says and when, not the address. That a stream brings back the <Parameter> of its TeXML as "
    "custom_parameters is taken from its other API and from Twilio's. Its API removes neither records of calls nor messages.",
)
