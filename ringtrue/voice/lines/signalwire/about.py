"""What the SignalWire line states about itself (`voice/lines/about.py`).

SignalWire's Compatibility API is Twilio's with a host per space; the pieces of `lines/twilio` are used where both say the same.
"""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

STAND_IN = Checked("stand-in")

ABOUT = About(
    title="SignalWire",
    company=Company("SignalWire", "carries calls"),
    documentation=(
        "https://developer.signalwire.com/rest/compatibility-api/overview",
        "https://signalwire.com/docs/compatibility-api/rest/calls/create-a-call",
        "https://signalwire.com/docs/compatibility-api/cxml/reference/voice/stream",
        "https://developer.signalwire.com/guides/webhook-security",
    ),
    fields=(
        Field(
            name="space",
            label="Space",
            placeholder="example.signalwire.com",
            hint="The address of your SignalWire dashboard.",
            pattern=r"(https://)?[a-zA-Z0-9-]{1,63}(\.signalwire\.com)?/?",
            wrong="Write the address of your space, such as example.signalwire.com.",
        ),
        Field(
            name="project_id",
            label="Project ID",
            is_account=True,
            hint="In the dashboard under API.",
            pattern="[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
            wrong="A SignalWire Project ID looks like 01234567-89ab-cdef-0123-456789abcdef.",
        ),
        Field(
            name="api_token",
            label="API token",
            secret=True,
            hint="With the scope Voice. It is stored encrypted and never shown again.",
            pattern=r"[!-~]{20,200}",
            wrong="An API token is one long word; it begins with PT.",
        ),
        Field(
            name="signing_key",
            label="Signing key",
            secret=True,
            hint="Beside the tokens, under “Signing Key”. With it, webhooks are known to come from SignalWire.",
            pattern=r"[!-~]{20,200}",
            wrong="A signing key is one long word; it begins with PSK.",
        ),
    ),
    steps=(
        Step(
            "In your SignalWire space, open the number, choose “LaML Webhooks” (cXML), and enter for when a call comes in, with POST:",
            "{voice}",
        ),
        Step("and for status changes:", "{status}"),
    ),
    can={
        "inbound": STAND_IN,
        "outbound": STAND_IN,
        "hang_up": STAND_IN,
        "digits_in": STAND_IN,
        "clear": STAND_IN,
        "marks": STAND_IN,
        "encrypted_media": Checked("stand-in", "reception/tests/test_line_checks.py"),
        "own_recording": STAND_IN,
        "signed": STAND_IN,
    },
    cannot={
        "transfer": "SignalWire takes no document for a call that runs, only an address; not built",
        "warm_transfer": "not tried yet",
        "digits_out": "a media stream has no message for keys; they are sent as tones in the sound",
        "hold": "SignalWire tells nothing of it",
        "machine_detection": "not asked for yet; the call itself listens for machines",
        "numbers": "not yet; buy them in your SignalWire space",
        "messages": "not yet",
        "cost": "not asked for yet",
    },
    note="That its media streams know keys (dtmf), mark and clear is taken from their likeness to Twilio's: its documentation does not say.",
)
