"""What this feature keeps, declared. A caller has no account; their address is counted for an hour or a day, hashed, and not kept."""

from collections.abc import Iterable
from typing import Any, TypedDict

from ringtrue.call_us.models import ButtonCall
from ringtrue.privacy.data_map import Removed, declare
from ringtrue.privacy.models import Subject


class HeldButtonCall(TypedDict):
    call: str
    button: str
    site: str


def erase_button_calls(subject: Subject) -> Removed:
    rows, _ = ButtonCall.objects.filter(call__subject=subject).delete()
    return Removed(rows=rows)


def export_button_calls(subject: Subject) -> Iterable[Any]:
    for one in ButtonCall.objects.filter(call__subject=subject).order_by("call__created_at"):
        yield {"call": str(one.call_id), "button": one.label, "site": one.origin}


declare(
    store="call_us_callbutton", what="buttons on the web sites of a business: label, sites, limits", category="configuration",
    subject="none", retention="while_active", purpose="answering the business's calls",
)  # fmt: skip
declare(
    store="call_us_buttoncall", what="that a call came by a button, and from which web site", category="call_metadata",
    subject="caller", retention="transcripts", purpose="answering the business's calls", erase=erase_button_calls,
    export=export_button_calls, shape=HeldButtonCall,
)  # fmt: skip
