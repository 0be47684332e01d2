"""Pages of one's own account, which belong to no workspace, and the doors that a mailed or printed link opens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ringtrue.accounts import invitations, signing_in, signing_in_links, workspaces
from ringtrue.accounts.access import needs_sign_in
from ringtrue.accounts.models import ContactDetail, Invitation, SignIn, User
from ringtrue.accounts.session_store import session_hash
from ringtrue.accounts.sign_up_fields import TERMS_VERSION


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("name", "theme", "calls_per_page", "remembers_place")
        labels = {"name": "Your name"}  # noqa: RUF012

    def save(self, commit: bool = True) -> Any:
        if not self.cleaned_data["remembers_place"]:
            self.instance.last_workspace = None
        return super().save(commit)


class WorkspaceForm(forms.Form):
    name = forms.CharField(label="Business or team", max_length=120)
    starter = forms.ChoiceField(label="Start with", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(s.name, s.label) for s in workspaces.STARTERS.values()]
        self.fields["starter"].choices = [("", "An empty workspace"), *offered]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@needs_sign_in
def profile(request: Any) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("accounts_profile")
    return render(request, "account/profile.html", {"form": form, "memberships": workspaces.memberships(request.user)})


@require_http_methods(["GET", "POST"])
@needs_sign_in
def new_workspace(request: Any) -> HttpResponse:
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = workspaces.create_workspace(request.user, form.cleaned_data["name"].strip(), form.cleaned_data["starter"])
        return redirect(f"/w/{made.slug}/")
    return render(request, "account/new_workspace.html", {"form": form})


class DetailForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ContactDetail
        fields = ("label", "value")
        labels = {"label": "What it is", "value": "Number, name or address"}  # noqa: RUF012
        widgets = {"label": forms.TextInput({"list": "labels", "placeholder": "phone"})}  # noqa: RUF012


@require_http_methods(["GET", "POST"])
@needs_sign_in
def details(request: Any) -> HttpResponse:
    """Phone, company, address and whatever else a person wants to be reached by."""
    if request.method == "POST" and request.POST.get("remove"):
        ContactDetail.objects.filter(user=request.user, label=request.POST["remove"]).delete()
        return redirect("accounts_details")
    form = DetailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        ContactDetail.objects.update_or_create(
            user=request.user, label=told["label"].strip().lower(), defaults={"value": told["value"].strip()}
        )
        messages.success(request, "Saved.")
        return redirect("accounts_details")
    return render(request, "account/details.html", {"form": form, "rows": request.user.contact_details.order_by("label")})


@require_GET
@needs_sign_in
def sessions(request: Any) -> HttpResponse:
    shown = {"rows": signing_in.open_sign_ins(request.user), "current": session_hash(request.session.session_key)}
    return render(request, "account/sessions.html", shown)


@require_POST
@needs_sign_in
def end_session(request: Any, sign_in_id: UUID) -> HttpResponse:
    row = SignIn.objects.filter(id=sign_in_id, user=request.user).first()
    if row is None:
        raise Http404
    signing_in.revoke(row, by=request.user)
    if row.session_hash == session_hash(request.session.session_key):
        logout(request)
        return redirect("account_login")
    return redirect("accounts_sessions")


@require_POST
@needs_sign_in
def end_other_sessions(request: Any) -> HttpResponse:
    ended = signing_in.revoke_others(request.user, request.session.session_key)
    messages.success(request, "All other sessions have ended." if ended else "There was no other session.")
    return redirect("accounts_sessions")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows one button: programs that look at links ahead of people must not use it up."""
    if request.method == "POST":
        response = signing_in_links.redeem(request, token)
        if response is not None:
            return response
        return render(request, "account/sign_in_link.html", {"good": False}, status=410)
    good = signing_in_links.holds(token)
    return render(request, "account/sign_in_link.html", {"good": good}, status=200 if good else 410)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: Any, token: str) -> HttpResponse:
    found = invitations.find(token)
    if found is None:
        return render(request, "account/invitation.html", {"invitation": None}, status=410)
    user = request.user
    for_you = user.is_authenticated and user.email.lower() == found.email
    if request.method == "POST":
        if for_you:
            try:
                invitations.accept(found, user)
            except Invitation.DoesNotExist:
                return render(request, "account/invitation.html", {"invitation": None}, status=410)
            invitations.unstash(request)
            return redirect(f"/w/{found.workspace.slug}/")
        if not user.is_authenticated:
            if request.POST.get("way") == "known":
                return redirect(f"{reverse('account_login')}?next={request.path}")
            invitations.stash(request, found)
            return redirect("account_signup")
    return render(request, "account/invitation.html", {"invitation": found, "for_you": for_you})


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "account/terms.html", {"version": TERMS_VERSION})


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    return render(request, "account/policy.html", {"version": TERMS_VERSION})
