"""A "call us" button on a business's own web site, and the calls that came by it."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.agents.models import Agent
from ringtrue.calls.models import Call


def new_key() -> str:
    return secrets.token_urlsafe(12)


class CallButton(WorkspaceRow):
    """`key` stands in the page of the web site, so it is no secret: what protects the button is `origins` and the limits."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=32, unique=True, default=new_key)
    label = models.CharField(max_length=40)
    color = models.CharField(max_length=7)  # "#1d5c4f"
    language = models.CharField(max_length=2)  # of the words around the call: a key of words.WORDS
    origins = models.JSONField(default=list)  # as browsers send them: "https://www.example.com"
    at_once = models.IntegerField(default=3)  # calls
    on = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["created_at"]


class ButtonCall(WorkspaceRow):
    """That a call came by a button, and from which origin: its connection has to come from the same one."""

    button = models.ForeignKey(CallButton, on_delete=models.SET_NULL, null=True, related_name="calls")
    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=40)  # of the button, as it was
    origin = models.CharField(max_length=300)
