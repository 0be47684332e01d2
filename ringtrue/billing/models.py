"""The books of a workspace: double entry, append-only. Amounts are millionths of the book's currency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow

ACCOUNTS = (
    "funded",  # money that came in, as a negative figure
    "available",  # what may be spent; below zero only where the workspace pays afterwards
    "held",  # set aside for calls that are being placed or run
    "spent",  # what carriers asked for, and companies whose models or speech a call used
    "absorbed",  # what a carrier asked for beyond a prepaid balance, as a negative figure: the operator bears it
)
STEPS = ("top_up", "hold", "settle", "release", "correct", "use")


class Book(WorkspaceRow):
    """How a workspace pays. Its row is the lock under which money moves."""

    currency = models.CharField(max_length=3, default="USD")
    prepaid = models.BooleanField(default=False)  # then nothing is placed that the balance does not cover
    day_cap_micros = models.BigIntegerField(
        default=20_000_000
    )  # held and spent in 24 hours; a small one until a person raises it

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_book_per_workspace")]


class Account(WorkspaceRow):
    """The sum of an account's lines, kept so that it need not be counted."""

    name = models.CharField(max_length=10, choices=[(a, a) for a in ACCOUNTS])
    balance_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_account_per_name")]


class Line(WorkspaceRow):
    """One side of an entry. The lines of an entry come in one statement and add up to zero: the database refuses others, and any
    change or removal."""

    entry = models.UUIDField(db_index=True)
    step = models.CharField(max_length=8, choices=[(s, s) for s in STEPS])
    account = models.CharField(max_length=10, choices=[(a, a) for a in ACCOUNTS])
    amount_micros = models.BigIntegerField()
    call = models.UUIDField(null=True)  # the attempt that it is about
    once = models.CharField(
        max_length=80
    )  # an entry with this name is made once: "hold:<call>", "close:<call>", "price:<call>", "top_up:<receipt>", "use:<call>:<company>"
    provider = models.CharField(max_length=20, blank=True)  # who asked for the money
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "once", "account"], name="one_entry_per_name")]
        indexes: ClassVar = [models.Index(fields=["workspace", "account", "at"]), models.Index(fields=["workspace", "call"])]
