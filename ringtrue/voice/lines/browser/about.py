"""What the browser line states about itself (`voice/lines/about.py`): a page's microphone, without a carrier."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked

PAGE = Checked("peer", "media/tests/test_browser_calls.py")

ABOUT = About(
    title="Browser",
    called="Browser",
    can={
        "inbound": PAGE,
        "hang_up": PAGE,
        "digits_in": Checked("stand-in"),
        "clear": Checked("stand-in"),
        "encrypted_media": Checked("stand-in", "reception/tests/test_line_checks.py"),
        "own_recording": PAGE,
    },
    cannot={
        "signed": "a page tells nothing by webhooks; its ticket works once",
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
