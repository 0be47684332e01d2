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


class Note(WorkspaceRow):
    """Something that a business wants to keep for its own people."""

    sealed = models.BinaryField()  # JSON {"title", "text"}, under the workspace's key, vault context agents.Note
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class LanguageModel(WorkspaceRow):
    """A model that may answer calls. `key_locked` is one Fernet token (core/encrypting.py); it is written, never shown."""

    PROVIDERS = ("anthropic", "openai", "compatible")
    provider = models.CharField(max_length=12, choices=[(name, name) for name in PROVIDERS])
    model = models.CharField(max_length=120)  # as the provider names it
    base_url = models.CharField(max_length=300, blank=True)  # of a compatible server
    key_locked = models.TextField(blank=True)
    place = models.IntegerField(default=0)  # the lowest is asked first
    in_metadata_only = models.BooleanField(default=False)  # also in calls of which we keep nothing that is said
    created_at = models.DateTimeField(default=timezone.now)


class SpeechCompany(WorkspaceRow):
    """A company that hears or speaks in the calls of a workspace, with its own key. `settings_locked` is one Fernet token of all that was
    entered; it is written, never shown."""

    company = models.CharField(max_length=20)  # a file of voice/speech/providers
    settings_locked = models.TextField()
    hears = models.BooleanField(default=False)
    speaks = models.BooleanField(default=False)
    voices = models.JSONField(default=list)  # names of those that agents may choose
    place = models.IntegerField(default=0)  # the lowest is asked first
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "company"], name="one_speech_company_each")]
