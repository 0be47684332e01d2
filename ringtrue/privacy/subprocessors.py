"""The register of sub-processors: who may get data of a workspace, under which agreement, where, and by which transfer tool.

`require` is asked before data leaves for a provider. Where the policy says `sharing.register: agreed`, only those in the register
pass; where it says `connected`, connecting a provider with keys of one's own is the customer's own entry and enough.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ringtrue.core import audit
from ringtrue.core.configuring import CONFIG
from ringtrue.privacy import announcing
from ringtrue.privacy.installation import declared_region
from ringtrue.privacy.models import PolicyChange
from ringtrue.privacy.periods import add
from ringtrue.privacy.policy import effective
from ringtrue.privacy.policy_keys import CHOICES
from ringtrue.privacy.register_models import Subprocessor

KINDS = ("hosting", "telephony", "speech", "language_model", "payment", "analytics", "crm", "email", "affiliate")
KNOWN: dict[str, tuple[str, str, str]] = {
    "anthropic": ("Anthropic", "language_model", "words what the agent says"),
    "openai": ("OpenAI", "language_model", "words what the agent says, hears and speaks"),
    "compatible": ("Own model server", "language_model", "words what the agent says"),
}
"""Providers that this software can speak to, by the word that code uses: name, kind, what it does. Carriers put themselves here at the
start (`numbers/apps.py`), companies of speech too (`agents/apps.py`)."""
UNSTATED = "region not stated"
CONNECTED: list[Callable[[UUID], Iterable[str]]] = []
"""(workspace id) -> providers that it connected with keys of its own. The features that connect them put theirs here."""


class NotRegistrable(ValueError):
    """What is missing, in words for a person."""


class NotRegistered(Exception):
    """The workspace's policy lets nothing leave for this provider."""


class Used(NamedTuple):
    """A provider in use that nobody had to enter in the register."""

    name: str
    kind: str
    does: str
    region: str


def closed(workspace_id: UUID) -> bool:
    """Whether only registered providers get data. Needs the workspace's scope."""
    return bool(effective(workspace_id, "sharing.register").value == "agreed")


def standing(workspace_id: UUID, now: datetime | None = None) -> QuerySet[Subprocessor]:
    """Those that may get data now. Needs the workspace's scope."""
    now = now or timezone.now()
    rows = Subprocessor.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now), workspace_id=workspace_id, starts_at__lte=now)
    return rows.order_by("name")


def announced(workspace_id: UUID) -> QuerySet[Subprocessor]:
    now = timezone.now()
    return Subprocessor.objects.filter(workspace_id=workspace_id, starts_at__gt=now, ended_at=None).order_by("starts_at")


def title(provider: str) -> str:
    """As the register writes it; of one that this software does not know, the word that code uses."""
    return KNOWN.get(provider, (provider,))[0]


def require(workspace_id: UUID, provider: str) -> None:
    """Asked before anything leaves for this provider. Raises NotRegistered. Needs the workspace's scope."""
    if closed(workspace_id) and not standing(workspace_id).filter(provider=provider).exists():
        audit.record("sharing.refused", actor="system:privacy", workspace_id=workspace_id, target=f"provider:{provider}")
        raise NotRegistered(
            f"Nothing leaves for {title(provider)}: it is not in the register of sub-processors. "
            "Enter it under Settings, Who gets data, with its agreement and region."
        )


def withheld(workspace_id: UUID, providers: list[str]) -> tuple[str, ...]:
    """Those of the installation's own providers that must not get this workspace's calls. Needs the workspace's scope."""
    if not closed(workspace_id):
        return ()
    allowed = set(standing(workspace_id).values_list("provider", flat=True))
    return tuple(provider for provider in providers if provider not in allowed)


def register(
    workspace_id: UUID, *, provider: str, name: str, kind: str, does: str, region: str, agreement: str, agreed_on: date | None,
    transfer_tool: str = "none", clauses: str = "", necessary_because: str = "", by: str,
) -> Subprocessor:  # fmt: skip
    """Enter a provider. The members are told, and it starts when the notice that the policy promises is over.

    Raises NotRegistrable. Needs the workspace's scope."""
    missing = [
        said
        for said, given in (
            ("its name", name), ("what it does", does), ("the region where it works", region),
            ("the agreement that binds it to confidentiality", agreement), ("the day of that agreement", agreed_on),
        )
        if not given
    ]  # fmt: skip
    if missing or agreed_on is None:
        raise NotRegistrable(f"Missing: {', '.join(missing)}.")
    if kind not in KINDS:
        raise NotRegistrable("Choose what kind of company it is.")
    if kind == "affiliate" and not necessary_because.strip():
        raise NotRegistrable("An affiliate gets data only where it is necessary: say why.")
    if transfer_tool not in CHOICES["residency.transfer_tool"]:
        raise NotRegistrable("Choose the legal tool for the transfer.")
    home = _home(workspace_id)
    if continent(region) != home:
        if transfer_tool == "none":
            raise NotRegistrable(f"Data would go from {home or 'an unknown place'} to {region}: a legal tool for that is needed.")
        if transfer_tool == "scc" and not clauses.strip():
            raise NotRegistrable("Say which standard contractual clauses were signed, and which module.")
    period = str(effective(workspace_id, "policy.notice").value)
    now = timezone.now()
    starts = add(now, period)
    with transaction.atomic():
        row = Subprocessor.objects.create(
            workspace_id=workspace_id, provider=provider, name=name, kind=kind, does=does, region=region.lower(),
            agreement=agreement, agreed_on=agreed_on, transfer_tool=transfer_tool, clauses=clauses,
            necessary_because=necessary_because, made_at=now, starts_at=starts,
        )  # fmt: skip
        announcing.tell(
            workspace_id, "subprocessor", str(row.id), [f"{name} ({region}) {does}, from {starts:%Y-%m-%d} on."], starts, by
        )
        audit.record(
            "subprocessor.registered", actor=by, workspace_id=workspace_id, target=f"subprocessor:{row.id}", provider=provider,
            region=row.region, transfer_tool=transfer_tool,
        )  # fmt: skip
    return row


def end(row: Subprocessor, by: str) -> None:
    """From now on nothing leaves for it. Needs the workspace's scope."""
    Subprocessor.objects.filter(id=row.id, ended_at=None).update(ended_at=timezone.now())
    audit.record("subprocessor.ended", actor=by, workspace_id=row.workspace_id, target=f"subprocessor:{row.id}")


def connected(workspace_id: UUID) -> list[Used]:
    """Those that get data because the workspace connected them, and that it did not enter. Needs the workspace's scope."""
    if closed(workspace_id):
        return []  # nothing leaves for them
    entered = set(standing(workspace_id).values_list("provider", flat=True))
    found = {provider for providers_of in CONNECTED for provider in providers_of(workspace_id)}
    return [Used(*KNOWN[provider], UNSTATED) for provider in sorted((found - entered) & KNOWN.keys())]


def of_installation() -> list[Used]:
    """Whom this installation itself is configured to send to; empty where it runs by itself."""
    region = declared_region() or UNSTATED
    found = []
    host = os.environ.get("RINGTRUE_HOSTING", "").strip()
    if host:
        found.append(Used(host, "hosting", "runs the application", region))
    if _elsewhere(CONFIG.database_url):
        found.append(Used(_named("RINGTRUE_DATABASE_BY", "an outside database"), "hosting", "keeps the database", region))
    if _elsewhere(CONFIG.redis_url):
        found.append(Used("an outside Redis", "hosting", "keeps sessions", region))
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        found.append(Used(settings.EMAIL_HOST, "email", "carries mail", UNSTATED))
    for provider in (name for name in CONFIG.speech if name != "local"):
        name, kind, does = KNOWN.get(provider, (provider, "speech", "hears and speaks"))
        found.append(Used(name, "speech", does if kind == "speech" else "hears and speaks", UNSTATED))
    model = os.environ.get("RINGTRUE_MODEL_PROVIDER", "")
    if model and os.environ.get("RINGTRUE_MODEL"):
        name, kind, does = KNOWN.get(model, (model, "language_model", "words what the agent says"))
        found.append(Used(name, kind, does, UNSTATED))
    return found


def _named(variable: str, otherwise: str) -> str:
    return os.environ.get(variable, "").strip() or otherwise


def _elsewhere(url: str) -> bool:
    """Whether a server runs on another machine. The embedded ones are reached by a socket in a folder."""
    parts = urlsplit(url)
    host = dict(parse_qsl(parts.query)).get("host") or parts.hostname or ""
    return bool(host) and not host.startswith("/") and host not in ("localhost", "127.0.0.1", "::1")


def continent(region: str) -> str:
    """ "eu-central-1" lies in "eu"; what nobody stated lies nowhere."""
    return region.strip().lower().partition("-")[0]


def _home(workspace_id: UUID) -> str:
    promised = str(effective(workspace_id, "residency.at_rest").value)
    return continent(declared_region()) or ("" if promised in ("anywhere", "eu_or_us") else continent(promised))


def _withdrawn(change: PolicyChange) -> None:
    Subprocessor.objects.filter(id=change.value, ended_at=None).update(ended_at=timezone.now())


# On its day nothing has to be done: `standing` looks at the clock.
announcing.MATTERS["subprocessor"] = announcing.Matter(due=lambda _: None, withdrawn=_withdrawn)
