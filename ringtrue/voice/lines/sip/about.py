"""What the SIP line states about itself (`voice/lines/about.py`)."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

PEER = Checked("peer", "media/tests/test_sip_calls.py")
LINES = Checked("peer", "media/tests/test_sip_lines.py")

ABOUT = About(
    title="SIP carrier or telephone system",
    called="Phone (SIP)",
    company=Company("SIP carrier", "carries calls"),
    documentation=("RFC 3261", "RFC 3515", "RFC 4733", "docs/sip.md"),
    gateway="sip",
    fields=(
        Field(name="name", label="Name", placeholder="Our telephone system", required=False),
        Field(
            name="kind",
            label="How it knows you",
            options=(("ip", "By its addresses (a trunk)"), ("account", "By a user name and password (a login or extension)")),
        ),
        Field(
            name="host",
            label="SIP host",
            placeholder="sip.example.com",
            hint="Where it is reached; with a port if it is not 5060.",
        ),
        Field(
            name="allowed",
            label="Addresses it calls from",
            rows=2,
            placeholder="203.0.113.0/24",
            hint="One on each line; your carrier's documentation lists them. Packets from anywhere else are dropped before they are read.",
        ),
        Field(name="user", label="User name", required=False, hint="Only for a login with a password."),
        Field(name="password", label="Password", secret=True, required=False, hint="Stored encrypted and never shown again."),
        Field(
            name="transport",
            label="Transport",
            options=(("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS"), ("tls+srtp", "TLS, and encrypted sound (SRTP)")),
            hint="With TLS, the far end's certificate is checked against its host name.",
        ),
    ),
    steps=(
        Step(
            "At your SIP carrier or in your telephone system, send calls for this number here, by UDP or TCP (by TLS on the next port, where "
            "this installation has a certificate). A login that registers needs nothing: calls come by themselves.",
            "sip:{host}:{sip_port}",
        ),
    ),
    can={
        "inbound": PEER,
        "outbound": PEER,
        "hang_up": PEER,
        "transfer": LINES,
        "warm_transfer": PEER,
        "digits_in": PEER,
        "digits_out": Checked("stand-in"),
        "clear": Checked("stand-in"),
        "hold": LINES,
        "encrypted_media": LINES,
        "own_recording": PEER,
    },
    cannot={
        "signed": "SIP has no such thing; packets are believed by the address they come from",
        "marks": "SIP has no such message",
        "machine_detection": "SIP has no such message; the call itself listens for machines",
        "numbers": "bought at the carrier",
        "messages": "not by this line",
        "cost": "SIP tells nothing of it",
    },
    connections={
        "allow_list.py": "resolves a carrier's host",
        "bridging.py": "audio of a call, from the line to the loop",
        "desk_talk.py": "to the process of the line",
        "starting.py": "to the process of the line",
    },
)
