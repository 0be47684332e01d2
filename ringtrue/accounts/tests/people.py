"""Making people, and going through the pages as a browser would."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.scoping import system_scope

PASSWORD = "seven lanterns under the pier"


def person(email: str, name: str = "", password: str = PASSWORD) -> User:
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def member(workspace: Workspace, email: str, role: str) -> User:
    user = person(email)
    with system_scope("a test makes a member"):
        Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


def browser(user: User | None = None, **extra: Any) -> Client:
    client = Client(**extra)
    if user is not None:
        client.force_login(user)
    return client


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password}, **extra)


def link_in(mail: Any) -> str:
    """The path of the first address of ours in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.body)
    assert found, mail.body
    return found.group(1)


def forget_all_limits() -> None:
    """Ours and allauth's; sessions go too."""
    cache.clear()
