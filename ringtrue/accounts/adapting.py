"""What we tell allauth: where people land, what is written down, how a passkey names this installation."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse

from ringtrue.accounts.limiting import hidden
from ringtrue.accounts.models import User
from ringtrue.accounts.sign_in_limits import forget_account
from ringtrue.accounts.workspaces import home_of
from ringtrue.core import audit
from ringtrue.core.encrypting import lock_credentials, unlock_credentials


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user) if request.user.is_authenticated else "/"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # Only a keyed hash: people type passwords into the e-mail field.
        audit.record("sign_in.failed", actor="system:accounts", account=hidden(str(credentials.get("email", ""))))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        forget_account(user.email)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        # "Successfully signed in as ..." on every sign-in is noise; what changes an account still says so.
        if kwargs.get("message_template", args[0] if args else "") not in {
            "account/messages/logged_in.txt",
            "account/messages/logged_out.txt",
        }:
            super().add_message(request, level, *args, **kwargs)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP secrets and recovery seeds lie in the database as Fernet tokens: a dump of it is no second factor."""

    def encrypt(self, text: str) -> str:
        return lock_credentials(text)

    def decrypt(self, encrypted_text: str) -> str:
        return str(unlock_credentials(encrypted_text))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Ringtrue"}
