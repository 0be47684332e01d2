"""Placing a call through a hosted engine. The permit is admitted before anything leaves, as by a carrier's adapter."""

from __future__ import annotations

from typing import Any

from ringtrue.agents.models import Agent
from ringtrue.calls.models import Call
from ringtrue.hosted import provisioning
from ringtrue.hosted.allowing import EngineRefused, settle_recording
from ringtrue.hosted.engine import Order
from ringtrue.hosted.finding import part
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.numbers.models import LineAccount
from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import DialFailed, DialUnknown, PermitGate


def dial(account_ref: str, credentials: dict[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """The engine's name of the call. `account_ref` is the engine's folder. Needs the workspace's scope. Raises PermitRefused, DialFailed,
    DialUnknown."""
    gate.admit(order.permit, **order.bound())
    account = LineAccount.objects.get(workspace_id=order.workspace, line=account_ref)
    try:
        records = settle_recording(Call.objects.select_related("subject").get(id=order.call_id))
        held = provisioning.in_step(account, Agent.objects.get(id=order.agent))
        asked = Order(
            number=order.number, caller_id=order.caller_id, agent=held.reference, call_id=order.call_id, ticket=order.ticket,
            records=records,
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
    in the answer to its question where to (`hooks.py`)."""
