"""Changing a setting of a workspace: first what it would do, in sentences, then doing it, with an entry in the audit chain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from ringtrue.core import audit
from ringtrue.privacy import retention
from ringtrue.privacy.models import PolicySetting
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.periods import in_words
from ringtrue.privacy.policy import KEYS, RETENTION_KEYS, Effective, check, effective, profile, settings_of
from ringtrue.privacy.policy_words import TITLES, words

WHAT = {
    "recording.flow": {
        "announce": "Callers hear that the call is recorded; whoever stays on the line is recorded. Where the law of a party's place wants "
        "everybody to agree, and where nobody knows the place, they are asked instead.",
        "ask": "Callers are asked, and are recorded only after a yes.",
        "off": "Calls are never recorded.",
    },
    "recording.on_refusal": {
        "continue_unrecorded": "After a no the call goes on without a recording.",
        "end": "After a no the agent says goodbye and ends the call.",
    },
    "recording.on_withdrawal": {
        "keep": "When a caller withdraws in mid-call, recording stops; what was recorded before is kept.",
        "delete_prior": "When a caller withdraws in mid-call, recording stops and what was recorded before is deleted.",
    },
    "recording.listening": {
        "after_notice": "People of the business with that role can listen to a running call, whisper to the agent and take over. "
        "Every caller is told beforehand that a colleague may listen in.",
        "off": "Nobody can listen to a running call.",
    },
    "transcript.on_refusal": {
        "keep": "A call that may not be recorded is still transcribed.",
        "drop": "A call that may not be recorded is not transcribed either.",
    },
    "improvement.figures": {
        "count": "Of how many calls of a month the agent replied how quickly, in how many turns and with what outcome is counted, without "
        "names, numbers, words or voices. Callers who object are not counted.",
        "off": "Nothing is counted for improving the service.",
    },
    "notifications.detail": {
        "full": "Mails and webhooks tell what the call was about, as far as it is stored.",
        "link_only": "Mails and webhooks only say that there was a call, with a link.",
    },
}  # fmt: skip


def preview(workspace_id: UUID, key: str, value: Any) -> list[str]:
    """What the change would mean. Raises policy.UnknownSetting. Needs the workspace's scope."""
    check(key, value)
    if key in RETENTION_KEYS:
        return retention.preview(workspace_id, key, value, timezone.now())
    own = {**settings_of(workspace_id), key: value}
    if key == "profile":
        return [f"Profile: {profile(str(value))['title']}.", *_differences(workspace_id, own)]
    if key == "plan":
        return [f"Plan: {value or 'none'}.", *_differences(workspace_id, own)]
    after = effective(workspace_id, key, workspace=own)
    sentences = []
    if after.value != value:
        sentences.append(f"It stays at {in_words(after.value)}: {after.origin} asks for it.")
    if key == "storage.mode":
        sentences.append(keeps(str(after.value)).sentence)
    elif key in WHAT:
        sentences.append(WHAT[key][after.value])
    else:
        sentences.append(f"{TITLES[key]}: {words(key, after.value)}.")
    if key.startswith(("storage.", "recording.")):
        sentences.append("It holds from the next call on; calls that are stored already stay as they are.")
    return sentences


def change(workspace_id: UUID, key: str, value: Any, by: str) -> Effective:
    """`by`: the actor as in the audit chain. Raises policy.UnknownSetting. Needs the workspace's scope.

    Returns what holds now, which may be stricter than the value: the console is to say so."""
    check(key, value)
    before = effective(workspace_id, key)
    PolicySetting.objects.update_or_create(
        workspace_id=workspace_id,
        key=key,
        defaults={"value": value, "set_by": user_of(by), "set_at": timezone.now()},
    )
    after = effective(workspace_id, key)
    audit.record(
        "policy.changed", actor=by, workspace_id=workspace_id, target=key,
        before=str(before.value), asked=str(value), after=str(after.value),
    )  # fmt: skip
    return after


def user_of(actor: str) -> UUID | None:
    kind, _, number = actor.partition(":")
    try:
        return UUID(number) if kind == "user" else None
    except ValueError:
        return None


def _differences(workspace_id: UUID, own: dict[str, Any]) -> list[str]:
    """What would be other, and what would go, if these were the workspace's settings."""
    sentences = []
    for key in KEYS:
        if key in ("profile", "plan"):
            continue
        before, after = effective(workspace_id, key), effective(workspace_id, key, workspace=own)
        if before.value != after.value:
            sentences.append(f"{TITLES[key]}: {words(key, before.value)} becomes {words(key, after.value)}.")
            if key in RETENTION_KEYS:
                sentences += retention.would_go(workspace_id, key, after.value, timezone.now())
    return sentences


def put_agreement(workspace_id: UUID, title: str, values: dict[str, Any], by: str) -> None:
    """A signed agreement (DPA) stands above the profile. `values`: the settings that it fixes. Raises policy.UnknownSetting."""
    for key, value in values.items():
        check(key, value)
    PolicySetting.objects.update_or_create(
        workspace_id=workspace_id,
        key="agreement",
        defaults={"value": {"title": title, "values": values}, "set_by": user_of(by), "set_at": timezone.now()},
    )
    audit.record("policy.agreement_signed", actor=by, workspace_id=workspace_id, target=title[:80], keys=sorted(values))
