"""Every setting that a policy can speak about: what it may be, and which of two values protects more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ringtrue.privacy.modes import MODES
from ringtrue.privacy.periods import PERPETUAL, in_words, shorter, subtract

# From the least to the most protective.
ORDERS: dict[str, tuple[Any, ...]] = {
    "storage.mode": MODES,
    "storage.audio": (True, False),
    "storage.transcript": (True, False),
    "storage.summary": (True, False),
    "storage.logs": (True, False),
    "recording.flow": ("announce", "ask", "off"),
    "recording.on_withdrawal": ("keep", "delete_prior"),
    "transcript.on_refusal": ("keep", "drop"),
    "training.on_calls": ("allow", "deidentified", "never"),
    "voice.enabled": (True, False),
    "consent.owner": ("customer", "platform"),
    "marketing.mode": ("opt_out", "opt_in", "none"),
    "cookies.analytics": ("after_consent", "never"),
    "cookies.ads": ("after_consent", "never"),
    "signals.gpc": ("ignore", "honour"),
    "signals.dnt": ("ignore", "honour"),
    "minors.action": ("flag", "purge"),
    "sensitive.biometrics": ("never",),
    "sharing.sale": ("with_consent", "never"),
    "sharing.register": ("connected", "agreed"),
    "usage.count": (True, False),
    "roles.dpa": ("not_asked", "before_import"),
    "sensitive.special": ("keep", "after_consent", "redact"),
    "rights.for_all": (False, True),
    "policy.acceptance": ("continued_use", "explicit"),
    "policy.channel": ("email_or_in_app", "email_and_in_app"),
}

CHOICES: dict[str, tuple[Any, ...]] = {
    **ORDERS,
    "recording.on_refusal": ("continue_unrecorded", "end"),
    "recording.listening": ("after_notice", "off"),  # by people of the business, while the call runs
    "notifications.detail": ("full", "link_only"),
    "improvement.figures": ("count", "off"),
    "closure.action": ("delete", "anonymise"),
    "roles.account": ("controller", "processor"),
    "roles.calls": ("controller", "processor"),
    "residency.at_rest": ("anywhere", "eu_or_us", "us", "eu", "eu-central-1"),
    "residency.transfer_tool": ("none", "scc", "adequacy"),
    "profile": (),  # the names of the files
}

RETENTION_KEYS = (
    "retention.recordings", "retention.transcripts", "retention.call_metadata", "retention.contacts", "retention.mails",
    "retention.deliveries", "retention.webhooks", "retention.sign_ins", "retention.ip", "retention.jobs", "retention.requests",
    "retention.usage",
)  # fmt: skip
ENDLESS = (*RETENTION_KEYS, "calls.shown")  # those that may be "perpetual"
SHORTER_IS_SAFER = (*ENDLESS, "closure.days", "closure.grace", "rights.due")
LONGER_IS_SAFER = ("policy.notice",)  # days between telling about a change and the change
PERIOD_KEYS = (*SHORTER_IS_SAFER, *LONGER_IS_SAFER)
NUMBERS = ("min_age",)  # more is safer
LISTS = ("sharing.named",)
TEXTS = ("contact.privacy", "contact.support", "contact.postal", "law.governing", "retention.reason", "plan")

KEYS = (*CHOICES, *PERIOD_KEYS, *NUMBERS, *LISTS, *TEXTS)


class UnknownSetting(ValueError):
    """There is no such setting, or it cannot have this value."""


def check(key: str, value: Any) -> None:
    """Raises UnknownSetting, in words for a person. The names of profiles are checked where they are read."""
    if key in CHOICES:
        if not any(value is choice or (value == choice and type(value) is type(choice)) for choice in CHOICES[key]):
            raise UnknownSetting(f"{key} can be {', '.join(str(choice) for choice in CHOICES[key])}, not {value!r}.")
    elif key in PERIOD_KEYS:
        _check_period(key, value)
    elif key in NUMBERS:
        if type(value) is not int or not 0 < value < 100:
            raise UnknownSetting(f"{key} is a whole number of years, not {value!r}.")
    elif key in LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UnknownSetting(f"{key} is a list of names, not {value!r}.")
    elif key in TEXTS:
        if not isinstance(value, str) or len(value) > 1000:
            raise UnknownSetting(f"{key} is a text of at most 1000 letters.")
    else:
        raise UnknownSetting(f"There is no setting {key!r}.")


def _check_period(key: str, value: Any) -> None:
    endless = value == PERPETUAL and key in ENDLESS
    try:
        in_words(value)
        if not endless:
            subtract(datetime(2026, 1, 1, tzinfo=None), value)  # noqa: DTZ001 - only whether it can be read
    except (ValueError, TypeError):
        last = f", or {PERPETUAL!r}" if key in ENDLESS else ""
        raise UnknownSetting(f"{key} is a period such as P30D, P12M or P2Y{last}; not {value!r}.") from None


def more_protective_wins(key: str) -> bool:
    return key in ORDERS or key in PERIOD_KEYS or key in NUMBERS


def protects_more(key: str, a: Any, b: Any) -> bool:
    """Whether a protects people more than b does; False where the two cannot be compared."""
    if key in ORDERS:
        return bool(ORDERS[key].index(a) > ORDERS[key].index(b))
    if key in SHORTER_IS_SAFER:
        return shorter(a, b)
    if key in LONGER_IS_SAFER:
        return shorter(b, a)
    return key in NUMBERS and bool(a > b)
