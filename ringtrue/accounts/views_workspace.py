"""Pages of a workspace about its people and its API keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from ringtrue.accounts import invitations, keys
from ringtrue.accounts import members as changing
from ringtrue.accounts.access import needs
from ringtrue.accounts.models import ApiKey, Invitation, Membership
from ringtrue.accounts.roles import ROLE_WORDS, ROLES, SCOPE_WORDS, SCOPES, may


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(label="Role")

    def __init__(self, *args: Any, by_role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_to_give(by_role)  # type: ignore[attr-defined]
        self.fields["role"].initial = "viewer"


class KeyForm(forms.Form):
    name = forms.CharField(label="What is it for?", max_length=80)
    scopes = forms.MultipleChoiceField(
        label="It may", choices=[(s, SCOPE_WORDS[s]) for s in SCOPES], widget=forms.CheckboxSelectMultiple
    )


def roles_to_give(by_role: str) -> list[tuple[str, str]]:
    return [(role, ROLE_WORDS[role]) for role in ROLES if changing.may_give(by_role, role)]


@require_GET
@needs("members.read")
def members(request: Any) -> HttpResponse:
    return _members(request, InviteForm(by_role=request.role))


def _members(request: Any, form: InviteForm, status: int = 200) -> HttpResponse:
    shown = {
        "memberships": Membership.objects.select_related("user").order_by("created_at", "id"),
        "invitations": Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now()).order_by("created_at"),
        "form": form,
        "may_change": may(request.role, "members.change"),
        "roles": roles_to_give(request.role),
    }
    return render(request, "members/members.html", shown, status=status)


@require_POST
@needs("members.change")
def invite(request: Any) -> HttpResponse:
    form = InviteForm(request.POST, by_role=request.role)
    if not form.is_valid():
        return _members(request, form, 400)
    try:
        invitations.invite(request.workspace, form.cleaned_data["email"], form.cleaned_data["role"], request.user, request.role)
    except ValueError:
        form.add_error("email", "This person is already a member.")
        return _members(request, form, 400)
    messages.success(request, "The invitation is on its way.")
    return redirect("console:members", request.workspace.slug)


@require_POST
@needs("members.change")
def end_invitation(request: Any, invitation_id: UUID) -> HttpResponse:
    invitations.revoke(_one(Invitation, invitation_id), request.user)
    messages.success(request, "The invitation no longer works.")
    return redirect("console:members", request.workspace.slug)


@require_POST
@needs("members.change")
def change_member(request: Any, membership_id: UUID) -> HttpResponse:
    membership = _one(Membership, membership_id)
    role = request.POST.get("role", "")
    try:
        if request.POST.get("remove"):
            changing.remove(request.workspace, membership, request.user, request.role)
            if membership.user_id == request.user.id:
                return redirect("/")
        elif role in ROLES:
            changing.change_role(request.workspace, membership, role, request.user, request.role)
        else:
            return HttpResponse("No such role.", status=400, content_type="text/plain")
        messages.success(request, "Saved.")
    except changing.LastOwner:
        messages.error(request, "A workspace needs an owner. Make someone else an owner first.")
    except changing.NotAllowed:
        messages.error(request, "Only an owner can do that to an owner.")
    return redirect("console:members", request.workspace.slug)


@require_POST
@needs("workspace.read")
def leave(request: Any) -> HttpResponse:
    membership = get_object_or_404(Membership, user=request.user)  # staff with a grant is no member
    try:
        changing.remove(request.workspace, membership, request.user, request.role)
    except changing.LastOwner:
        messages.error(request, "You are the only owner. Make someone else an owner first.")
        return redirect(f"/w/{request.workspace.slug}/")
    return redirect("/")


@require_GET
@needs("keys.read")
def api_keys(request: Any) -> HttpResponse:
    return _keys(request, KeyForm())


def _keys(request: Any, form: KeyForm, status: int = 200, **more: Any) -> HttpResponse:
    held = ApiKey.objects.filter(revoked_at=None).order_by("-created_at")
    response = render(request, "members/keys.html", {"keys": held, "form": form, **more}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs("keys.change")
def make_key(request: Any) -> HttpResponse:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _keys(request, form, 400)
    key, token = keys.make(request.workspace, form.cleaned_data["name"], form.cleaned_data["scopes"], request.user)
    # Shown in the answer to the POST itself: a redirect would have to keep the token somewhere.
    return _keys(request, KeyForm(), made=key, token=token)


@require_POST
@needs("keys.change")
def end_key(request: Any, key_id: UUID) -> HttpResponse:
    keys.revoke(_one(ApiKey, key_id), request.user)
    messages.success(request, "The key no longer works.")
    return redirect("console:keys", request.workspace.slug)


def _one(model: Any, row_id: UUID) -> Any:
    """Row-level security shows only rows of this workspace. Raises Http404."""
    found = model.objects.filter(id=row_id).first()
    if found is None:
        raise Http404
    return found
