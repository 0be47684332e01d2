"""What the line of the "call us" button states about itself (`voice/lines/about.py`)."""

from __future__ import annotations

from ringtrue.voice.lines.about import About, Checked
from ringtrue.voice.lines.browser.about import ABOUT as BROWSER

ABOUT = About(
    title="Button on a web site",
    called="Button on a web site",
    can={**BROWSER.can, "inbound": Checked("peer", "call_us/tests/test_call_us_in_a_browser.py")},
    cannot=BROWSER.cannot,
)
