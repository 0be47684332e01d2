"""What a call may keep, and what the loop is told of it, from the effective policy."""

from __future__ import annotations

import time

from ringtrue.agents import language_models, speech_companies
from ringtrue.calls.keeping_by_policy import policy_of
from ringtrue.calls.models import Call
from ringtrue.calls.recording import kept_numbers
from ringtrue.campaigns.briefing import mission_for
from ringtrue.contacts.gathering import read as read_contact
from ringtrue.contacts.models import Contact
from ringtrue.core.configuring import CONFIG
from ringtrue.leads.models import Lead
from ringtrue.leads.reading import card
from ringtrue.privacy import ledger, minors, restricting, subprocessors
from ringtrue.privacy.gate import Gate, GateCall
from ringtrue.privacy.listening import may_be_listened_to
from ringtrue.privacy.policy import effective
from ringtrue.privacy.redaction import BY_KEY
from ringtrue.reception import detecting_machines, texting, verifying_caller_ids
from ringtrue.reminders import in_call as reminders
from ringtrue.voice.agent import Agent, CallOrder, Recording


def gate_for(call: Call, agent: Agent) -> Gate:
    """Needs the workspace's scope."""
    policy = policy_of(call)
    numbers = kept_numbers(call)
    standing = restricting.standing(call.subject)
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
            minor="minor" in standing,
            least_age=0 if ledger.granted(call.subject, "parental") else minors.least_age(call.workspace_id, agent.country),
            # Who asked to limit the use of sensitive data (California, § 1798.121): keeping it is not necessary.
            leave_out_special="sensitive" in standing or _leaves_out_special(call),
        )
    )


def order_for(call: Call, agent: Agent) -> CallOrder:
    """What the loop needs to serve the call. Needs the workspace's scope."""
    policy = policy_of(call)
    flow = policy["recording.flow"]
    if flow == "announce" and ledger.refused_before(call.subject, "recording"):
        flow = "ask"  # this person once said no: a notice is not enough
    withheld = subprocessors.withheld(call.workspace_id, CONFIG.speech)
    models = language_models.chosen(call.workspace_id, policy["storage.mode"]) if agent.brain == "model" else ()
    mission = None
    if call.direction == "outbound":
        mission = mission_for(call) or reminders.mission_for(call, agent) or verifying_caller_ids.mission_for(call)
    numbers = kept_numbers(call)
    answered_by, carrier_listens = detecting_machines.for_order(call)
    return CallOrder(
        call_id=str(call.id),
        agent=agent,
        line=call.line,
        direction="outbound" if call.direction == "outbound" else "inbound",
        from_number=numbers.get("from_number", ""),
        to_number=numbers.get("to_number", ""),
        storage_mode=policy["storage.mode"],
        recording=Recording(flow=flow, on_refusal=policy["recording.on_refusal"]),
        listening=may_be_listened_to(policy),
        now=time.time(),
        models=models,
        mission=mission,
        speech=speech_companies.chosen(call.workspace_id),
        withheld=withheld,
        answered_by=answered_by,
        carrier_listens=carrier_listens,
        offers_text=texting.offers(call),
        offers_reminder=reminders.offers_reminder(call),
    )


def _leaves_out_special(call: Call) -> bool:
    asked = effective(call.workspace_id, "sensitive.special").value
    return asked == "redact" or (asked == "after_consent" and not ledger.granted(call.subject, "special_category"))


def _known(call: Call) -> dict[str, str]:
    """What the business already knows of this person, as a contact or a lead, so that it is recognised in any form."""
    contact = Contact.objects.filter(subject_id=call.subject_id).first()
    told = [read_contact(contact)] if contact is not None else []
    for lead in Lead.objects.filter(subject_id=call.subject_id):
        opened = card(lead)
        told.append({"name": opened.name, "email": opened.email, **opened.fields})
    known: dict[str, str] = {}
    for name, value in ((name, str(value)) for held in told for name, value in held.items()):
        kind = BY_KEY.get(name.lower())
        if kind == "PERSON":
            known[kind] = f"{known.get(kind, '')} {value}".strip()
        elif kind is not None:
            known.setdefault(kind, value)
    return known
