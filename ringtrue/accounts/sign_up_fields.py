"""What sign-up asks for beside e-mail and password. allauth builds its form on this class, so nothing of allauth is imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from ringtrue.accounts import invitations
from ringtrue.accounts.models import Acceptance, User
from ringtrue.accounts.workspaces import STARTERS, create_workspace
from ringtrue.core import audit
from ringtrue.core.configuring import CONFIG

TERMS_VERSION = "2026-11"  # of accounts/templates/account/{terms,policy}.html; change it together with their words

COUNTRIES = {"us": "the United States", "eu": "the European Union", "uk": "the United Kingdom", "ca": "Canada"}
"""Beginning of a region's name -> where that is."""


def where_data_lies() -> tuple[str, str]:
    """(region, in words); ("", "") where the operator has not said."""
    region = CONFIG.region
    return region, COUNTRIES.get(region.split("-")[0], region)


class SignUpFields(forms.Form):
    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    workspace_name = forms.CharField(
        label="Business or team",
        max_length=120,
        help_text="The name of your workspace. You can change it later.",
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    starter = forms.ChoiceField(label="Start with", required=False)
    lives = forms.ChoiceField(label="Where do you live?")
    terms = forms.BooleanField(label="I accept the terms of use and have read the privacy policy")
    adult = forms.BooleanField(label="I am 18 or older")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starter"].choices = [("", "An empty workspace")] + [(s.name, s.label) for s in STARTERS.values()]  # type: ignore[attr-defined]
        _, country = where_data_lies()
        if country:
            here, elsewhere = f"In {country}", f"Elsewhere, and I agree that my data is transferred to {country}"
            self.fields["lives"].choices = [("", "Please choose"), ("here", here), ("elsewhere", elsewhere)]  # type: ignore[attr-defined]
            self.fields[
                "lives"
            ].help_text = f"Your data is kept in {country}, wherever you live. The same safeguards hold for it there."
        else:
            del self.fields["lives"]
            self.fields[
                "terms"
            ].label = f"{self.fields['terms'].label}. I know that my data may be kept in another country than mine"

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"].strip()
        user.save(update_fields=["name"])
        Acceptance.objects.bulk_create(Acceptance(user=user, kind=kind, version=TERMS_VERSION) for kind in Acceptance.KINDS)
        if self.cleaned_data.get("lives", "elsewhere") == "elsewhere":
            region, _ = where_data_lies()
            Acceptance.objects.create(user=user, kind=Acceptance.TRANSFER, version=region[:20] or "undeclared")
        audit.record("user.signed_up", actor=f"user:{user.id}", target=f"user:{user.id}", terms=TERMS_VERSION)
        invitation = invitations.stashed(request)
        if invitation is not None and invitation.email == user.email:
            invitations.accept(invitation, user)
            invitations.unstash(request)
        else:
            create_workspace(user, self.cleaned_data["workspace_name"].strip(), self.cleaned_data["starter"])
