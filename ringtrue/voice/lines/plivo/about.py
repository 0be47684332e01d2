"""What the Plivo line states about itself (`voice/lines/about.py`)."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

STAND_IN = Checked("stand-in")

ABOUT = About(
    title="Plivo",
    company=Company("Plivo Inc.", "carries calls"),
    documentation=(
        "https://www.plivo.com/docs/voice/xml/request",
        "https://www.plivo.com/docs/voice/xml/audiostream",
        "https://www.plivo.com/docs/voice/audio-streaming/audio-streaming",
        "https://www.plivo.com/docs/voice/api/call",
        "https://www.plivo.com/docs/voice/xml/request/validation",
    ),
    fields=(
        Field(name="name", label="Name", hint="What you call this account.", required=False),
        Field(
            name="auth_id",
            label="Auth ID",
            is_account=True,
            # That of the main account: it is what Plivo's webhooks name, also where a subaccount owns the number.
            hint="On the first page of the Plivo console. It begins with MA.",
            placeholder="MA…",
            pattern="MA[A-Z0-9]{18}",
            wrong="A Plivo Auth ID is MA, then 18 capital letters or digits. That of a subaccount, with SA, does not do.",
        ),
        Field(
            name="auth_token",
            label="Auth Token",
            secret=True,
            hint="Beside the Auth ID.",
            pattern="[A-Za-z0-9+/=_-]{32,64}",
            wrong="This is not a Plivo Auth Token: copy the whole of it, without spaces.",
        ),
    ),
    steps=(
        Step(
            "In the Plivo console, under Voice, XML, create an application. Enter as its Answer URL, with the method POST:",
            "{voice}",
        ),
        Step("As its Hangup URL, with the method POST:", "{status}"),
        Step("Give this application to each number that Ringtrue is to answer."),
    ),
    can={
        "inbound": STAND_IN,
        "outbound": STAND_IN,
        "hang_up": STAND_IN,
        "digits_in": STAND_IN,
        "digits_out": STAND_IN,
        "clear": STAND_IN,
        "marks": STAND_IN,
        "own_recording": STAND_IN,
        "signed": STAND_IN,
    },
    cannot={
        "transfer": "Plivo asks an address of ours where the call goes on, and none of our answers there can name a number",
        "warm_transfer": "a colleague's call would need an answer of ours of its own when it is picked up",
        "hold": "Plivo tells nothing of it",
        "machine_detection": "not asked for; the call itself listens for machines",
        "encrypted_media": "not tried",
        "numbers": "bought in the Plivo console",
        "messages": "not built",
        "cost": "not asked for",
    },
    connections={"asking.py": "orders to the carrier, and whether it takes the account"},
)
