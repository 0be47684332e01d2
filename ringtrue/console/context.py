from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def console(request: HttpRequest) -> dict[str, Any]:
    return {
        "workspace": getattr(request, "workspace", None),
        "role": getattr(request, "role", ""),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
