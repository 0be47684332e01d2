"""The words of mails and the bodies of webhooks. `CallNews.facts` and `TextNews` hold only what the storage mode allows; nothing else is used."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from ringtrue.notifications.telling import CallNews, TextNews

OUTCOMES = {
    "answered": "a question was answered",
    "message": "a message was taken",
    "booking": "an appointment was booked",
    "transfer": "the call was passed on",
    "opt_out": "the caller wants no more calls",
    "emergency": "emergency words were heard",
    "refused": "the call was turned away",
    "no_speech": "the caller said nothing",
    "abandoned": "the caller hung up early",
    "voicemail": "an answering machine answered",
    "not_reached": "nobody answered",
    "not_understood": "the caller was not understood",
    "failed": "the call broke off",
}


def call_url(news: CallNews) -> str:
    return f"{settings.PUBLIC_URL}/w/{news.workspace_slug}/calls/{news.call_id}/"


def after_a_call(news: CallNews) -> dict[str, str]:
    """{"subject", "text"}. The subject line travels in clear and holds no personal data in any mode."""
    what = OUTCOMES.get(news.outcome, "a call ended")
    test = "Test call, " if news.is_test else ""
    at = news.started_at.astimezone(ZoneInfo(news.time_zone))
    rows = [
        f"Your assistant answered a call on {at:%A, %B} {at.day} at {at:%H:%M} ({news.time_zone}).",
        f"It lasted {_length(news.duration_ms)}. Outcome: {what}.",
        "",
    ]
    if news.facts.get("summary"):
        rows += ["Summary (made automatically):", str(news.facts["summary"]), ""]
    else:
        rows += [_why_no_summary(news), ""]
    rows += [f"{label}: {news.facts[name]}" for name, label in LABELS.items() if news.facts.get(name)]
    rows += ["", "The whole call:", call_url(news), ""]
    return {"subject": f"{test}{news.business}: {what}", "text": "\n".join(rows)}


def after_a_text(news: TextNews) -> dict[str, str]:
    """As `after_a_call`."""
    at = news.at.astimezone(ZoneInfo(news.time_zone))
    rows = [f"Somebody sent a text message on {at:%A, %B} {at.day} at {at:%H:%M} ({news.time_zone}).", ""]
    rows += [f"From: {news.number}", f"It says: {news.text}"] if news.number else ["What it says is not repeated in mails."]
    rows += ["", "Your text messages:", f"{settings.PUBLIC_URL}/w/{news.workspace_slug}/calendar/texts/", ""]
    return {"subject": f"{news.business}: a text message came in", "text": "\n".join(rows)}


LABELS = {"name": "Name", "number": "Number", "reason": "Reason", "next_step": "Next step"}


def webhook_body(event: str, news: CallNews) -> dict[str, Any]:
    """Standard Webhooks payload: type, timestamp, data."""
    data: dict[str, Any] = {
        "call_id": str(news.call_id),
        "agent": news.agent,
        "line": news.line,
        "direction": news.direction,
        "storage_mode": news.storage_mode,
        "is_test": news.is_test,
        "started_at": news.started_at,
        "url": call_url(news),
    }
    if event == "call.ended":
        data |= {"duration_ms": news.duration_ms, "outcome": news.outcome}
    if event in ("call.ended", "message.taken", "booking.made"):
        data |= news.facts
    return {"type": event, "timestamp": timezone.now(), "data": data}


def _why_no_summary(news: CallNews) -> str:
    if news.storage_mode == "metadata_only":
        return "Nothing of what was said is kept in this workspace's storage mode."
    return "What was said is not repeated in mails."


def _length(ms: int) -> str:
    seconds = round(ms / 1000)
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
