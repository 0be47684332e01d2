"""Campaigns: which leads an agent calls, when, how fast and how often. All state is in these rows; no process remembers anything."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow
from ringtrue.agents.models import Agent
from ringtrue.leads.models import Lead, Segment
from ringtrue.privacy.models import Subject

OUTCOMES_RETRIED = ["not_reached", "no_speech", "failed"]


def _weekdays() -> list[int]:
    return [0, 1, 2, 3, 4]


def _retried() -> list[str]:
    return list(OUTCOMES_RETRIED)


class Campaign(WorkspaceRow):
    """`reason`, `facts` and `questions` are told to the agent for each call; they hold nothing about a lead."""

    STATES = ("draft", "running", "paused", "done", "cancelled")
    PURPOSES = ("information", "sales")  # of the permit
    GOALS = ("book", "qualify", "remind", "survey")
    name = models.CharField(max_length=80)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    rival = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")  # the other agent of an A/B
    rival_share = models.IntegerField(default=50)  # percent of leads that the rival calls
    purpose = models.CharField(max_length=12, default="information")
    goal = models.CharField(max_length=8, default="book")
    reason = models.CharField(max_length=300)  # what the agent says after its name: why it calls
    facts = models.TextField(blank=True)  # what it may say when asked
    questions = models.JSONField(default=list)  # [str], of "qualify" and "survey"
    voicemail = models.CharField(max_length=300, blank=True)  # what is left on an answering machine; "" hangs up
    caller_id = models.CharField(max_length=20, blank=True)  # "" is the agent's own number
    lists = models.JSONField(default=list)  # [id of leads.LeadList]
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    weekdays = models.JSONField(default=_weekdays)  # 0 is Monday; in the workspace's time zone, as `opens` and `closes`
    opens = models.CharField(max_length=5, default="10:00")
    closes = models.CharField(max_length=5, default="17:00")
    per_minute = models.IntegerField(default=6)
    at_once = models.IntegerField(default=2)
    most_tries = models.IntegerField(default=3)
    gap_minutes = models.IntegerField(default=240)  # before the second try; twice as long before each further one
    retry_on = models.JSONField(default=_retried)  # outcomes after which a lead is called again
    state = models.CharField(max_length=10, default="draft")
    paused_why = models.TextField(blank=True)  # where it paused by itself
    next_start_at = models.DateTimeField(null=True)  # the pace: no call begins before
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)


class Target(WorkspaceRow):
    """A lead of a campaign. One person on two lists is one target."""

    STATES = ("waiting", "calling", "done")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    number_hash = models.CharField(max_length=64)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default="waiting")
    next_at = models.DateTimeField(default=timezone.now)
    callback = models.BooleanField(default=False)  # the next call was asked for by the lead, at `next_at`
    tries = models.IntegerField(default=0)
    outcome = models.CharField(max_length=16, blank=True)  # of the last call; "refused_by_rules" where no call may be
    words = models.TextField(blank=True)  # of the last verdict that did not allow a call

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number_hash"], name="one_target_per_number")]
        indexes: ClassVar = [models.Index(fields=["campaign", "state", "next_at"])]


class Try(WorkspaceRow):
    """The intent of one call, committed before the dial. Its claim is `lead:<target>:<n>`, which is dialed at most once, ever."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tries")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="rows")
    n = models.IntegerField()
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    call = models.UUIDField(null=True, db_index=True)
    outcome = models.CharField(max_length=16, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["target", "n"], name="one_try_per_number")]
        indexes: ClassVar = [models.Index(fields=["campaign", "closed_at"])]

    @property
    def claim(self) -> str:
        return f"lead:{self.target_id}:{self.n}"
