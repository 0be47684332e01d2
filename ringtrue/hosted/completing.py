"""Where an engine asks over HTTP what to say: `/engines/<engine>/<account>/chat/completions`, by OpenAI's protocol, as server-sent events.

Nothing of a call is kept here: the media process holds it, and each question finds it there by the ticket that the call carries.
"""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ringtrue.hosted.asking import ask
from ringtrue.hosted.engine import NotUnderstood
from ringtrue.hosted.finding import part
from ringtrue.hosted.hooks import verified


@csrf_exempt
@require_POST
async def completions(request: HttpRequest, engine: str, account_id: UUID) -> HttpResponseBase:
    if await sync_to_async(verified)(request, engine, account_id) is None:
        return HttpResponseForbidden()
    try:
        protocol = part(engine, "completions")
        question = protocol.read(request.body)
    except (ModuleNotFoundError, NotUnderstood):
        return HttpResponse(status=400)
    answer = StreamingHttpResponse(protocol.stream(ask(engine, question)), content_type="text/event-stream")
    answer["Cache-Control"] = "no-cache, no-store"
    answer["X-Accel-Buffering"] = "no"  # of a proxy: sentences go out as they stand
    return answer
