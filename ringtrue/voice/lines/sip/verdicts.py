"""What the far end's answers mean: SIP statuses, and the library's texts where the network failed."""

from __future__ import annotations

import re

WHY = {
    401: "login_refused", 407: "login_refused", 402: "carrier_refused", 403: "carrier_refused",
    404: "no_such_number", 410: "no_such_number", 484: "no_such_number", 604: "no_such_number",
    408: "no_answer", 480: "no_answer", 487: "no_answer", 486: "busy", 600: "busy", 603: "declined",
    415: "no_common_codec", 488: "no_common_codec", 606: "no_common_codec",
}  # fmt: skip
"""SIP status (RFC 3261, section 21) -> `Ended.reason`; any other, and none at all, is a line that failed."""

_ERRNO = re.compile(r"\[(\d+)\]$")
_CAUSES = {"71": "certificate", "89": "unknown_host", "111": "nobody_listens", "101": "unreachable", "113": "unreachable"}


def cause(status: int | None, reason: str) -> str:
    """A SIP status such as "403"; or "certificate" (TLS failed: EPROTO), "unknown_host", "nobody_listens", "unreachable"; "" for no
    answer. `reason`: the library's text, which ends in an errno where the network failed."""
    if status:
        return str(status)
    found = _ERRNO.search(reason)
    return _CAUSES.get(found.group(1), "") if found else ""
