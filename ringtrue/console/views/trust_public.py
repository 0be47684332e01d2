"""What a workspace promises about data and the evidence that it is kept, for anybody to read: no number of a person or a call in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import announcing, policies, promising, publishing, subprocessors
from ringtrue.privacy.models import Erasure
from ringtrue.privacy.policy import effective, profile, settings_of
from ringtrue.privacy.policy_words import TITLES, words
from ringtrue.rights import security_reports
from ringtrue.rights.models import RightsRequest

FACTS = (
    "storage.mode", "recording.flow", "retention.recordings", "retention.transcripts", "training.on_calls", "sharing.sale",
    "residency.at_rest", "rights.due",
)  # fmt: skip
YEAR = timedelta(days=365)


@require_safe
def page(request: HttpRequest, workspace_slug: str) -> HttpResponse:
    with system_scope("a public page is found by its name"):
        business = Workspace.objects.filter(slug=workspace_slug).first()
        if business is None:
            raise Http404
        rehearsed = AuditEntry.objects.filter(action="backup.rehearsed").order_by("-seq").first()
    with workspace_scope(business.id):
        own = settings_of(business.id)
        held = profile(str(effective(business.id, "profile", workspace=own).value))
        shown = {
            "business": business,
            "profile": held,
            "facts": [(TITLES[key], _said(key, effective(business.id, key, workspace=own).value)) for key in FACTS],
            "policies": [(kind, title) for kind, title in policies.TITLES_OF.items() if publishing.in_force(business.id, kind)],
            "retention": AuditEntry.objects.filter(action="retention.ran", workspace_id=business.id).order_by("-seq").first(),
            "rehearsed": rehearsed,
            "report": security_reports.newest(),
            **_requests(business),
            "erased": Erasure.objects.filter(workspace=business, at__gt=timezone.now() - YEAR).exclude(signature="").count(),
            "others": list(subprocessors.standing(business.id)),
            "coming": list(subprocessors.announced(business.id)),
            "installation": [*subprocessors.connected(business.id), *subprocessors.of_installation()],
            "notices": announcing.standing(business.id),
            "contact": effective(business.id, "contact.privacy", workspace=own).value,
            "promises": promising.written(held["title"]),
        }
        return render(request, "console/trust.html", shown)


def _said(key: str, value: Any) -> str:
    return f"kept for {words(key, value)}" if key.startswith("retention.") else words(key, value)


def _requests(business: Workspace) -> dict[str, Any]:
    rows, now = RightsRequest.objects.filter(workspace=business), timezone.now()
    waiting = rows.filter(state__in=("open", "unverified"))
    return {
        "waiting": waiting.count(),
        "late": waiting.filter(due_at__lt=now).count(),
        "answered": rows.filter(state__in=("answered", "refused"), closed_at__gt=now - YEAR).count(),
    }
