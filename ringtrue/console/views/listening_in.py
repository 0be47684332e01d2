"""Listening to a running call from its page, whispering to the agent, taking over. The page only asks for a ticket here; everything
else goes over the websocket to the media process, which asks again who may."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.views.call import find
from ringtrue.console.why_not_listening import sentence
from ringtrue.reception import joining_tickets
from ringtrue.reception.tickets import TicketRefused


@require_POST
@needs("calls.listen")
def begin(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    """A ticket for one connection: it works once and for a minute."""
    call = find(request, call_id)
    try:
        token = joining_tickets.issue(call, request.workspace, request.user, str(request.session.session_key))
    except TicketRefused as refused:
        return JsonResponse({"error": sentence(call, str(refused))}, status=409)
    return JsonResponse({"url": f"{settings.MEDIA_SOCKET_URL}/member?ticket={token}"})
