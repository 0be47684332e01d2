"""What the button on a business's web site asks us, from a page of another origin: what to show, and a ticket for a call.

Only a listed origin is told anything by its browser (CORS), and no cookie is asked for or given.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.accounts.signing_in import client_ip
from ringtrue.call_us import beginning, words

STATUS = {"unknown": 404, "off": 410, "origin": 403, "too_often": 429, "busy": 429, "not_now": 409}


@csrf_exempt  # nothing here goes by a cookie
@require_http_methods(["GET", "POST"])
def call_us(request: HttpRequest, button_key: str) -> HttpResponse:
    """GET: what to show. POST: {"url"}, the websocket of one call, good once and for a minute; or {"error"}, a sentence."""
    origin = request.headers.get("Origin", "")
    try:
        button = beginning.find(button_key, origin)
    except beginning.NoCall as why:
        # Switched off, the page of a listed origin learns it, so that the button goes away.
        return _answer(origin if str(why) == "off" else "", {"error": str(why)}, STATUS[str(why)])
    if request.method == "GET":
        with workspace_scope(button.workspace_id):
            more = f"{settings.PUBLIC_URL}{reverse('trust', args=[button.workspace.slug])}"
            return _answer(origin, words.shown(button, more), 200)
    try:
        token = beginning.begin(button, origin, client_ip(request))
    except beginning.NoCall as why:
        return _answer(origin, {"error": words.REFUSALS[button.language][str(why)]}, STATUS[str(why)])
    return _answer(origin, {"url": f"{settings.MEDIA_SOCKET_URL}/{beginning.LINE}?ticket={token}"}, 200)


def _answer(origin: str, said: dict[str, Any], status: int) -> HttpResponse:
    """`origin`: whose pages may read it; "" for none."""
    answer = JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})
    if origin:
        answer.headers["Access-Control-Allow-Origin"] = origin
    patch_vary_headers(answer, ["Origin"])
    return answer
