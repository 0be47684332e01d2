"""Our published agent as a hosted engine is given it. What it says is not among it: the engine asks us for every word."""

from __future__ import annotations

import hashlib

import msgspec
from django.conf import settings

from ringtrue.agents.models import AgentVersion
from ringtrue.agents.publishing import snapshot_of
from ringtrue.hosted.engine import Definition
from ringtrue.hosted.finding import engines
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy.policy import effective
from ringtrue.reception.agreeing_on_recording import flow_of


def hook_url(account: LineAccount) -> str:
    return f"{settings.PUBLIC_URL}/engines/{account.line}/{account.id}"


def define(account: LineAccount, version: AgentVersion) -> Definition:
    """Needs the workspace's scope."""
    agent = snapshot_of(version)
    flow = flow_of(account.workspace_id, agent, is_test=True)
    keeps_sound = effective(account.workspace_id, "storage.audio").value
    records = flow == "announce" and effective(account.workspace_id, "storage.mode").value == "everything" and bool(keeps_sound)
    return Definition(
        name=agent.business,
        language=agent.language,
        records=records,
        longest_s=agent.limits.max_call_s,
        silence_s=round(agent.limits.silence_hang_up_s),
        transfers=agent.handling.transfer and bool(agent.escalations),
        hook_url=hook_url(account),
        words_url=f"{settings.MEDIA_SOCKET_URL}/{account.line}",
    )


def digest(account: LineAccount, definition: Definition) -> str:
    """Equal as long as nothing has to be taken there anew."""
    held = msgspec.json.encode([engines()[account.line].title, definition, account.credentials], order="sorted")
    return hashlib.sha256(held).hexdigest()
