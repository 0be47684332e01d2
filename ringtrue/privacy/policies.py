"""Policies of a workspace, written from what holds in it: the privacy policy, the cookie policy, the notices that callers hear.

Nothing in them is free text but the business's own name and contact, so they cannot promise what the software does not do.
`faults` is asked before one is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from ringtrue.privacy import cookies, processing_records, subprocessors
from ringtrue.privacy.listening import may_be_listened_to
from ringtrue.privacy.policy import call_policy, effective, settings_of
from ringtrue.privacy.policy_words import TITLES, words

KINDS = ("privacy", "cookies", "notices")
TITLES_OF = {"privacy": "Privacy policy", "cookies": "Cookie policy", "notices": "What callers hear"}

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What we keep of a call", ("storage.mode", "recording.flow", "recording.on_refusal", "recording.on_withdrawal", "recording.listening", "sensitive.special", "sensitive.biometrics")),
    (
        "How long we keep it",
        ("retention.recordings", "retention.transcripts", "retention.call_metadata", "retention.contacts", "closure.grace", "closure.days"),
    ),
    ("What we do not do with it", ("sharing.sale", "training.on_calls", "marketing.mode")),
    ("How we improve the service", ("improvement.figures",)),
    ("Where it lies", ("residency.at_rest", "residency.transfer_tool")),
    ("Your rights", ("rights.for_all", "rights.due")),
    ("Children", ("min_age", "minors.action")),
    ("Changes of this policy", ("policy.notice", "policy.channel", "policy.acceptance")),
)  # fmt: skip
NOTICES = {
    "announce": "You are speaking with an AI assistant. This call is recorded.",
    "ask": "You are speaking with an AI assistant. May this call be recorded?",
    "off": "You are speaking with an AI assistant. This call is not recorded.",
}

ASKED_INSTEAD = "Where the law of a party's place wants everybody to agree, or the place is unknown, the caller is asked instead."

_BRACKETS = re.compile(r"\[[^\]]*\]|\{\{|\}\}|<[A-Za-z ]+>|\b(?:TODO|TBD|XXX+|Lorem ipsum)\b")
_BOASTS = re.compile(
    r"\b(?:100 ?%|completely|absolutely|perfectly|totally|fully|entirely) (?:secure|safe|protected)\b|\bunhackable\b|"
    r"\b(?:guarantee|ensure)s?\b[^.]{0,40}\b(?:absolute|complete|perfect) security\b",
    re.I,
)


def write(workspace_id: UUID, kind: str, name: str) -> str:
    """The words of a policy of the business `name` as they would be published now, without its dates. Needs the workspace's scope."""
    own = settings_of(workspace_id)
    if kind == "privacy":
        return "\n".join(_privacy(workspace_id, name, own))
    if kind == "cookies":
        return "\n".join(_cookies(workspace_id, name, own))
    if kind == "notices":
        flow = effective(workspace_id, "recording.flow", workspace=own).value
        listening = " A colleague may listen in." if may_be_listened_to(call_policy(workspace_id)) else ""
        return "\n".join(
            [
                f"# What callers of {name} hear",
                "",
                f"- {NOTICES[flow]}{listening}",
                *([f"- {ASKED_INSTEAD}"] if flow == "announce" else []),
                "- Whoever asks whether they speak with a person is told the truth.",
            ]
        )
    raise ValueError(f"there is no policy {kind!r}")


def _privacy(workspace_id: UUID, name: str, own: dict[str, Any]) -> Iterable[str]:
    yield f"# Privacy policy of {name}"
    yield ""
    roles = {key: effective(workspace_id, key, workspace=own).value for key in ("roles.account", "roles.calls")}
    yield f"For accounts and visitors of these pages, whoever runs them is the {roles['roles.account']}. "
    if roles["roles.calls"] == "processor":
        yield f"For calls, {name} is the controller; whoever runs the software is its processor and follows its instructions."
    else:
        yield "For calls, whoever runs the software is the controller."
    for title, keys in PARTS:
        yield ""
        yield f"## {title}"
        yield ""
        for key in keys:
            yield f"- {TITLES[key]}: {words(key, effective(workspace_id, key, workspace=own).value)}."
    yield ""
    yield "## Why we may"
    yield ""
    for purpose in processing_records.PURPOSES.values():
        yield f"- {purpose.title}: {purpose.bases['EU']}."
    yield ""
    yield "## Who gets it"
    yield ""
    others = [f"- {row.name} ({row.region}): {row.does}." for row in subprocessors.standing(workspace_id)]
    others += [
        f"- {used.name} ({used.region}): {used.does}."
        for used in (*subprocessors.connected(workspace_id), *subprocessors.of_installation())
    ]
    yield from others or ["- Nobody. The software runs by itself."]
    yield ""
    yield "## Security"
    yield ""
    yield "- What is said in a call is encrypted under a key of the caller's own. No system is proof against everything."
    yield ""
    yield "## Contact"
    yield ""
    yield f"- Privacy: {_text(workspace_id, 'contact.privacy', own)}"
    yield f"- Support: {_text(workspace_id, 'contact.support', own)}"
    yield f"- Postal address: {_text(workspace_id, 'contact.postal', own)}"
    law = _text(workspace_id, "law.governing", own)
    if law:
        yield f"- Governing law: {law}"


def _cookies(workspace_id: UUID, name: str, own: dict[str, Any]) -> Iterable[str]:
    yield f"# Cookie policy of {name}"
    yield ""
    yield "What is necessary cannot be switched off: without it nobody can sign in or send a form. The rest remembers a choice that"
    yield "a person made, and is not there before."
    yield ""
    for item in cookies.INVENTORY:
        yield f"- {item.name} ({item.category}, {item.kind}, {item.life}): {item.purpose}"
    yield ""
    for key in ("cookies.analytics", "cookies.ads", "usage.count", "signals.gpc", "signals.dnt"):
        yield f"- {TITLES[key]}: {words(key, effective(workspace_id, key, workspace=own).value)}."


def _text(workspace_id: UUID, key: str, own: dict[str, Any]) -> str:
    return str(effective(workspace_id, key, workspace=own).value).strip()


def faults(workspace_id: UUID, text: str) -> list[str]:
    """Why this text must not be published, in sentences; [] when it may. Needs the workspace's scope."""
    own = settings_of(workspace_id)
    found = [f"“{blank.group()}” was left to be filled in." for blank in _BRACKETS.finditer(text)]
    if text.count("[") != text.count("]") or text.count("(") != text.count(")"):
        found.append("A bracket is opened and not closed, or the other way round.")
    found += [f"“{boast.group()}” promises more than anybody can keep." for boast in _BOASTS.finditer(text)]
    if not _text(workspace_id, "contact.privacy", own):
        found.append("There is no address for privacy that people can write to.")
    if not _text(workspace_id, "contact.postal", own):
        found.append("There is no postal address.")
    return found
