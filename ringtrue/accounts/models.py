"""People, workspaces, roles, keys. A workspace is a customer's account; nearly every other row belongs to one."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from ringtrue.accounts.roles import ROLES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    THEMES = (("device", "As the device has it"), ("paper", "Light"), ("evening", "Dark"))  # of console/styles/theme.css
    LENGTHS = ((25, "25"), (50, "50"), (100, "100"))
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    theme = models.CharField("Colours", max_length=8, default="device", choices=THEMES)
    calls_per_page = models.PositiveSmallIntegerField("Calls on one page", default=25, choices=LENGTHS)
    remembers_place = models.BooleanField("Open the workspace that I used last", default=False)
    last_workspace = models.ForeignKey("Workspace", on_delete=models.SET_NULL, null=True, related_name="+")

    @property
    def chosen_theme(self) -> str:
        """ "" where the device decides."""
        return "" if self.theme == "device" else self.theme

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()


class Workspace(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)


class WorkspaceRow(models.Model):
    """A row that belongs to a workspace. `accounts/row_security.py` forces row-level security on its table."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class Membership(WorkspaceRow):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r, r) for r in ROLES])
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user"], name="one_role_per_person")]


class Invitation(WorkspaceRow):
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=[(r, r) for r in ROLES])
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)


class ApiKey(WorkspaceRow):
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)  # shown, so that an owner can tell keys apart
    key_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of 32 random bytes: a slow hash would add nothing
    scopes = models.JSONField(default=list)  # of accounts.roles.SCOPES
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignIn(models.Model):
    """A session that is open, so that its person can see and end it. Holds a hash of the token, never the token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_hash = models.CharField(max_length=64, unique=True)
    ip = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=60, blank=True)  # family only: "Firefox on Linux"
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)


class Acceptance(models.Model):
    """What a person agreed to or declared when they signed up, in which version of our words, and when."""

    KINDS = ("terms", "policy", "adult")  # of everybody
    TRANSFER = "transfer"  # of somebody who lives elsewhere than the data lies; `version` is the region, "undeclared" without one
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="acceptances")
    kind = models.CharField(max_length=10, choices=[(k, k) for k in (*KINDS, TRANSFER)])
    version = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)


class ContactDetail(models.Model):
    """A further way to reach a person who has an account, under a label of their own: "phone", "company", "address" ..."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="contact_details")
    label = models.CharField(max_length=40)
    value = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "label"], name="one_detail_per_label")]


class SupportTicket(WorkspaceRow):
    """What somebody of a workspace wrote to the operator. The words are encrypted; they go with the account that wrote them."""

    KINDS = ("help", "feedback", "other")
    opened_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tickets")
    kind = models.CharField(max_length=10, choices=[(k, k) for k in KINDS])
    about = models.CharField(max_length=120, blank=True)  # the page or call that it is about, as "call:<uuid>"
    sealed = models.TextField()  # core.encrypting
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)


class StaffGrant(WorkspaceRow):
    """Staff of the operator may look at this workspace for a while, for one ticket. Its people gave it and can end it."""

    staff = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(SupportTicket, on_delete=models.CASCADE, related_name="grants")
    reason = models.CharField(max_length=200)
    given_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)  # last
