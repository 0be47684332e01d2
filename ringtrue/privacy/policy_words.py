"""Settings and their values as people read them."""

from __future__ import annotations

from typing import Any

from ringtrue.privacy.periods import PERPETUAL, in_words
from ringtrue.privacy.policy_keys import TEXTS

TITLES: dict[str, str] = {
    "storage.mode": "What is kept of a call",
    "storage.audio": "Recordings",
    "storage.transcript": "Transcripts",
    "storage.summary": "Summaries",
    "storage.logs": "Logs of a call",
    "recording.flow": "How recording is agreed on",
    "recording.on_refusal": "When a caller says no to recording",
    "recording.listening": "Listening to a running call",
    "recording.on_withdrawal": "When a caller changes their mind during the call",
    "transcript.on_refusal": "Written words of a call that may not be recorded",
    "training.on_calls": "Training models on calls",
    "improvement.figures": "Figures for improving the service",
    "voice.enabled": "Answering calls",
    "consent.owner": "Who obtains consent to recording",
    "marketing.mode": "Marketing messages",
    "cookies.analytics": "Cookies that count visits",
    "cookies.ads": "Cookies of advertisers",
    "signals.gpc": "Global Privacy Control signals",
    "signals.dnt": "Do Not Track signals",
    "minors.action": "What a child has told",
    "sensitive.biometrics": "Voiceprints and other biometric data",
    "sharing.sale": "Selling or renting data",
    "sharing.named": "Companies the policy names",
    "sharing.register": "Who may get data",
    "roles.dpa": "Agreement on processing",
    "usage.count": "Counting how often pages are opened",
    "sensitive.special": "Talk of health, origin, belief and the like",
    "rights.for_all": "Rights for people wherever they live",
    "rights.due": "Requests are answered within",
    "policy.acceptance": "How people accept the policy",
    "policy.channel": "Where changes are announced",
    "policy.notice": "Changes are announced ahead by",
    "notifications.detail": "Mails and webhooks after a call",
    "closure.action": "After the workspace is closed",
    "closure.days": "A closed workspace is gone within",
    "closure.grace": "A closed workspace can be taken up again for",
    "roles.account": "Our role for accounts",
    "roles.calls": "Our role for calls",
    "residency.at_rest": "Where data lies",
    "residency.transfer_tool": "Legal tool for transfers",
    "min_age": "Youngest age",
    "contact.privacy": "Address for privacy",
    "contact.support": "Address for help",
    "contact.postal": "Postal address",
    "law.governing": "Governing law",
    "retention.reason": "Why something is kept without end",
    "retention.recordings": "Recordings",
    "retention.transcripts": "Transcripts, summaries and messages",
    "retention.call_metadata": "That a call happened: when, how long, how it ended",
    "retention.contacts": "Contacts",
    "retention.mails": "Mails to you about calls",
    "retention.deliveries": "Webhook deliveries",
    "retention.webhooks": "What carriers reported",
    "retention.sign_ins": "Sign-ins of your people",
    "retention.ip": "IP addresses of sign-ins",
    "retention.jobs": "Finished jobs and logs",
    "retention.requests": "Requests of people about their data",
    "retention.usage": "Counts of opened pages",
    "calls.shown": "Calls can be opened for",
    "plan": "Plan",
    "profile": "Profile",
}  # fmt: skip

VALUES: dict[tuple[str, Any], str] = {
    ("storage.mode", "everything"): "everything (sound, words, a summary, name and number)",
    ("storage.mode", "excluding_pii"): "everything, but without who it was (names, numbers and addresses are left out)",
    ("storage.mode", "metadata_only"): "only that a call happened (when, how long, how it ended)",
    ("recording.flow", "announce"): "announced at the start of the call; asked first where the law of a party's place wants everybody to agree, or the place is unknown",
    ("recording.flow", "ask"): "asked; recorded only after a yes",
    ("recording.flow", "off"): "never recorded",
    ("recording.on_refusal", "continue_unrecorded"): "the call goes on unrecorded",
    ("recording.on_refusal", "end"): "the call ends politely",
    ("recording.listening", "after_notice"): "people of the business may, once the caller was told",
    ("recording.listening", "off"): "nobody may",
    ("recording.on_withdrawal", "keep"): "recording stops; what was recorded before is kept",
    ("recording.on_withdrawal", "delete_prior"): "recording stops and what was recorded before is deleted",
    ("transcript.on_refusal", "keep"): "kept",
    ("transcript.on_refusal", "drop"): "not kept either",
    ("training.on_calls", "allow"): "allowed",
    ("improvement.figures", "count"): "counted by month, of nobody in particular; whoever objects is not counted",
    ("improvement.figures", "off"): "not counted",
    ("training.on_calls", "deidentified"): "only with de-identified data",
    ("consent.owner", "platform"): "the agent itself, in the call",
    ("consent.owner", "customer"): "your business; the agent announces it too",
    ("marketing.mode", "opt_out"): "until somebody opts out, where the law allows that",
    ("marketing.mode", "opt_in"): "only after somebody agreed",
    ("marketing.mode", "none"): "none at all",
    ("cookies.analytics", "after_consent"): "only after consent",
    ("cookies.ads", "after_consent"): "only after consent, and never inside the application",
    ("signals.gpc", "honour"): "honoured",
    ("signals.dnt", "honour"): "honoured",
    ("signals.dnt", "ignore"): "not answered",
    ("minors.action", "purge"): "deleted",
    ("minors.action", "flag"): "marked for you to decide",
    ("sharing.sale", "with_consent"): "only with the person's explicit consent",
    ("sharing.register", "connected"): "companies that you connect yourself",
    ("sharing.register", "agreed"): "only companies on the public list of the business, each with an agreement, a region and a legal tool",
    ("roles.dpa", "not_asked"): "not asked for",
    ("roles.dpa", "before_import"): "signed before data of people is brought in",
    ("usage.count", True): "counted by day and page, of nobody in particular",
    ("usage.count", False): "not counted",
    ("sensitive.special", "keep"): "kept like the rest of a call",
    ("sensitive.special", "after_consent"): "left out, unless the person agreed to its being kept",
    ("sensitive.special", "redact"): "left out",
    ("rights.for_all", True): "the same for everybody",
    ("rights.for_all", False): "as the law of their place says",
    ("policy.acceptance", "continued_use"): "by going on after the announced day; explicitly at sign-up",
    ("policy.acceptance", "explicit"): "by saying so",
    ("policy.channel", "email_or_in_app"): "by e-mail and in the application",
    ("policy.channel", "email_and_in_app"): "by e-mail and in the application",
    ("notifications.detail", "full"): "tell the business what the call was about",
    ("notifications.detail", "link_only"): "only that there was a call, with a link",
    ("closure.action", "delete"): "everything is deleted",
    ("closure.action", "anonymise"): "everything about people is deleted; counts stay",
    ("roles.account", "controller"): "controller (we decide and answer for it)",
    ("roles.calls", "controller"): "controller (we decide and answer for it)",
    ("roles.account", "processor"): "processor (for you, as you instruct)",
    ("roles.calls", "processor"): "processor (for you, as you instruct)",
    ("residency.at_rest", "anywhere"): "wherever this installation stands",
    ("residency.at_rest", "eu_or_us"): "in the EU or the United States",
    ("residency.at_rest", "us"): "in the United States",
    ("residency.at_rest", "eu"): "in the EU",
    ("residency.at_rest", "eu-central-1"): "in the EU (Frankfurt)",
    ("residency.transfer_tool", "scc"): "standard contractual clauses",
    ("residency.transfer_tool", "none"): "none needed: data does not leave its region",
    ("residency.transfer_tool", "adequacy"): "adequacy decision",
}  # fmt: skip


def words(key: str, value: Any) -> str:
    if key in TEXTS:
        return str(value) or "not given"
    if isinstance(value, (str, bool)) and (key, value) in VALUES:
        return VALUES[key, value]
    if value == PERPETUAL:
        return "as long as they are kept" if key == "calls.shown" else "without end"
    if key == "policy.notice" and value == "P0D":
        return "no set time; before they hold"
    return in_words(value)


def sentence(key: str, value: Any) -> str:
    return f"{TITLES[key]}: {words(key, value)}."
