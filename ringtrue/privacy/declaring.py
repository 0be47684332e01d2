"""What an owner signs for the whole workspace: that callers are told and asked, and the agreement on processing (DPA).

A signature is of words: when what they say changes, they are to be signed again."""

from __future__ import annotations

import hashlib
from uuid import UUID

from ringtrue.accounts.models import User
from ringtrue.core import audit
from ringtrue.privacy import policies, processing_records, subprocessors
from ringtrue.privacy.policy import effective
from ringtrue.privacy.policy_words import sentence
from ringtrue.privacy.register_models import Signature

AUTHORITY = "I may sign for {name}, and I do so for it."


class OnlyAnOwner(Exception):
    """Words that bind the whole workspace are signed by an owner."""


class NotSigned(Exception):
    """`str(self)` says what has to be signed first."""


def attestation(workspace_id: UUID, name: str) -> str:
    """Of a business that obtains consent itself, with the notice that its callers hear. Needs the workspace's scope."""
    flow = effective(workspace_id, "recording.flow").value
    asked = f" {policies.ASKED_INSTEAD}" if flow == "announce" else ""
    return (
        f"Callers of {name} hear this first: “{policies.NOTICES[flow]}”{asked} {name} tells its callers about the agent in the other ways "
        "that the law of its place asks for, and has the consents that recording and transcribing need. It calls nobody without them."
    )


def agreement(workspace_id: UUID, name: str) -> str:
    """The agreement on processing for the business `name` (GDPR Art. 28(3)). Needs the workspace's scope."""
    calls = [record for record in processing_records.records(workspace_id) if record["people"] == "caller"]
    others = [f"- {row.name} ({row.region}): {row.does}." for row in subprocessors.standing(workspace_id)]
    return "\n".join(
        [
            f"# Agreement on processing with {name}",
            "",
            f"{name} is the controller. Whoever runs this software is its processor and does only what {name} has set in it.",
            "",
            "## What is processed",
            "",
            *[f"- {record['what']} ({record['purpose'].lower()})." for record in calls],
            "",
            "## Sub-processors",
            "",
            *(others or ["- None."]),
            "",
            f"New ones are announced; {sentence('policy.notice', effective(workspace_id, 'policy.notice').value)}",
            "",
            "## Duties of the processor",
            "",
            "- Everybody who works on it is bound to confidentiality.",
            "- What is said is encrypted under a key of the caller's own; deleting a person destroys it.",
            "- Requests of people are handed to the controller with their clock, and incidents are told without delay.",
            f"- {sentence('closure.days', effective(workspace_id, 'closure.days').value)}",
            "- The audit log is open to the controller at any time.",
        ]
    )


def needs_attestation(workspace_id: UUID, name: str) -> bool:
    """Whether an agent may not go live yet. Needs the workspace's scope."""
    return effective(workspace_id, "consent.owner").value == "customer" and not signed(
        workspace_id, "attestation", attestation(workspace_id, name)
    )


def require_agreement(workspace_id: UUID, name: str) -> None:
    """Before data of people is brought in. Raises NotSigned. Needs the workspace's scope."""
    if effective(workspace_id, "roles.dpa").value == "before_import" and not signed(
        workspace_id, "dpa", agreement(workspace_id, name)
    ):
        raise NotSigned("An owner signs the agreement on processing first, under Settings, Policies.")


def signed(workspace_id: UUID, kind: str, words: str) -> bool:
    return Signature.objects.filter(workspace_id=workspace_id, kind=kind, sha256=_digest(words)).exists()


def sign(workspace_id: UUID, user: User, role: str, kind: str, words: str, name: str) -> Signature:
    """Idempotent. Written down twice: the words, and that the person declared to act for the business `name`.

    Raises OnlyAnOwner. Needs the workspace's scope."""
    if role != "owner":
        raise OnlyAnOwner
    made, fresh = _keep(workspace_id, user, kind, words)
    _keep(workspace_id, user, "authority", AUTHORITY.format(name=name))
    if fresh:
        audit.record(
            f"{kind}.signed",
            actor=f"user:{user.id}",
            workspace_id=workspace_id,
            target=f"signature:{made.id}",
            sha256=made.sha256,
        )
    return made


def _keep(workspace_id: UUID, user: User, kind: str, words: str) -> tuple[Signature, bool]:
    return Signature.objects.get_or_create(
        workspace_id=workspace_id, user=user, kind=kind, sha256=_digest(words), defaults={"words": words, "method": "explicit"}
    )


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
