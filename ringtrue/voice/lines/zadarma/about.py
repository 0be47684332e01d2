"""What the Zadarma line states about itself (`voice/lines/about.py`): its calls are carried over SIP, its account is asked by its API."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

CALLS = Checked("stand-in", "media/tests/test_zadarma_line.py")
STAND_IN = Checked("stand-in")
HOSTS = (("sip.zadarma.com", "A SIP login (sip.zadarma.com)"), ("pbx.zadarma.com", "An extension of the PBX (pbx.zadarma.com)"))

ABOUT = About(
    title="Zadarma",
    company=Company("Zadarma", "carries calls"),
    documentation=("https://zadarma.com/en/support/api/", "https://github.com/zadarma/openapi", "docs/zadarma.md"),
    gateway="sip",
    fields=(
        Field(name="key", label="API key", hint="Under Settings, Integrations and API, Keys and API, in your Zadarma account."),
        Field(name="secret", label="API secret", secret=True, hint="Beside it. Stored encrypted and never shown again."),
        Field(name="host", label="What Ringtrue signs in with", options=HOSTS),
        Field(name="user", label="SIP login or extension", placeholder="123456", hint="Under Settings, SIP, or PBX, Extensions."),
        Field(name="password", label="Its password", secret=True, hint="Beside it. Stored encrypted and never shown again."),
        Field(
            name="allowed",
            label="Addresses Zadarma calls from",
            rows=2,
            placeholder="203.0.113.0/24",
            hint="One on each line; Zadarma's support tells them for firewalls. Packets from anywhere else are dropped before they are read.",
        ),
    ),
    steps=(
        Step(
            "Take each number over on the page of this account, or let it ring at this SIP login or extension in your Zadarma account, under "
            "Virtual phone numbers. The login registers by itself within a few seconds; then calls come by themselves."
        ),
    ),
    can={
        "inbound": CALLS,
        "outbound": STAND_IN,
        "hang_up": STAND_IN,
        "transfer": STAND_IN,
        "warm_transfer": Checked("peer", "media/tests/test_sip_calls.py"),
        "digits_in": Checked("peer", "media/tests/test_sip_calls.py"),
        "digits_out": Checked("stand-in", "conforming/tests/test_lines_conform.py"),
        "clear": Checked("stand-in", "conforming/tests/test_lines_conform.py"),
        "hold": Checked("peer", "media/tests/test_sip_lines.py"),
        "own_recording": STAND_IN,
    },
    cannot={
        "signed": "calls are told of by SIP; Zadarma's notifications, of which only parts are signed, are not used",
        "marks": "SIP has no such message",
        "machine_detection": "SIP has no such message; the call itself listens for machines",
        "encrypted_media": "this form signs in over UDP; for TLS and SRTP, connect the login as a SIP line",
        "numbers": "bought at Zadarma, which wants papers; those that the account has are listed and set up from here",
        "messages": "not yet",
        "cost": "Zadarma's statistics name a call by nothing that SIP tells us, so that a price could only be guessed",
    },
    note="Its calls are those of the SIP line, with another account: where the table says “peer”, that line was seen with real peers.",
    connections={"asking.py": "questions about the account, and where its numbers ring"},
)
