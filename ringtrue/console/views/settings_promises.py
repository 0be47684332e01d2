"""What is promised to the people who call: what is kept, how long, who gets it, and where each of it comes from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.privacy import announcing, installation
from ringtrue.privacy.models import PolicyChange
from ringtrue.privacy.policy import effective, profile, profile_names, settings_of
from ringtrue.privacy.policy_words import TITLES, words

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What is kept of a call", ("storage.mode", "recording.flow", "consent.owner", "recording.on_refusal", "recording.on_withdrawal", "sensitive.biometrics")),
    (
        "How long it is kept",
        ("calls.shown", "retention.recordings", "retention.transcripts", "retention.call_metadata", "retention.contacts", "retention.mails",
         "retention.deliveries", "retention.requests", "closure.grace", "closure.days"),
    ),
    (
        "Who gets it, and where it lies",
        ("sharing.register", "sharing.named", "sharing.sale", "training.on_calls", "residency.at_rest", "residency.transfer_tool", "notifications.detail"),
    ),
    ("Marketing, cookies, children", ("marketing.mode", "cookies.analytics", "cookies.ads", "signals.gpc", "signals.dnt", "min_age", "minors.action")),
    ("Rights of the people who call", ("rights.for_all", "rights.due", "roles.calls", "roles.account", "contact.privacy")),
    ("When this changes", ("policy.notice", "policy.channel", "policy.acceptance", "law.governing")),
)  # fmt: skip
FIRST = ("default", "strict")
NOT_IN_METADATA_ONLY = ("retention.recordings", "retention.transcripts")


@needs("privacy.read")
def page(request: ConsoleRequest) -> HttpResponse:
    own = settings_of(request.workspace.id)
    name = str(effective(request.workspace.id, "profile", workspace=own).value)
    shown = {
        "tab": "promises",
        "profile": profile(name),
        "parts": [(title, [_row(request, key, own, name) for key in keys]) for title, keys in PARTS],
        "choices": [_choice(held, name) for held in sorted(profile_names(), key=lambda n: (n not in FIRST, n))],
        "changes": announcing.standing(request.workspace.id),
        "reason": own.get("retention.reason", ""),
        "contacts": [
            (key, TITLES[key], effective(request.workspace.id, key, workspace=own).value, kind)
            for key, kind in (("contact.privacy", "email"), ("contact.support", "email"), ("contact.postal", "text"))
        ],
        "plan": effective(request.workspace.id, "plan", workspace=own).value,
        "plans": list(profile(name).get("plans", {})),
        "endless": profile(name)["defaults"].get("retention.transcripts") == "perpetual",
    }
    return render(request, "console/settings/promises.html", shown)


def _row(request: ConsoleRequest, key: str, own: dict[str, Any], name: str) -> dict[str, Any]:
    held = effective(request.workspace.id, key, workspace=own)
    said = {section["section"]: section["says"] for section in profile(name).get("sections", [])}
    unused = (
        key in NOT_IN_METADATA_ONLY and effective(request.workspace.id, "storage.mode", workspace=own).value == "metadata_only"
    )
    section = held.origin.removeprefix(f"profile {name} ") if held.origin.startswith(f"profile {name} ") else ""
    return {
        "key": key,
        "title": TITLES[key],
        "words": f"None kept; what is left from before: {words(key, held.value)}" if unused else said_of(key, held.value),
        "origin": held.origin,
        "from": _origin(held.origin, name),
        "says": said.get(section, ""),
    }


def said_of(key: str, value: Any) -> str:
    said = words(key, value)
    return said if key.startswith(("contact.", "law.")) else said[:1].upper() + said[1:]


def _origin(origin: str, name: str) -> str:
    if origin == "workspace setting":
        return "your own choice"
    if origin.startswith("law"):
        return "the law" + (":" + origin.partition(":")[2] if ":" in origin else "")
    return origin.replace(f"profile {name}", profile(name)["title"], 1).replace(" where its", ", where its")


def _choice(held: str, now: str) -> dict[str, Any]:
    made = profile(held)
    return {
        "name": held,
        "title": made["title"],
        "current": held == now,
        "date": made.get("source", {}).get("last_updated", ""),
        "missing": installation.lacks(held),
        "intro": INTRO.get(held, ""),
    }


INTRO = {
    "default": "What Ringtrue keeps by itself.",
    "strict": "As little as a phone agent can do with: only that a call happened, for 30 days.",
    "leximo": "Errands by telephone, for one person.",
    "callixo": "Teams that call their leads; 12 months, in Frankfurt.",
    "alex": "Answering a business's calls; 6 to 12 months, in the United States.",
    "leadiumx": "White-label agents for leads; the workspace chooses what is stored.",
    "nejix": "Agents with numbers and knowledge; changes are told 14 days ahead.",
}


@needs("privacy.read")
def compare(request: ConsoleRequest) -> HttpResponse:
    """Two profiles side by side, as each would hold here if nothing else were set. Query: `left` and `right`, names of profiles."""
    own = settings_of(request.workspace.id)
    now = str(effective(request.workspace.id, "profile", workspace=own).value)
    names = profile_names()
    left = request.GET.get("left") if request.GET.get("left") in names else now
    right = request.GET.get("right") if request.GET.get("right") in names else next(n for n in (*FIRST, *names) if n != left)
    sides = (str(left), str(right))
    shown = {
        "tab": "promises",
        "sides": [{"name": name, "title": profile(name)["title"], "intro": INTRO.get(name, ""), "current": name == now} for name in sides],
        "parts": [(title, [_two(request, key, sides) for key in keys]) for title, keys in PARTS],
        "choices": [(name, profile(name)["title"]) for name in names],
    }  # fmt: skip
    return render(request, "console/settings/promises_compared.html", shown)


def _two(request: ConsoleRequest, key: str, sides: tuple[str, str]) -> dict[str, Any]:
    rows = [_row(request, key, {"profile": name}, name) for name in sides]
    return {"title": TITLES[key], "sides": rows, "differs": rows[0]["words"] != rows[1]["words"]}


@require_POST
@needs("privacy.change")
def withdraw(request: ConsoleRequest, change_id: UUID) -> HttpResponse:
    change = get_object_or_404(PolicyChange, workspace=request.workspace, id=change_id)
    announcing.withdraw(change, f"user:{request.user.id}")
    messages.success(request, "Taken back. Everything stays as it is.")
    return redirect("console:settings_promises", request.workspace.slug)
