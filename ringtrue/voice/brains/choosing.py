"""Which brain serves a call: the receptionist, or a language model where the agent wants one and the order brings one; for a
person's errand the one that runs errands, and around the agent's own brain in a campaign or a reminder the one that says why it calls."""

from __future__ import annotations

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.brains.campaign_call import CampaignCall
from ringtrue.voice.brains.errand import ErrandRunner
from ringtrue.voice.brains.model.answering import Model
from ringtrue.voice.brains.receptionist import Receptionist
from ringtrue.voice.brains.reminding import ReminderCall
from ringtrue.voice.brains.telling_code import TellingCode
from ringtrue.voice.speech.kinds import Embedder


def brain_for(order: CallOrder, embedder: Embedder) -> Brain:
    if order.errand is not None:
        runner: Brain = ErrandRunner(order.errand)
        return runner
    if order.mission is not None and order.mission.goal == "code":
        return TellingCode(order.mission)
    brain: Brain = Receptionist(embedder)
    if order.agent.brain == "model" and order.models:
        brain = Model(brain)
    if order.mission is not None:
        brain = (ReminderCall if order.mission.appointment else CampaignCall)(brain, order.mission)
    return brain
