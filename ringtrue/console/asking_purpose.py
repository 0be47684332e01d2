"""The question before a download: what is the file for?"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from ringtrue.accounts.access import ConsoleRequest
from ringtrue.rights import exporting, incidents


def unless_told(request: ConsoleRequest, action: str, target: str, *, file: str, back: str, **detail: Any) -> HttpResponse | None:
    """None where the address names a purpose: it is written down then. Else the page that asks. file: what it calls the download; back:
    where it leads who does not want it. Raises PermissionDenied while nothing is given out."""
    purpose = request.GET.get("purpose")
    try:
        exporting.give_out(
            action, purpose or "", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=target, **detail
        )
    except incidents.Frozen:
        raise PermissionDenied from None
    except exporting.NoPurpose:
        shown = {"file": file, "back": back, "purposes": exporting.PURPOSES.items(), "missing": purpose is not None}
        return render(request, "console/purpose.html", shown, status=422 if shown["missing"] else 200)
    return None
