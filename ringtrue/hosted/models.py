from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.agents.models import Agent
from ringtrue.numbers.models import LineAccount


class HostedAgent(WorkspaceRow):
    """Our agent as it stands at an engine. `digest` is of the definition that was last taken there."""

    account = models.ForeignKey(LineAccount, on_delete=models.CASCADE, related_name="hosted_agents")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="hosted")
    reference = models.CharField(max_length=80, blank=True)  # the engine's own name of it
    digest = models.CharField(max_length=64, blank=True)
    trouble = models.CharField(max_length=30, blank=True)  # why it is not there as it should be; a code of ours
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "agent"], name="one_copy_per_account")]
