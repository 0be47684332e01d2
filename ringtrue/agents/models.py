"""An agent is a draft that people edit and a row of versions that never change. A call names the version that served it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow


class Agent(WorkspaceRow):
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    draft = models.JSONField(default=dict)  # voice.agent.Agent as JSON
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    live = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "slug"], name="one_agent_per_slug")]


class AgentVersion(WorkspaceRow):
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()  # voice.agent.Agent as JSON, with version and version_id set
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agent", "number"], name="one_version_per_number")]
