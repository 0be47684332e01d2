"""Requests of people about their data, and every step that was taken. Who asks is sealed under a key of the request's own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow
from ringtrue.privacy.models import Subject

KINDS: dict[str, str] = {
    "access": "See my data",
    "know": "Know what is collected, why, and who gets it",
    "portability": "Get my data in a form that programs read",
    "correction": "Correct my data",
    "deletion": "Delete my data",
    "restriction": "Keep my data, but do nothing else with it",
    "objection": "Object to a use of my data",
    "withdrawal": "Take back a consent",
    "opt_out_sale": "Do not sell or share my data",
    "limit_sensitive": "Limit the use of sensitive data",
    "child": "A child's data was collected (I am a parent or guardian)",
    "appeal": "I disagree with an answer that I got",
}
CHANNELS = ("web", "phone", "email", "letter", "in_person", "api")


class RightsRequest(WorkspaceRow):
    STATES = ("unverified", "open", "answered", "refused", "lapsed")
    # Two subjects: whose key seals what the request says, and whose data it is about once identity is shown.
    requester = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, related_name="rights_requests")
    kind = models.CharField(max_length=16, choices=list(KINDS.items()))
    law = models.CharField(max_length=8)
    place = models.CharField(max_length=6, blank=True)  # "DE", "US-CA"
    channel = models.CharField(max_length=10, default="web")
    state = models.CharField(max_length=10, default="unverified")
    sealed = models.BinaryField(default=bytes)  # JSON {"name","email","number","words","purposes","agent"}, rights.RightsRequest
    received_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=16, blank=True)  # email_code, call_back, documents, not_needed, signed_in
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.IntegerField(default=0)
    token_hash = models.CharField(max_length=64, unique=True)  # of the address under which the requester follows it
    by_agent = models.BooleanField(default=False)  # an authorised agent asks for the person
    permission_seen_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # our words, without personal data
    exceptions = models.JSONField(default=list)  # [{"store", "why"}]: what was not done, and the law
    warned = models.JSONField(default=list)  # of "half", "most", "due"
    appeal_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="appeals")
    erasure_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "state", "due_at"])]


class RequestStep(WorkspaceRow):
    """Names and counts, never content."""

    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=80)
    what = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at", "id"]


class Disclosure(WorkspaceRow):
    """Data of a person that is to be given to somebody outside: asked for, approved or refused, handed out. No content."""

    KINDS = ("legal", "emergency", "investigation", "affiliate", "consent", "marketing")
    kind = models.CharField(max_length=14, choices=[(k, k) for k in KINDS])
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="disclosures")
    recipient = models.CharField(max_length=200)  # an authority or a company
    reason = models.CharField(max_length=300)  # which law, danger, case or need, without names of people
    scope = models.JSONField(default=list)  # stores of the data map
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True)


class Handover(WorkspaceRow):
    """The workspace is to pass to another company: announced to its people, who have time to object, export or delete."""

    to_company = models.CharField(max_length=200)
    to_email = models.EmailField()  # of the account that will own it
    announced_at = models.DateTimeField(default=timezone.now)
    effective_at = models.DateTimeField()
    objected_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    objected_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)


class Incident(WorkspaceRow):
    """Somebody may have seen what they should not have. From `noticed_at` the clock runs."""

    what = models.CharField(max_length=300)  # in our words, without names of people
    stores = models.JSONField(default=list)  # of the data map
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reported_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    contained_at = models.DateTimeField(null=True)
    authority_told_at = models.DateTimeField(null=True)
    people_told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    warned = models.JSONField(default=list)  # of "day", "late", "due"
