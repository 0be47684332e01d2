"""A request comes in: from the public page, or written down by the people of the workspace. From then on its clock runs."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from ringtrue.core import audit
from ringtrue.numbers.reading import e164
from ringtrue.privacy.keystore import store
from ringtrue.privacy.models import Subject
from ringtrue.privacy.policy import effective
from ringtrue.privacy.vault import open_json, seal_json
from ringtrue.rights import laws
from ringtrue.rights.models import CHANNELS, KINDS, RequestStep, RightsRequest

PLACE = "rights.RightsRequest"
EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
PURPOSES = ("recording", "transcription", "training", "marketing.call", "marketing.email", "analytics", "special_category")
OBJECTIONS = ("marketing", "improvement", "analytics", "calls")


class NotOpen(ValueError):
    """This right does not exist where the person lives, and the policy does not give it to everybody."""


class Received(NamedTuple):
    request: RightsRequest
    token: str  # opens the page on which the requester follows it; only its hash is kept


def receive(
    workspace_id: UUID,
    kind: str,
    *,
    channel: str,
    place: str = "",
    name: str = "",
    email: str = "",
    number: str = "",
    words: str = "",
    purposes: Sequence[str] = (),
    agent: str = "",
    appeal_of: RightsRequest | None = None,
    by: str = "system:rights",
) -> Received:
    """Needs the workspace's scope. `agent`: name of an authorised agent who asks for the person.

    Raises ValueError for a kind, channel or purpose that there is not, and for neither e-mail nor number; NotOpen."""
    number = e164(number, place[:2].upper()) if number else ""
    if kind not in KINDS or channel not in CHANNELS:
        raise ValueError("there is no such request")
    if email and not EMAIL.fullmatch(email.strip()):
        raise ValueError("this is not an e-mail address")
    if not email and not number:
        raise ValueError("an e-mail address or a telephone number is needed, to know whose data it is about")
    wrong = set(purposes) - set(PURPOSES if kind == "withdrawal" else OBJECTIONS)
    if wrong:
        raise ValueError(f"unknown purpose {sorted(wrong)[0]!r}")
    law, for_all = laws.law_of(place), bool(effective(workspace_id, "rights.for_all").value)
    if kind not in laws.rights_of(law, for_all):
        raise NotOpen(f"{laws.LAWS[law].name} does not give this right")
    requester = Subject.objects.create(workspace_id=workspace_id, kind="named", handle_hash=secrets.token_hex(32))
    store().make(workspace_id, requester.id)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    promised = str(effective(workspace_id, "rights.due").value)
    request = RightsRequest(
        workspace_id=workspace_id, requester=requester, kind=kind, law=law, place=place.upper()[:6], channel=channel,
        received_at=now, due_at=laws.due_at(kind, law, now, promised=promised, for_all=for_all), token_hash=hash_of(token),
        by_agent=bool(agent.strip()), appeal_of=appeal_of,
    )  # fmt: skip
    held = {
        "name": name.strip(),
        "email": email.strip().lower(),
        "number": number,
        "words": words.strip(),
        "purposes": list(purposes),
    }
    request.sealed = seal_json(workspace_id, requester.id, PLACE, request.id, {**held, "agent": agent.strip()})
    request.save(force_insert=True)
    step(request, by, "received", kind=kind, law=law, channel=channel, due_at=request.due_at.isoformat())
    return Received(request, token)


def read(request: RightsRequest) -> dict[str, Any]:
    """{"name", "email", "number", "words", "purposes", "agent"}; {} when the person was erased."""
    held: dict[str, Any] = open_json(request.workspace_id, request.requester_id, PLACE, request.id, request.sealed)
    return held


def step(request: RightsRequest, actor: str, what: str, **detail: Any) -> RequestStep:
    """Written down with the request and in the audit chain. `detail`: names and counts, never content."""
    audit.record(f"rights.{what}", actor=actor, workspace_id=request.workspace_id, target=f"request:{request.id}", **detail)
    return RequestStep.objects.create(
        workspace_id=request.workspace_id, request=request, actor=actor[:80], what=what, detail=detail
    )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def of_token(workspace_id: UUID, token: str) -> RightsRequest | None:
    return RightsRequest.objects.filter(workspace_id=workspace_id, token_hash=hash_of(token)).first()
