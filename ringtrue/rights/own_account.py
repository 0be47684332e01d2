"""A user's own data: everything that is kept about the account as one file, and ending the account."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from ringtrue.accounts import tickets
from ringtrue.accounts.models import Acceptance, ApiKey, ContactDetail, Invitation, Membership, SignIn, SupportTicket, User
from ringtrue.accounts.scoping import system_scope
from ringtrue.core import audit
from ringtrue.core.models import AuditEntry
from ringtrue.privacy.models import PolicyNotice
from ringtrue.privacy.register_models import Signature


class StillOwner(Exception):
    """This person is the only owner of a workspace: it has to be closed or given to somebody first."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def export(user: User) -> dict[str, Any]:
    """All that is kept of the account, JSON-able. Of secrets only that there are some."""
    with system_scope("a person's own account, over all workspaces"):
        return {
            "format": "ringtrue.account/1",
            "account": {"name": user.name, "email": user.email, "since": user.date_joined, "last_sign_in": user.last_login},
            "preferences": {
                "theme": user.theme,
                "calls_per_page": user.calls_per_page,
                "remembers_place": user.remembers_place,
                "last_workspace": user.last_workspace and user.last_workspace.name,
            },
            "emails": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
            "contact_details": dict(ContactDetail.objects.filter(user=user).values_list("label", "value")),
            "written_to_support": [
                {"kind": t.kind, "about": t.about, "words": tickets.words_of(t), "at": t.at}
                for t in SupportTicket.objects.filter(opened_by=user).order_by("at")
            ],
            "workspaces": [
                {"name": m.workspace.name, "address": f"/w/{m.workspace.slug}/", "role": m.role, "since": m.created_at}
                for m in Membership.objects.filter(user=user).select_related("workspace")
            ],
            "accepted": list(Acceptance.objects.filter(user=user).values("kind", "version", "at")),
            "signed": list(Signature.objects.filter(user=user).values("kind", "sha256", "method", "at")),
            "sessions": list(SignIn.objects.filter(user=user).values("browser", "ip", "created_at", "seen_at")),
            "second_factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
            "api_keys": list(ApiKey.objects.filter(created_by=user).values("name", "prefix", "created_at", "revoked_at")),
            "invitations_sent": list(Invitation.objects.filter(invited_by=user).values("email", "role", "created_at")),
            "told_about_changes": list(PolicyNotice.objects.filter(user=user).values("change__key", "made_at", "mailed_at")),
            "what_you_did": list(
                AuditEntry.objects.filter(actor=f"user:{user.id}").order_by("seq").values("at", "action", "target")[:10_000]
            ),
        }


def end(user: User) -> None:
    """Delete the account: name, addresses, password, second factors, sessions, memberships. The audit chain keeps its pseudonym.

    Raises StillOwner."""
    with system_scope("a person ends their account, in whatever workspace"):
        owned = Membership.objects.filter(user=user, role="owner").select_related("workspace")
        alone = [m.workspace.name for m in owned if Membership.objects.filter(workspace=m.workspace, role="owner").count() == 1]
        if alone:
            raise StillOwner(alone)
        audit.record("account.ended", actor=f"user:{user.id}", target=f"user:{user.id}")
        user.delete()
