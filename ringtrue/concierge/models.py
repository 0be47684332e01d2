"""Errands: calls that a person would rather not make. All state is in these rows; no process remembers anything."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow
from ringtrue.agents.models import Agent
from ringtrue.privacy.models import Subject


class Errand(WorkspaceRow):
    """`subject` is the person it is done for; the task, the plan and the report are sealed under their key."""

    STATES = ("draft", "running", "waiting", "done", "cancelled")  # waiting: for the person's answer, no call under way
    RESULTS = ("", "booked", "unsure", "answers", "message", "nothing")  # of a done one
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="errands")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")  # whose number and voice make the calls
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, default="draft")
    result = models.CharField(max_length=10, blank=True)
    sealed = models.BinaryField()  # JSON of planning.Plan, vault context concierge.Errand
    agreed_call = models.UUIDField(null=True)  # the one call that may agree; another finds it taken
    at_once = models.IntegerField(default=1)
    due_at = models.DateTimeField()  # no call begins after it
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-created_at"]), models.Index(fields=["state"])]


class Callee(WorkspaceRow):
    """Whom an errand calls. `subject` is known by the number, so that a request about that number finds the errand."""

    STATES = (
        "waiting",
        "calling",
        "offered",
        "none",
        "unreached",
        "refused",
        "declined",
        "promised",
        "message",
        "booked",
        "unsure",
    )
    errand = models.ForeignKey(Errand, on_delete=models.CASCADE, related_name="callees")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField()
    state = models.CharField(max_length=10, default="waiting")
    why = models.TextField(blank=True)  # what the permit or a carrier said, where it was not called; nothing about anybody
    next_at = models.DateTimeField(null=True)  # not called before
    sealed = models.BinaryField()  # JSON {"name", "number"}, vault context concierge.Callee, under the callee's own key

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["errand", "subject"], name="one_callee_per_errand_and_number")]


class ErrandCall(WorkspaceRow):
    """One try. It is written before the dial, and its claim is dialed once (`errand:<errand>:<callee>:<n>`)."""

    STATES = ("placing", "placed", "settled")
    callee = models.ForeignKey(Callee, on_delete=models.CASCADE, related_name="tries")
    n = models.IntegerField()
    step = models.CharField(max_length=4)  # of voice.agent.Errand: ask, book
    state = models.CharField(max_length=8, default="placing")
    call_id = models.UUIDField(null=True, unique=True)
    at = models.DateTimeField(default=timezone.now)
    sealed = models.BinaryField(default=bytes)
    """JSON {"wanted": voice.agent.Errand, "found": [...]}: what the call is for, and what was learnt turn by turn; under the key of
    the person it is done for (vault context concierge.ErrandCall)."""

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["callee", "n"], name="one_errand_call_per_number")]


class Question(WorkspaceRow):
    """Something that only the person may decide. `call_id` is None when nobody waits on the line."""

    errand = models.ForeignKey(Errand, on_delete=models.CASCADE, related_name="questions")
    callee = models.ForeignKey(Callee, on_delete=models.CASCADE, related_name="questions")
    call_id = models.UUIDField(null=True)
    sealed = models.BinaryField()  # JSON {"slot", "price", "why"}, vault context concierge.Question
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=3, blank=True)  # yes, no
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["asked_at"]
