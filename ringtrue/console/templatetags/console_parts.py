"""Words and small drawings that templates use: icons, durations, numbers, outcomes."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ringtrue.numbers import line_states
from ringtrue.numbers.models import LineAccount
from ringtrue.reminders.models import ANSWERS
from ringtrue.voice.ending_words import ENDING_WORDS
from ringtrue.voice.lines import finding

register = template.Library()

# Our own drawings on a grid of 24, one stroke.
ICONS = {
    "home": "M4 11.2 12 4.5l8 6.7M6.2 9.6V19a.8.8 0 0 0 .8.8h3.4v-5.3h3.2v5.3H17a.8.8 0 0 0 .8-.8V9.6",
    "phone": "M8.3 4.2 5.6 4.7c-.9.2-1.5 1-1.4 1.9.7 7 6.2 12.5 13.2 13.2.9.1 1.7-.5 1.9-1.4l.5-2.7-4.2-2-1.9 1.9c-2-.9-3.6-2.5-4.5-4.5l1.9-1.9Z",
    "live": "M12 13.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM8.4 8.4a5.1 5.1 0 0 0 0 7.2M15.6 8.4a5.1 5.1 0 0 1 0 7.2M5.5 5.5a9.2 9.2 0 0 0 0 13M18.5 5.5a9.2 9.2 0 0 1 0 13",
    "people": "M9 11.2a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8ZM3 19.5c.3-3.3 2.6-5.3 6-5.3s5.7 2 6 5.3M15.6 4.8a3.3 3.3 0 0 1 0 6M17.6 14.6c2 .7 3.2 2.4 3.4 4.9",
    "calendar": "M5 6.5h14a.8.8 0 0 1 .8.8V19a.8.8 0 0 1-.8.8H5a.8.8 0 0 1-.8-.8V7.3a.8.8 0 0 1 .8-.8ZM4.2 10.8h15.6M8.2 4.2v4M15.8 4.2v4",
    "agent": "M5 12.5V11a7 7 0 0 1 14 0v1.5M5 12.5h1.8a.8.8 0 0 1 .8.8v3.6a.8.8 0 0 1-.8.8H5.8a1.6 1.6 0 0 1-1.6-1.6v-2.8a.8.8 0 0 1 .8-.8ZM19 12.5h-1.8a.8.8 0 0 0-.8.8v3.6a.8.8 0 0 0 .8.8h1M19 12.5a.8.8 0 0 1 .8.8v3.7c0 1.7-1.8 3-4.3 3H12.8",
    "gear": "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 3.6v2.6M12 17.8v2.6M3.6 12h2.6M17.8 12h2.6M6.1 6.1l1.8 1.8M16.1 16.1l1.8 1.8M6.1 17.9l1.8-1.8M16.1 7.9l1.8-1.8",
    "campaign": "M4.5 10.2v3.6a.8.8 0 0 0 .8.8h2.5l8 4V5.4l-8 4H5.3a.8.8 0 0 0-.8.8ZM8.2 14.8l1 4.4h2.3l-.9-3.2M18.6 9.6a3.4 3.4 0 0 1 0 4.8",
    "more": "M5.5 12h.01M12 12h.01M18.5 12h.01",
    "play": "M8 5.3v13.4a.6.6 0 0 0 .9.5l10.6-6.7a.6.6 0 0 0 0-1L8.9 4.8a.6.6 0 0 0-.9.5Z",
    "pause": "M8.5 5v14M15.5 5v14",
    "back": "M14.5 6 8.5 12l6 6",
    "forward": "M9.5 6l6 6-6 6",
    "down": "M6.5 9.5 12 15l5.5-5.5",
    "check": "m5.5 12.5 4.3 4.3 8.7-9.6",
    "plus": "M12 5v14M5 12h14",
    "bin": "M4.5 6.8h15M9.5 6.5V4.8a.6.6 0 0 1 .6-.6h3.8a.6.6 0 0 1 .6.6v1.7M6.5 7l.8 12.1a.8.8 0 0 0 .8.7h7.8a.8.8 0 0 0 .8-.7L17.5 7M10.2 11v5M13.8 11v5",
    "search": "M10.8 17a6.2 6.2 0 1 0 0-12.4 6.2 6.2 0 0 0 0 12.4ZM15.4 15.4l4.3 4.3",
    "save": "M12 4.5v10.3M7.8 11l4.2 4.2L16.2 11M5 19.5h14",
    "lock": "M7 11h10a1 1 0 0 1 1 1v6.8a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V12a1 1 0 0 1 1-1ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "note": "M6 4.5h8.5L18.5 8.5V19a.8.8 0 0 1-.8.8H6.3a.8.8 0 0 1-.8-.8V5a.5.5 0 0 1 .5-.5ZM14 4.8V9h4.2M8.5 13h7M8.5 16h4.5",
    "mic": "M12 14.5a3 3 0 0 0 3-3v-4a3 3 0 0 0-6 0v4a3 3 0 0 0 3 3ZM6 11.5a6 6 0 0 0 12 0M12 17.5v3",
    "hand": "M12 20.5c-4.5-2.7-7.5-6-7.5-9.7A4.3 4.3 0 0 1 12 8a4.3 4.3 0 0 1 7.5 2.8c0 3.7-3 7-7.5 9.7Z",
}

OUTCOMES = {
    "answered": ("Question answered", "good"),
    "message": ("Message taken", "info"),
    "booking": ("Appointment booked", "good"),
    "transfer": ("Put through", "info"),
    "opt_out": ("Asked not to be called", "note"),
    "emergency": ("Emergency", "bad"),
    "refused": ("Turned away", "line"),
    "no_speech": ("Caller said nothing", "line"),
    "abandoned": ("Hung up early", "note"),
    "voicemail": ("Answering machine", "note"),
    "not_reached": ("Not reached", "note"),
    "not_understood": ("Not understood", "note"),
    "failed": ("Something broke", "bad"),
    "unknown": ("Nobody knows", "note"),
    "refused_by_rules": ("Not called", "line"),
}

LINES = {**{line: about.called or f"Phone ({about.title})" for line, about in finding.lines().items()}, "simulated": "Simulated"}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    path = ICONS[name]
    fill = "currentColor" if name in ("play",) else "none"
    weight = "3" if name == "more" else "1.7"
    return format_html(
        '<svg viewBox="0 0 24 24" class="{}" fill="{}" stroke="currentColor" stroke-width="{}" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true"><path d="{}"/></svg>',
        size or "size-5", fill, weight, mark_safe(path),  # noqa: S308 - our own constant
    )  # fmt: skip


@register.filter
def outcome_words(outcome: str) -> str:
    return OUTCOMES.get(outcome, ("Not known yet", "line"))[0]


@register.filter
def reminder_words(answer: str) -> str:
    return ANSWERS[answer]


@register.simple_tag
def outcome_chip(call: Any) -> SafeString:
    if call.state != "ended":
        return format_html(
            '<span class="chip chip-good"><i class="dot-live"></i>{}</span>', "On the line" if call.state == "live" else "Ringing"
        )
    words, kind = OUTCOMES.get(call.outcome, ("No outcome", "line"))
    return format_html('<span class="chip chip-{}">{}</span>', kind, words)


@register.filter
def money(micros: int, currency: str) -> str:
    """Millionths, as people write them; of a campaign's worst cost."""
    return f"{micros / 1_000_000:,.2f} {currency}"


@register.filter
def line_words(line: str) -> str:
    return LINES.get(line, line.title())


@register.filter
def length_words(duration_ms: int | None) -> str:
    """Milliseconds as people say them: "1 min 20 s"."""
    seconds = round((duration_ms or 0) / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@register.filter
def clock(ms: int | None) -> str:
    """Milliseconds since the answer as the player shows them: "1:05"."""
    seconds = int((ms or 0) / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"


@register.filter
def seconds_of(ms: int | None) -> str:
    return "–" if ms is None else f"{ms / 1000:.1f} s"


@register.filter
def readable_number(number: str) -> str:
    """E.164 as people of its country group it, with the country code; other text as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or "" when there is none."""
    try:
        return mapping[key]
    except (KeyError, IndexError, TypeError):
        return ""


ORIGINS = {
    "profile default": "Ringtrue's default",
    "workspace setting": "this workspace's own choice",
    "law floor": "the law",
    "agent": "the agent's own setting",
    "call": "this call",
    "plan": "your plan",
}


@register.filter
def origin_words(origin: str) -> str:
    """Where a setting comes from, as the console says it."""
    return ORIGINS.get(origin) or (
        f"the profile “{origin.removeprefix('profile ')}”" if origin.startswith("profile ") else origin
    )


@register.filter
def kept_for(entry: Any) -> str:
    """Of `calls.stored.Stored`: "12 months, Ringtrue's default"."""
    period, _, _ = entry.period.partition(", from ")
    return f"{period}, {origin_words(entry.origin)}"


@register.filter
def dollars(cost: float | None) -> str:
    """Of a language model: often fractions of a cent."""
    if cost is None:
        return "no price"
    return f"${cost:.2f}" if cost >= 0.1 else f"${cost:.4f}"


@register.filter
def words_of_code(code: str) -> str:
    return code.replace("_", " ")


@register.filter
def line_state(account: LineAccount) -> line_states.Told | None:
    """Of a line whose calls a process of ours carries; others have no state."""
    return line_states.told(account.state, account.state_detail) if finding.about(account.line).gateway else None


@register.filter
def ending_words(reason: str) -> str:
    return ENDING_WORDS.get(reason, "")
