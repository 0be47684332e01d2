"""What the Twilio line states about itself (`voice/lines/about.py`)."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

STAND_IN = Checked("stand-in")

ABOUT = About(
    title="Twilio",
    company=Company("Twilio", "carries calls"),
    documentation=(
        "https://www.twilio.com/docs/voice/media-streams/websocket-messages",
        "https://www.twilio.com/docs/voice/twiml",
        "https://www.twilio.com/docs/voice/api/call-resource",
        "https://www.twilio.com/docs/usage/security#validating-requests",
    ),
    fields=(
        Field(
            name="account_sid",
            label="Account SID",
            is_account=True,
            hint="On the first page of the Twilio console. It begins with AC.",
            pattern="AC[0-9a-fA-F]{32}",
            wrong="A Twilio Account SID is the letters AC and 32 digits or letters from a to f.",
        ),
        Field(
            name="auth_token",
            label="Auth token",
            secret=True,
            hint="Beside it. It is stored encrypted and never shown again.",
            pattern="[0-9a-fA-F]{32}",
            wrong="A Twilio Auth Token is 32 digits or letters from a to f.",
        ),
        Field(
            name="key_sid",
            label="API key",
            required=False,
            hint="Begins with SK. Calls are then placed with the key, which you can withdraw by itself.",
            pattern="SK[0-9a-fA-F]{32}",
            wrong="The SID of a Twilio API key is the letters SK and 32 digits or letters from a to f.",
        ),
        Field(name="key_secret", label="Secret of the API key", required=False, secret=True),
    ),
    steps=(
        Step(
            "Buy a number or take one over under “Numbers and limits” of the account: it is set up at Twilio by itself. By hand:"
        ),
        Step("In the Twilio console, open the number and enter under “A call comes in”, as a webhook with POST:", "{voice}"),
        Step("and under “Call status changes”:", "{status}"),
    ),
    can={
        "inbound": STAND_IN,
        "outbound": STAND_IN,
        "hang_up": STAND_IN,
        "transfer": STAND_IN,
        "warm_transfer": Checked("stand-in", "media/tests/test_twilio_calls.py"),
        "digits_in": STAND_IN,
        "clear": STAND_IN,
        "marks": STAND_IN,
        "own_recording": STAND_IN,
        "signed": STAND_IN,
        "encrypted_media": Checked("stand-in", "reception/tests/test_line_checks.py"),
        "machine_detection": Checked("stand-in", "reception/tests/test_detecting_machines.py"),
        "numbers": Checked("stand-in", "numbers/tests/test_buying.py"),
        "messages": Checked("stand-in", "reception/tests/test_texting.py"),
        "cost": Checked("stand-in", "reception/tests/test_costing.py"),
    },
    cannot={
        "digits_out": "a media stream has no message for keys; they are sent as tones in the sound",
        "hold": "Twilio tells nothing of it",
    },
    connections={
        "asking.py": "orders to the carrier, and questions about the account that the business connected",
    },
)
