"""What the browser line states about itself (`voice/lines/about.py`): a page's microphone, without a carrier."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked

ABOUT = About(
    title="Browser",
    called="Browser",
    can={
        "inbound": Checked("peer", "media/tests/test_browser_calls.py"),
        "hang_up": Checked("stand-in"),
        "digits_in": Checked("stand-in"),
        "clear": Checked("stand-in"),
        "encrypted_media": Checked("stand-in"),
        "own_recording": Checked("stand-in"),
    },
    cannot={
        "outbound": "a page has to be opened by its reader",
        "transfer": "there is no carrier to do it",
        "warm_transfer": "there is no carrier to do it",
        "digits_out": "there is nobody to press them for",
        "marks": "the page plays what it has at once",
        "hold": "a page has no such thing",
        "machine_detection": "it calls nobody",
        "numbers": "a page has none",
        "messages": "a page has no number",
        "cost": "it costs nothing",
    },
)
