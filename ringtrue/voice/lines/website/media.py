"""The line of the "call us" button on a business's own web site: the browser line (`lines/browser`), from pages of other origins.

Which origin may connect stands with the ticket, so it is not the door that checks it, but whoever redeems the ticket.
"""

from __future__ import annotations

from ringtrue.voice.lines.browser.media import BrowserLeg


class WebsiteLeg(BrowserLeg):
    line = "website"
    origin_checked = False


LEG = WebsiteLeg
