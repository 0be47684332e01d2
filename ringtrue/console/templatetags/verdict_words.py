"""What the permit said of a call, for somebody who does not know the rules by their ids."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
RULE_ID = re.compile(r" \[([A-Za-z0-9-]{3,24})\]")


@register.filter
def plainly(verdict: str) -> SafeString:
    """The ids of the rules stand apart. For a block, not within a paragraph."""
    ids = ", ".join(dict.fromkeys(RULE_ID.findall(verdict)))
    words = RULE_ID.sub("", verdict)
    if not ids:
        return format_html("{}", words)
    return format_html('{}<details class="tiny quiet"><summary>Names of the rules</summary>{}</details>', words, ids)
