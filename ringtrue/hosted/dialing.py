"""Placing a call through a hosted engine. The permit is admitted before anything leaves, as by a carrier's adapter."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls.models import Call
from ringtrue.concierge.in_call import with_errand
from ringtrue.hosted import provisioning
from ringtrue.hosted.allowing import EngineRefused
from ringtrue.hosted.defining import first_words
from ringtrue.hosted.engine import Order
from ringtrue.hosted.finding import engines, part
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.media.gating import order_for
from ringtrue.numbers.models import LineAccount
from ringtrue.voice.brains.model.instructions import beginning
from ringtrue.voice.call import wording
from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import DialFailed, DialUnknown, PermitGate


def dial(account_ref: str, credentials: dict[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """The engine's name of the call. `account_ref` is the engine's folder. Needs the workspace's scope. Raises PermitRefused, DialFailed,
    DialUnknown."""
    gate.admit(order.permit, **order.bound())
    account = LineAccount.objects.get(workspace_id=order.workspace, line=account_ref)
    call = Call.objects.select_related("agent_version", "subject").get(id=order.call_id)
    about = engines()[account_ref]
    try:
        held = provisioning.in_step(account, Agent.objects.get(id=order.agent))
        words, said = ("", "") if about.model == "ours" else _of_this_call(call)
        asked = Order(
            number=order.number, caller_id=order.caller_id, agent=held.reference, call_id=order.call_id, ticket=order.ticket,
            first_words=words, about=said,
        )  # fmt: skip
        reference: str = part(account_ref, "calls").place(credentials, asked)
    except (provisioning.NotThere, EngineRefused) as refusal:
        raise DialFailed("engine_refuses" if isinstance(refusal, EngineRefused) else str(refusal)) from None
    except KeyError:
        raise DialFailed("number_not_there") from None
    except Refused as refusal:
        raise DialFailed(str(refusal)) from None
    except Silent as silence:
        raise DialUnknown(str(silence)) from None
    return reference


def transfer(account_ref: str, credentials: dict[str, Any], call_ref: str, number: str, after_url: str = "") -> None:
    """The permit was admitted by whoever asks. The engine is told in its own way: over the call's words (`voice/lines/words_leg.py`), or
    in the answer to its question (`hooks.py`)."""


def _of_this_call(call: Call) -> tuple[str, str]:
    """(first words, what the engine's model is told of this call). Raises DialFailed for what only our own brain can do."""
    agent = snapshot_of(call.agent_version)
    order = with_errand(order_for(call, agent), call)
    if order.errand is not None:
        raise DialFailed("engine_runs_no_errands")
    reason = order.mission.reason if order.mission is not None else ""
    return (
        first_words(agent, records=order.recording.flow == "announce", then=reason or agent.greeting or wording.HOW_ELSE),
        beginning(agent, datetime.fromtimestamp(timezone.now().timestamp(), ZoneInfo(agent.time_zone)), order.mission),
    )
