"""What a workspace has connected to be asked in an order (language models, companies of speech): a row's `place`, the lowest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from ringtrue.agents.models import LanguageModel, SpeechCompany
from ringtrue.core import audit

Asked = TypeVar("Asked", LanguageModel, SpeechCompany)


def in_order(kind: type[Asked], workspace_id: UUID) -> list[Asked]:
    """Needs the workspace's scope."""
    return list(kind.objects.filter(workspace_id=workspace_id).order_by("place", "created_at"))


def next_place(rows: Sequence[LanguageModel] | Sequence[SpeechCompany]) -> int:
    return max((row.place for row in rows), default=-1) + 1


def put_first(row: Asked, event: str, *, actor: str) -> None:
    """`event`: of the audit chain. Needs the workspace's scope."""
    kind, mine = type(row), row.id
    for place, each in enumerate(sorted(in_order(kind, row.workspace_id), key=lambda one: one.id != mine)):
        kind.objects.filter(id=each.id).update(place=place)
    audit.record(event, actor=actor, workspace_id=row.workspace_id, target=target(row))


def take_away(row: LanguageModel | SpeechCompany, event: str, *, actor: str, **told: str) -> None:
    """As `put_first`; `told` goes into the audit entry, too."""
    audit.record(event, actor=actor, workspace_id=row.workspace_id, target=target(row), **told)
    row.delete()


def target(row: LanguageModel | SpeechCompany) -> str:
    """As the audit chain names it."""
    return f"{'language_model' if isinstance(row, LanguageModel) else 'speech_company'}:{row.id}"
