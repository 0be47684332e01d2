"""What the Asterisk line states about itself (`voice/lines/about.py`), and what an operator writes into the files of an Asterisk."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked, Company, Field, Step

STAND_IN = Checked("stand-in")
CALLS = Checked("stand-in", "media/tests/test_asterisk_calls.py")

# As a pattern of `str.format`: Asterisk's own braces are doubled.
WEBSOCKET = """[ringtrue]
type = websocket_client
uri = {media}
connection_type = per_call_config
connection_timeout = 5000
tls_enabled = yes
ca_list_file = /etc/ssl/certs/ca-certificates.crt"""

DIALPLAN = """[globals]
RINGTRUE_ACCOUNT = the name from above
RINGTRUE_SECRET = the secret from above

[ringtrue]
exten => _[+0-9].,1,Set(WHO=account=${{RINGTRUE_ACCOUNT}}&secret=${{RINGTRUE_SECRET}}&call=${{URIENCODE(${{UNIQUEID}})}})
 same => n,Set(TICKET=${{CURL({voice},${{WHO}}&to=${{URIENCODE(${{EXTEN}})}}&from=${{URIENCODE(${{CALLERID(num)}})}})}})
 same => n,GotoIf($[${{LEN(${{TICKET}})}} != 36]?nobody)
 same => n,Dial(WebSocket/ringtrue/c(ulaw)nv(ticket=${{TICKET}}))
 same => n,Set(NEXT=${{CURL({after},${{WHO}})}})
 same => n,GotoIf($["${{NEXT:0:1}}" != "+"]?done)
 same => n,Dial(PJSIP/${{NEXT}}@your-trunk,25,L(1800000))
 same => n(done),Hangup()
 same => n(nobody),Hangup(21)
exten => h,1,Set(TOLD=${{CURL({status},${{WHO}}&status=${{DIALSTATUS}})}})"""

ABOUT = About(
    title="Asterisk",
    company=Company("Own telephone system", "carries calls"),
    documentation=(
        "https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/",
        "https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/",
        "https://docs.asterisk.org/Latest_API/API_Documentation/Module_Configuration/res_websocket_client/",
        "docs/asterisk.md",
    ),
    fields=(
        Field(
            name="account",
            label="A name for this Asterisk",
            is_account=True,
            placeholder="office",
            hint="It stands in the dialplan, too.",
            pattern="[a-z0-9-]{2,40}",
            wrong="Use 2 to 40 small letters, digits and hyphens.",
        ),
        Field(
            name="secret",
            label="A secret",
            secret=True,
            hint="Make one up, or take what “openssl rand -hex 24” prints. It stands in the dialplan, too; here it is stored encrypted and never "
            "shown again.",
            pattern="[A-Za-z0-9]{24,100}",
            wrong="Use 24 to 100 letters and digits: whoever knows the secret can have calls answered here.",
        ),
    ),
    steps=(
        Step("Asterisk needs release 20.16, 21.11, 22.6 or a later one. Put into websocket_client.conf:", WEBSOCKET),
        Step(
            "Into extensions.conf, with your own name, secret and trunk; then send calls to the context ringtrue with the number that was "
            "called, such as +18565550100. docs/asterisk.md explains each line, and what to write for an older Asterisk (AudioSocket).",
            DIALPLAN,
        ),
    ),
    can={
        "inbound": CALLS,
        "hang_up": CALLS,
        "transfer": CALLS,
        "digits_in": STAND_IN,
        "clear": STAND_IN,
        "encrypted_media": Checked("stand-in", "reception/tests/test_line_checks.py"),
        "own_recording": STAND_IN,
    },
    cannot={
        "signed": "a dialplan cannot sign; it sends a secret, over HTTPS",
        "outbound": "connect the same Asterisk as a SIP line, too: then it places calls",
        "warm_transfer": "the dialplan dials when our part of the call is over",
        "digits_out": "chan_websocket has no message for keys; they are sent as tones in the sound",
        "marks": "not asked for; sound is given as it is played",
        "hold": "Asterisk tells nothing of it",
        "machine_detection": "it calls nobody",
        "numbers": "they are your own telephone system's",
        "messages": "not by this line",
        "cost": "they are your own telephone system's",
    },
    note="AudioSocket, for an older Asterisk, can neither put callers through nor stop what it says at once, and is not encrypted.",
)
