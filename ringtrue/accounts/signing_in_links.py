"""A link that signs one person in once, within half an hour: for the terminal of the first start. Only its hash is kept, in Redis."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import EmailAddress, Login
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from ringtrue.accounts.limiting import client, redis_key
from ringtrue.accounts.models import User

LIFETIME_SECONDS = 30 * 60


def _key(token: str) -> str:
    return redis_key("sign-in-link", hashlib.sha256(token.encode()).hexdigest())


def make(user: User) -> str:
    """The address. Whoever can make one already stands at the machine: its person counts as confirmed."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    token = secrets.token_urlsafe(32)
    client().set(_key(token), str(user.pk), ex=LIFETIME_SECONDS)
    return settings.PUBLIC_URL + reverse("accounts_link", kwargs={"token": token})


def holds(token: str) -> bool:
    return bool(client().exists(_key(token)))


def redeem(request: Any, token: str) -> HttpResponse | None:
    """Signs in, through the second factor where the person has one. None for a link that was used or is too old."""
    user_id = client().getdel(_key(token))
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    if user is None:
        return None
    get_adapter(request)
    answer: HttpResponse = perform_login(request, Login(user=user, email=user.email))
    return answer
