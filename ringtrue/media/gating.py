"""What a call may keep, and what the loop is told of it, from the effective policy."""

from __future__ import annotations

import time

from ringtrue.agents import language_models
from ringtrue.calls.models import Call
from ringtrue.calls.recording import kept_numbers
from ringtrue.campaigns.briefing import mission_for
from ringtrue.contacts.models import Contact
from ringtrue.core.configuring import CONFIG
from ringtrue.privacy import ledger, minors, restricting, subprocessors
from ringtrue.privacy.gate import Gate, GateCall
from ringtrue.privacy.policy import call_policy, effective
from ringtrue.privacy.vault import open_json
from ringtrue.voice.agent import Agent, CallOrder, Recording


def gate_for(call: Call, agent: Agent) -> Gate:
    """Needs the workspace's scope."""
    policy = call_policy(call.workspace_id, call={"storage.mode": call.storage_mode, "recording.flow": call.recording_flow})
    numbers = kept_numbers(call)
    own = [agent.business, agent.agent_name, agent.phone, agent.address, agent.email, agent.website]
    own += [text for escalation in agent.escalations for text in (escalation.person, escalation.number)]
    return Gate(
        GateCall(
            call_id=str(call.id),
            storage_mode=policy["storage.mode"],
            audio=policy["storage.audio"],
            transcript=policy["storage.transcript"],
            summary=policy["storage.summary"],
            logs=policy["storage.logs"],
            on_withdrawal=policy["recording.on_withdrawal"],
            transcript_on_refusal=policy["transcript.on_refusal"],
            country=agent.country,
            caller_number=numbers.get("from_number" if call.direction == "inbound" else "to_number", ""),
            known=_known(call),
            never_redact=tuple(text for text in own if text),
            minor="minor" in restricting.standing(call.subject),
            least_age=0 if ledger.granted(call.subject, "parental") else minors.least_age(call.workspace_id, agent.country),
            leave_out_special=_leaves_out_special(call),
        )
    )


def order_for(call: Call, agent: Agent) -> CallOrder:
    """What the loop needs to serve the call. Opens the scope it needs."""
    from ringtrue.accounts.scoping import workspace_scope

    with workspace_scope(call.workspace_id):
        policy = call_policy(call.workspace_id, call={"storage.mode": call.storage_mode, "recording.flow": call.recording_flow})
        flow = policy["recording.flow"]
        if flow == "announce" and ledger.refused_before(call.subject, "recording"):
            flow = "ask"  # this person once said no: a notice is not enough
        withheld = subprocessors.withheld(call.workspace_id, CONFIG.speech)
        models = language_models.chosen(call.workspace_id, policy["storage.mode"]) if agent.brain == "model" else ()
        mission = mission_for(call) if call.direction == "outbound" else None
    numbers = kept_numbers(call)
    return CallOrder(
        call_id=str(call.id),
        agent=agent,
        line=call.line,
        direction="outbound" if call.direction == "outbound" else "inbound",
        from_number=numbers.get("from_number", ""),
        to_number=numbers.get("to_number", ""),
        storage_mode=policy["storage.mode"],
        recording=Recording(flow=flow, on_refusal=policy["recording.on_refusal"]),
        now=time.time(),
        models=models,
        mission=mission,
        withheld=withheld,
    )


def _leaves_out_special(call: Call) -> bool:
    if "sensitive" in restricting.standing(call.subject):
        return True  # whoever asked to limit the use of sensitive data (California, § 1798.121): keeping it is not necessary
    asked = effective(call.workspace_id, "sensitive.special").value
    return asked == "redact" or (asked == "after_consent" and not ledger.granted(call.subject, "special_category"))


def _known(call: Call) -> dict[str, str]:
    """What the business already knows of this person, so that it is recognised in any form."""
    contact = Contact.objects.filter(subject_id=call.subject_id).first()
    if contact is None:
        return {}
    held = open_json(call.workspace_id, call.subject_id, "contacts.Contact", contact.id, contact.sealed)
    return {kind: str(held[name]) for name, kind in (("name", "PERSON"), ("email", "EMAIL")) if held.get(name)}
