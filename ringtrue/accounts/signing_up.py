"""The sign-up form: whole or nothing, silent about who already has an account, deaf to fields that it did not ask for."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from ringtrue.accounts import invitations

ORDER = ["name", "email", "password1", "workspace_name", "starter", "lives", "terms", "adult"]
PASSED_THROUGH = {"csrfmiddlewaretoken", "next"}


class SignUpForm(SignupForm):  # type: ignore[misc]
    field_order = ORDER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from allauth.core import context

        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = "At least 12 characters. A few words that only you would put together are best."
        self.invitation = invitations.stashed(context.request)
        if self.invitation is not None:
            # The invitation says which workspace; the mail that carried it says which address.
            del self.fields["workspace_name"], self.fields["starter"]
            self.initial["email"] = self.invitation.email
            self.fields["email"].disabled = True

    def clean(self) -> dict[str, Any]:
        # P-ALX-2.1-3: a field that we did not ask for (is_staff, role, ...) is refused, not dropped and not stored.
        unknown = set(self.data) - set(self.fields) - PASSED_THROUGH
        if unknown:
            raise forms.ValidationError("The form was sent with fields that it does not have.")
        return super().clean()  # type: ignore[no-any-return]

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # The same work as for a new account: how long the answer takes tells nothing.
            make_password(self.cleaned_data["password1"])
            return super().try_save(request)
        with transaction.atomic():
            return super().try_save(request)
