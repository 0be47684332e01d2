"""What is kept of calls, how recording is agreed on, and for how long. Shows what holds and where it comes from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.roles import may
from ringtrue.privacy import announcing
from ringtrue.privacy.changing import WHAT, preview
from ringtrue.privacy.installation import InstallationLacks
from ringtrue.privacy.models import Erasure
from ringtrue.privacy.modes import KEEPS
from ringtrue.privacy.periods import PERPETUAL, in_words
from ringtrue.privacy.policy import CHOICES, RETENTION_KEYS, UnknownSetting, effective, profile, settings_of
from ringtrue.privacy.policy_words import TITLES as TITLES_OF
from ringtrue.privacy.policy_words import words

MODE_TITLES = {
    "everything": "Everything",
    "excluding_pii": "Everything, but without who it was",
    "metadata_only": "Only that a call happened",
}
TITLES = {
    "recording.flow": {"announce": "Announce it", "ask": "Ask first", "off": "Never record"},
    "recording.on_refusal": {"continue_unrecorded": "Go on without recording", "end": "End the call politely"},
    "recording.on_withdrawal": {"keep": "Keep what was recorded before", "delete_prior": "Delete what was recorded before"},
    "recording.listening": {"after_notice": "Allowed, and callers are told", "off": "Not allowed"},
    "transcript.on_refusal": {"keep": "Keep the transcript", "drop": "Keep no transcript either"},
    "improvement.figures": {"count": "Count by month", "off": "Do not count"},
    "notifications.detail": {"full": "Tell what the call was about", "link_only": "Only that there was a call, with a link"},
}
QUESTIONS = {
    "recording.flow": "Recording",
    "recording.on_refusal": "When a caller does not want to be recorded",
    "recording.on_withdrawal": "When a caller changes their mind during the call",
    "recording.listening": "Listening to a running call",
    "transcript.on_refusal": "The written words of a call that may not be recorded",
    "notifications.detail": "Mails and webhooks after a call",
    "improvement.figures": "Figures for improving the service",
}
PERIODS = ("P7D", "P14D", "P30D", "P60D", "P90D", "P6M", "P12M", "P24M", "P36M", "P7Y", PERPETUAL)
RETENTION = (
    ("retention.recordings", "Recordings"),
    ("retention.transcripts", "Transcripts, summaries and messages"),
    ("retention.call_metadata", "That a call happened"),
    ("retention.contacts", "Contacts"),
    ("retention.mails", "Mails to you about calls"),
    ("retention.deliveries", "Webhook deliveries"),
)
OF_PROMISES = (
    "profile",
    "retention.reason",
    "contact.privacy",
    "contact.support",
    "contact.postal",
    "plan",
)  # asked for on the page of promises
CHANGEABLE = ("storage.mode", *QUESTIONS, *(key for key, _ in RETENTION))


@needs("privacy.read")
def page(request: ConsoleRequest) -> HttpResponse:
    own = settings_of(request.workspace.id)

    def held(key: str) -> dict[str, Any]:
        now = effective(request.workspace.id, key, workspace=own)
        return {
            "key": key,
            "value": now.value,
            "origin": now.origin,
            "words": _period(now.value) if key in RETENTION_KEYS else in_words(now.value),
        }

    erasures = (
        Erasure.objects.filter(workspace=request.workspace).order_by("-at")[:20] if may(request.role, "contacts.erase") else []
    )
    shown = {
        "tab": "privacy",
        "mode": held("storage.mode"),
        "modes": [(name, MODE_TITLES[name], kept) for name, kept in KEEPS.items()],
        "questions": [
            held(key) | {"title": title, "options": [(o, TITLES[key][o], WHAT[key][o]) for o in CHOICES[key]]}
            for key, title in QUESTIONS.items()
        ],
        "retention": [held(key) | {"title": title, "options": _periods(held(key)["value"])} for key, title in RETENTION],
        "profile": effective(request.workspace.id, "profile", workspace=own),
        "training": effective(request.workspace.id, "training.on_calls", workspace=own),
        "erasures": erasures,
    }
    return render(request, "console/settings/privacy.html", shown)


def _period(value: str) -> str:
    return "for ever" if value == PERPETUAL else in_words(value)


def _periods(current: str) -> list[tuple[str, str]]:
    known = PERIODS if current in PERIODS else (current, *PERIODS)
    return [(period, _period(period)) for period in known]


@require_POST
@needs("privacy.change")
def ask(request: ConsoleRequest) -> HttpResponse:
    """What a change would mean; the next step does it."""
    key, value = request.POST.get("key", ""), request.POST.get("value", "")
    if key not in (*CHANGEABLE, *OF_PROMISES):
        messages.error(request, "There is no such setting.")
        return redirect("console:settings_privacy", request.workspace.slug)
    try:
        if "sure" in request.POST:
            announced = announcing.ask(request.workspace.id, key, value, request.user, request.role)
            after = effective(request.workspace.id, key)
            if announced is not None and announced.state == "announced":
                day = f"{announced.effective_at:%B} {announced.effective_at.day}, {announced.effective_at:%Y}"
                messages.success(request, f"Announced. It holds from {day} on, and everybody in the workspace is told by mail.")
            elif after.value == value:
                messages.success(request, "Changed.")
            else:
                messages.warning(request, f"Your wish is noted, but {in_words(after.value)} holds: {after.origin} asks for it.")
            return _back(request, key)
        sentences = preview(request.workspace.id, key, value)
        weaker = announcing.weakened(request.workspace.id, key, value)
        notice = announcing.notice_period(request.workspace.id, key, value) if weaker else ""
    except announcing.OnlyAnOwner:
        messages.error(request, "This would protect your callers less. Only an owner of the workspace can ask for it.")
        return _back(request, key)
    except InstallationLacks as missing:
        messages.error(request, str(missing))
        return _back(request, key)
    except UnknownSetting:
        messages.error(request, "Please choose from the list.")
        return _back(request, key)
    shown = {
        "tab": "privacy", "key": key, "value": value, "sentences": sentences, "title": _title(key), "choice": _choice(key, value),
        "before": effective(request.workspace.id, key), "weaker": [TITLES_OF[k] for k in weaker],
        "notice": words("policy.notice", notice) if notice and notice != "P0D" else "", "back": _place(key),
    }  # fmt: skip
    return render(request, "console/settings/privacy_sure.html", shown)


def _place(key: str) -> str:
    return "console:settings_promises" if key in OF_PROMISES else "console:settings_privacy"


def _back(request: ConsoleRequest, key: str) -> HttpResponse:
    return redirect(_place(key), request.workspace.slug)


def _title(key: str) -> str:
    if key in OF_PROMISES:
        return TITLES_OF[key]
    return "What is kept of a call" if key == "storage.mode" else QUESTIONS.get(key) or dict(RETENTION)[key]


def _choice(key: str, value: str) -> str:
    if key == "profile":
        return str(profile(value)["title"])
    if key in OF_PROMISES:
        return value
    if key == "storage.mode":
        return MODE_TITLES.get(value, value)
    return TITLES[key].get(value, value) if key in TITLES else _period(value)
