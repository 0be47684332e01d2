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

DIALING_PLAN = """[ringtrue-out]
exten => _[+0-9].,1,Set(WHO=account=${{RINGTRUE_ACCOUNT}}&secret=${{RINGTRUE_SECRET}}&call=${{URIENCODE(${{UNIQUEID}})}})
 same => n,Dial(PJSIP/${{EXTEN}}@your-trunk)
exten => h,1,Set(TOLD=${{CURL({status},${{WHO}}&direction=outbound&status=${{DIALSTATUS}})}})

[ringtrue-agent]
exten => s,1,Set(WHO=account=${{RINGTRUE_ACCOUNT}}&secret=${{RINGTRUE_SECRET}}&call=${{RINGTRUE_CALL}})
 same => n,Dial(WebSocket/ringtrue/c(ulaw)nv(ticket=${{RINGTRUE_TICKET}}))
 same => n,Set(NEXT=${{CURL({after},${{WHO}})}})
 same => n,GotoIf($["${{NEXT:0:1}}" != "+"]?done)
 same => n,Dial(PJSIP/${{NEXT}}@your-trunk,25,L(1800000))
 same => n(done),Hangup()"""

# Passwords go in the request: without TLS only inside one's own network (RFC 1918).
_PRIVATE = r"localhost|127(\.\d{1,3}){3}|10(\.\d{1,3}){3}|192\.168(\.\d{1,3}){2}|172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}"

ABOUT = About(
    title="Asterisk",
    company=Company("Own telephone system", "carries calls"),
    documentation=(
        "https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/",
        "https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/",
        "https://docs.asterisk.org/Latest_API/API_Documentation/Module_Configuration/res_websocket_client/",
        "https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/",
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
        Field(
            name="ari",
            label="Its REST interface (ARI), to call out",
            required=False,
            placeholder="https://pbx.example.com:8089",
            hint="Only for calls that go out, and to ring a colleague first. Leave these three empty to take calls only.",
            pattern=rf"https://[\w.-]+(:\d{{1,5}})?|http://({_PRIVATE})(:\d{{1,5}})?",
            wrong="Write it like https://pbx.example.com:8089. Without TLS (http://) only an address in your own network, such as 192.168.0.5.",
        ),
        Field(name="ari_user", label="User of ARI", required=False, placeholder="ringtrue", hint="As in ari.conf."),
        Field(
            name="ari_password", label="Its password", required=False, secret=True, hint="Stored encrypted and never shown again."
        ),
    ),
    steps=(
        Step("Asterisk needs release 20.16, 21.11, 22.6 or a later one. Put into websocket_client.conf:", WEBSOCKET),
        Step(
            "Into extensions.conf, with your own name, secret and trunk; then send calls to the context ringtrue with the number that was "
            "called, such as +18565550100. docs/asterisk.md explains each line, and what to write for an older Asterisk (AudioSocket).",
            DIALPLAN,
        ),
        Step("To call out over this Asterisk, into extensions.conf, too, with your own trunk:", DIALING_PLAN),
    ),
    can={
        "inbound": CALLS,
        "outbound": CALLS,
        "hang_up": CALLS,
        "transfer": CALLS,
        "warm_transfer": CALLS,
        "digits_in": STAND_IN,
        "clear": STAND_IN,
        "encrypted_media": Checked("stand-in", "reception/tests/test_line_checks.py"),
        "own_recording": STAND_IN,
    },
    cannot={
        "signed": "a dialplan cannot sign; it sends a secret, over HTTPS",
        "digits_out": "chan_websocket has no message for keys; they are sent as tones in the sound",
        "marks": "not asked for; sound is given as it is played",
        "hold": "Asterisk tells nothing of it",
        "machine_detection": "Asterisk's AMD() is not used; the call itself listens for machines",
        "numbers": "they are your own telephone system's",
        "messages": "not by this line",
        "cost": "they are your own telephone system's",
    },
    connections={"asking.py": "orders to the telephone system, and whether it takes them"},
    note="AudioSocket, for an older Asterisk, can neither put callers through nor stop what it says at once, rings no colleague and is not "
    "encrypted. Without the entries for its REST interface, Asterisk only takes calls.",
)
