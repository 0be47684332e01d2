from __future__ import annotations

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.privacy.models import Subject


class Mail(WorkspaceRow):
    """A mail about a call or a text message: its sealed body, and the file it became where mail goes to a folder."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, related_name="+")
    to = models.EmailField()
    template = models.CharField(max_length=40)
    call_id = models.UUIDField(null=True)
    sealed = models.BinaryField(default=bytes)  # vault context notifications.Mail
    state = models.CharField(max_length=10, default="queued")  # queued, sending, sent, failed
    tries = models.IntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)  # by the worker that sends it; a claim that grows old is a dead worker's
    file_name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)


class WebhookEndpoint(WorkspaceRow):
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)  # ["call.ended", ...]; empty: all
    secret = models.TextField()  # Fernet token over "whsec_..."
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)


class WebhookDelivery(WorkspaceRow):
    """One event to one endpoint, with its tries. `sealed` is the body, under the subject's key."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, related_name="+")
    event = models.CharField(max_length=40)
    call_id = models.UUIDField(null=True)
    sealed = models.BinaryField(default=bytes)  # vault context notifications.WebhookDelivery
    state = models.CharField(max_length=10, default="queued")  # queued, sending, delivered, failed (tried again), dead
    tries = models.IntegerField(default=0)
    last_status = models.IntegerField(null=True)
    last_error = models.CharField(max_length=80, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)
